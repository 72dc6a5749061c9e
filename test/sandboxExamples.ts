import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const page = fileURLToPath(new URL('../docs/sandbox.md', import.meta.url))

/** The first block of code under each heading "In …" of docs/sandbox.md. */
export function sandboxExamples(): Record<string, string> {
  const blocks = readFileSync(page, 'utf8').matchAll(/^## In (\w+)\n\n```tsx?\n([\s\S]*?)^```$/gm)
  return Object.fromEntries([...blocks].map(([, name, code]) => [name, code]))
}

/** Has `import 'example:Vitest'` run that block, as it stands in the page. */
export const exampleModules = {
  name: 'sandbox-examples',
  enforce: 'pre' as const,
  resolveId(id: string, _importer: string | undefined, { scan = false }: { scan?: boolean }) {
    if (!id.startsWith('example:')) return null
    // the search for dependencies reads files only
    return scan ? { id, external: true } : `${page}.${id.slice('example:'.length)}.tsx`
  },
  load(id: string) {
    const name = id.startsWith(`${page}.`) ? id.slice(page.length + 1, -'.tsx'.length) : ''
    return sandboxExamples()[name] ?? null
  },
}
