/** What happened in the sandbox. */
export interface SandboxEvent {
  readonly id: number
  /** The sandbox's clock, epoch seconds. */
  readonly at: number
  readonly kind: 'request' | 'payment' | 'billing-key' | 'schedule' | 'webhook' | 'fault' | 'clock' | 'reset'
  /**
   * A request: what was called, what it was answered (`refusal`: PortOne's words where `code` is not 0), and a command line that does it again, secrets left to shell variables;
   * none where it would be longer than 8,000 characters.
   */
  readonly method?: string
  readonly path?: string
  readonly status?: number
  readonly refusal?: string
  readonly curl?: string
  readonly [detail: string]: unknown
}

export interface SandboxEvents {
  /** The last 500, oldest first. */
  list(): readonly SandboxEvent[]
  /** Calls `fn` for each event from now on; the answer ends that. */
  subscribe(fn: (event: SandboxEvent) => void): () => void
}

export type Log = (kind: SandboxEvent['kind'], details: Readonly<Record<string, unknown>>) => void

const kept = 500

export function createEvents(now: () => number): SandboxEvents & { add: Log; lastId(): number } {
  let id = 0
  let events: SandboxEvent[] = []
  const listeners = new Set<(event: SandboxEvent) => void>()
  return {
    list: () => events.slice(-kept),
    lastId: () => id,
    subscribe(fn) {
      listeners.add(fn)
      return () => void listeners.delete(fn)
    },
    add(kind, details) {
      id += 1
      const event = { ...details, id, at: now(), kind }
      events.push(event)
      if (events.length >= 2 * kept) events = events.slice(-kept)
      for (const listener of listeners) listener(event)
    },
  }
}

/** Secrets and card data, and the shell variable that stands for each. */
const secrets: Readonly<Record<string, string>> = {
  imp_key: 'IMP_KEY',
  imp_secret: 'IMP_SECRET',
  card_number: 'CARD_NUMBER',
  expiry: 'CARD_EXPIRY',
  birth: 'CARD_BIRTH',
  pwd_2digit: 'CARD_PASSWORD',
  cvc: 'CARD_CVC',
}
const query = new RegExp(`([?&](${Object.keys(secrets).join('|')})=)[^&#]*`, 'g')
/** An address without the secrets that a query should never have held. */
export const hideSecrets = (address: string) => address.replace(query, (_, start: string, name: string) => `${start}$${secrets[name]}`)

/** A word of a command line: texts as they are, and the names of shell variables that stand for secrets. */
type Word = (string | { readonly variable: string })[]
const quote = (word: Word) =>
  `'${word.map((part) => (typeof part === 'string' ? part.replaceAll("'", `'\\''`) : `'"$${part.variable}"'`)).join('')}'`
/** A value, or the variable that hides it. */
const hidden = (name: string, value: string, around = ''): Word => {
  const variable = Object.hasOwn(secrets, name) ? secrets[name] : undefined
  return variable === undefined ? [value] : [around, { variable }, around]
}
const jsonWord = (values: Readonly<Record<string, unknown>>): Word => {
  const members = Object.entries(values).map(
    ([name, value]): Word => [`${JSON.stringify(name)}:`, ...hidden(name, JSON.stringify(value), '"')],
  )
  return ['{', ...members.flatMap((member, index) => (index === 0 ? member : [',', ...member])), '}']
}

/** What a call is sent, as it was sent. */
export type Sent = { readonly json: Readonly<Record<string, unknown>> } | { readonly form: URLSearchParams }

/** A command line that repeats a call. What is secret in it is a shell variable. */
export function curlOf(method: string, url: string, sent: Sent | null, withToken: boolean): string {
  const parts = ['curl', '-X', method, quote([hideSecrets(url)])]
  if (withToken) parts.push('-H', '"Authorization: Bearer $ACCESS_TOKEN"')
  if (sent && 'json' in sent) parts.push('-H', "'Content-Type: application/json'", '-d', quote(jsonWord(sent.json)))
  if (sent && 'form' in sent)
    for (const [name, value] of sent.form) parts.push('--data-urlencode', quote([`${encodeURIComponent(name)}=`, ...hidden(name, value)]))
  // brackets, as of customer_uid[], are no pattern
  return [...parts, '--globoff'].join(' ')
}
