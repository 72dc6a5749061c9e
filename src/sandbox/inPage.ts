import type { Sandbox } from './createSandbox.ts'
import { sdkScript } from './windowApi.ts'

const key = Symbol.for('billing-sandbox')

/**
 * Runs a sandbox inside the page, for Storybook and demos without a server: give the result to the provider as `scriptUrl`.
 *
 * @example
 * const scriptUrl = startInPage(createSandbox())
 */
export function startInPage(sandbox: Sandbox): string {
  Reflect.set(window, key, (url: string, init?: RequestInit) => sandbox.fetch(new Request(url, init)))
  return URL.createObjectURL(new Blob([sdkScript(true)], { type: 'text/javascript' }))
}
