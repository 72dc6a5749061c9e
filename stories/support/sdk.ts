import { createSandbox, startInPage } from '../../src/sandbox/index.ts'
import { redirectBack } from '../../src/sandbox/redirectBack.ts'
import legacySource from '../../src/sandbox/sdk.legacy.js?raw'
import { sdkScript } from '../../src/sandbox/windowApi.ts'
import type { Settings } from './settings.ts'

/** PortOne and JTNet, inside this page. */
export const sandbox = createSandbox()
startInPage(sandbox)

const origin = 'https://sandbox.invalid'
type Answer = Readonly<Record<string, unknown>>

/** What the legacy SDK needs of jQuery, led to the sandbox in this page; its frame gets the window's HTML. */
function ajax({ url, data, method = 'GET' }: { url: string; data: unknown; method?: string }) {
  const path = new URL(url).pathname
  const body = method === 'POST' ? String(data) : '{}'
  const answered = sandbox
    .fetch(new Request(origin + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body }))
    .then((response) => response.json() as Promise<{ html?: string; pg?: string }>)
  const done = async (then: (answer: unknown) => void) => {
    const answer = await answered
    then(answer)
    const frame = document.querySelector<HTMLIFrameElement>(`.imp-frame-${answer.pg} iframe`)
    if (frame && answer.html) frame.srcdoc = answer.html
  }
  return { done, fail: () => ({ done }) }
}

/** On a phone the SDK leaves the page, and PortOne sends it back: here the preview is told where to. */
function asOnPhone(imp: { request_pay: (params: Answer, callback: (answer: Answer) => void) => void }, sdk: Settings['sdk']) {
  const open = imp.request_pay.bind(imp)
  imp.request_pay = (params, callback) =>
    open(params, (answer) => {
      // what fails before the window comes to the callback there too (sdk-facts 9)
      if (!answer.imp_uid) return callback(answer)
      const url = new URL(String(params.m_redirect_url), location.origin).href
      window.dispatchEvent(new CustomEvent('story-landing', { detail: redirectBack(sdk, url, answer) }))
    })
}

const scripts: { readonly [sdk in Settings['sdk']]: string } = {
  v1: sdkScript(true),
  // the messages of others are not what these pages are about (sdk-facts 30)
  legacy: `window.jQuery = { ajax: window[Symbol.for('story-ajax')] };${legacySource
    .replace("'__CONFIG__'", '{"closeButton":true,"version":"1.1.5"}')
    .replace('(event) => {', '(event) => { if (!event.data?.result) return;')}`,
}

/** Takes away what one story leaves: the SDK, what the library keeps of the page, overlays. */
export function freshPage(): void {
  for (const key of ['IMP', 'jQuery', Symbol.for('react-billing-key.page')]) Reflect.deleteProperty(window, key)
  for (const element of document.querySelectorAll('.imp-dialog, #imp-iframe-wrapper, script[src^="blob:"]')) element.remove()
  document.body.classList.remove('imp-payment-progress')
  sessionStorage.clear()
}

const urls = new Map<string, string>()

/** The address of an SDK of that generation, for that device. */
export function sdkUrl({ sdk, device }: Pick<Settings, 'sdk' | 'device'>): string {
  const key = `${sdk} ${device}`
  const made = urls.get(key)
  if (made) return made
  Reflect.set(window, Symbol.for('story-ajax'), ajax)
  Reflect.set(window, Symbol.for('story-phone'), asOnPhone)
  const phone = device === 'phone' ? `;window[Symbol.for('story-phone')](window.IMP, '${sdk}')` : ''
  const url = URL.createObjectURL(new Blob([scripts[sdk], phone], { type: 'text/javascript' }))
  urls.set(key, url)
  return url
}
