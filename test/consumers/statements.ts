import { parseAst } from 'vite'

const counted = /Statement$|Declaration$/
// what only wraps: a block, and what is exported or declared in place
const wrapper = /^(BlockStatement|Export(Named|Default)Declaration)$/

/** The statements of a file, as a formatter would put each on a line of its own: wherever they stand, inside functions too. */
export function statements(code: string) {
  let count = 0
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    const { type, declaration } = node as { type?: string; declaration?: { type: string } | null }
    // an export that declares is one statement with what it declares
    if (
      type !== undefined &&
      counted.test(type) &&
      (!wrapper.test(type) || (type.startsWith('Export') && !counted.test(declaration?.type ?? '')))
    )
      count += 1
    for (const value of Object.values(node)) visit(value)
  }
  visit(parseAst(code, { lang: 'tsx' }).body)
  return count
}
