/** What a call was sent, and whether its numbers had to come as text. */
export interface Body {
  readonly values: Record<string, unknown>
  readonly isForm: boolean
}

/** A body that is none. */
export class BrokenBody extends Error {}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Characters; what is sent is remembered with its payment. */
const most = 1_000_000

/** Reads JSON or a form, `{}` for nothing; throws {@link BrokenBody}. */
export async function readBody(request: Request): Promise<Body> {
  if (request.method === 'GET' || request.method === 'DELETE') return { values: {}, isForm: false }
  const text = await request.text()
  if (text.length > most) throw new BrokenBody('요청 본문이 너무 큽니다.')
  const type = request.headers.get('content-type') ?? ''
  if (/^application\/x-www-form-urlencoded\b/i.test(type)) return { values: fromForm(new URLSearchParams(text)), isForm: true }
  if (text === '') return { values: {}, isForm: false }
  if (!/^application\/json\b/i.test(type)) throw new BrokenBody('JSON이나 form만 받습니다.')
  try {
    const values: unknown = JSON.parse(text)
    if (isObject(values)) return { values, isForm: false }
  } catch {}
  throw new BrokenBody('요청 본문이 올바른 JSON이 아닙니다.')
}

type Node = Map<string, Node | string>

/** `a[b]=1`, `a[]=1` and `a[0][b]=1` as objects and lists. */
function fromForm(pairs: Iterable<[string, string]>): Record<string, unknown> {
  const root: Node = new Map()
  for (const [name, value] of pairs) {
    const [head = '', ...rest] = name.replaceAll(']', '').split('[')
    if (rest.length > 4) throw new BrokenBody('요청 본문이 너무 깊습니다.')
    let node = root
    let key = head
    for (const part of rest) {
      const known = node.get(key)
      const next: Node = known instanceof Map ? known : new Map()
      node.set(key, next)
      node = next
      key = part === '' ? String(next.size) : part
    }
    node.set(key, value)
  }
  return toObject(root)
}

const toValue = (node: Node | string): unknown => {
  if (typeof node === 'string') return node
  return [...node.keys()].every((key) => /^\d{1,4}$/.test(key)) ? [...node.values()].map(toValue) : toObject(node)
}
const toObject = (node: Node): Record<string, unknown> => Object.fromEntries([...node].map(([key, value]) => [key, toValue(value)]))
