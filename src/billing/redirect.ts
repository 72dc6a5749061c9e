import { type AttemptFacts, sameOrderNumber, toReport, type WindowReport } from './outcome.ts'

/** Anything a page or a framework can hand over as "the query of this page". */
export type RedirectInput = URL | URLSearchParams | string | { readonly [key: string]: unknown }

/** The keys PortOne adds to `m_redirect_url` (sdk-facts 13). A shop's `redirectUrl` must not use them. */
export const redirectKeys = ['imp_uid', 'merchant_uid', 'imp_success', 'success', 'error_code', 'error_msg'] as const

const isOurs = (key: string) => (redirectKeys as readonly string[]).includes(key)
const glued = /^(.*?)((?:imp_uid|merchant_uid|imp_success|success|error_code|error_msg)=.*)$/s

/** One `key=value` of a query: `raw` as it stood, `key` and `value` decoded. */
interface Part {
  readonly raw: string
  readonly key: string
  readonly value: string
}

/** Percent-decoding that never throws: what is broken stays as it is, what was encoded twice is decoded twice, and not more often. */
function decode(text: string, again = true): string {
  try {
    const once = decodeURIComponent(text)
    return again ? decode(once, false) : once
  } catch {
    return text.replace(/(?:%[\dA-F]{2})+/gi, (run) => {
      try {
        return decodeURIComponent(run)
      } catch {
        return run
      }
    })
  }
}

function toPart(raw: string): Part {
  const [, key = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(raw) ?? []
  const name = decode(key)
  // a `+` is a space in prose; in an id it is a plus (sdk-facts 14: the legacy SDK does not escape it)
  return { raw, key: name, value: decode(name === 'error_msg' ? value.replaceAll('+', ' ') : value) }
}

/**
 * Splits a query. The legacy SDK puts no `&` before its own keys when the address had two or more parameters
 * (sdk-facts 15): `b=2imp_uid=imp_1` is `b=2` and `imp_uid=imp_1`, if the next key is PortOne's and this one comes only here.
 */
function split(query: string): Part[] {
  const raws = query.split('&').filter(Boolean)
  const parts = raws.map(toPart)
  return parts.flatMap((part, index) => {
    const next = parts[index + 1]
    const [, own, theirs] = glued.exec(part.raw) ?? []
    if (isOurs(part.key) || own === undefined || theirs === undefined || !own.includes('=')) return [part]
    const tail = toPart(theirs)
    const first = next !== undefined && isOurs(next.key) && !parts.some(({ key }) => key === tail.key)
    return first ? [toPart(own), tail] : [part]
  })
}

/** Cuts an address into the pieces that hold a query (also the one inside a hash route) and the ones that do not. */
function cut(address: string): { text: string; query: boolean }[] {
  const [, path = '', search, hash] = /^([^?#]*)(?:\?([^#]*))?(#.*)?$/s.exec(address) ?? [undefined, address]
  const [, route = '', hashQuery] = /^([^?]*)(?:\?(.*))?$/s.exec(hash ?? '') ?? []
  const bare = search === undefined && hash === undefined && path.includes('=') && !path.includes('/')
  return [
    { text: path, query: bare },
    { text: search ?? '', query: search !== undefined },
    { text: route, query: false },
    { text: hashQuery ?? '', query: hashQuery !== undefined },
  ]
}

const partsOfAddress = (address: string) => cut(address).flatMap(({ text, query }) => (query ? split(text) : []))

function partsOf(input: RedirectInput): Part[] {
  if (typeof input === 'string' || input instanceof URL) return partsOfAddress(String(input))
  if (typeof input !== 'object' || input === null) return []
  const entries = input instanceof URLSearchParams ? [...input] : Object.entries(input)
  const raws = entries.flatMap(([key, values]) =>
    (Array.isArray(values) ? values : [values])
      .filter((value) => typeof value === 'string')
      // already decoded: only what would be read as syntax is encoded again, and `=` not, so that glued keys are found
      .map((value) => `${encodeURIComponent(key)}=${value.replace(key === 'error_msg' ? /[%&+=]/g : /[%&]/g, encodeURIComponent)}`),
  )
  return split(raws.join('&'))
}

function toResult(parts: readonly Part[], attempt?: AttemptFacts | null): WindowReport | null {
  const has = (key: string) => parts.some((part) => part.key === key)
  if (!has('imp_uid') && !has('imp_success') && !(has('merchant_uid') && (has('error_code') || has('error_msg') || has('success'))))
    return null
  const raw: Record<string, string> = {}
  for (const { key, value } of parts) {
    if (!isOurs(key)) continue
    const before = raw[key]
    // a repeated key: an error or a "false" is never overruled by a later, better word
    if (before && (key.startsWith('error_') || (key.endsWith('success') && /^false$/i.test(before)))) continue
    raw[key] = value
  }
  return toReport(raw, attempt && sameOrderNumber(raw.merchant_uid ?? '', attempt.merchantUid) ? attempt : null, 'redirect')
}

/** {@link parseRedirect} for an address. */
export const readAddress = (address: string, attempt?: AttemptFacts | null) => toResult(partsOfAddress(address), attempt)

/** Whether an address carries what PortOne adds when the customer comes back. */
export function hasRedirectResult(input: RedirectInput): boolean {
  return toResult(partsOf(input)) !== null
}

/**
 * Reads the query with which PortOne sends the customer back to `m_redirect_url` (sdk-facts 13 to 17).
 *
 * It never throws. It is `null` when the address carries no result, and never `reported` without an `imp_uid` or with an
 * error present. Anybody can type such an address: only the merchant's server knows whether it is true.
 *
 * @param input the page's address, its query, or the params object of a router
 * @param attempt what this tab asked for; it lends `customerUid` and the amount, which are not in the query, and is
 *   passed over when its order number is another one
 * @example
 * parseRedirect('?imp_uid=imp_1&merchant_uid=order-1')?.status // 'reported'
 */
export function parseRedirect(input: RedirectInput, attempt: AttemptFacts | null = null): WindowReport | null {
  return toResult(partsOf(input), attempt)
}

/**
 * Takes PortOne's keys out of an address and leaves the shop's own exactly as they were.
 *
 * @example
 * stripRedirectResult('/done?plan=a&imp_uid=imp_1&merchant_uid=order-1') // '/done?plan=a'
 */
export function stripRedirectResult(address: string): string {
  if (!readAddress(address)) return address
  const [path, search, route, hashQuery] = cut(address).map(({ text, query }) =>
    query
      ? split(text)
          .filter(({ key }) => !isOurs(key))
          .map(({ raw }) => raw)
          .join('&')
      : text,
  )
  return `${path}${search && `?${search}`}${route}${hashQuery && `?${hashQuery}`}`
}

/**
 * Makes a `redirectUrl` that comes back whole from every SDK: absolute, closed with `&` when it has two or more
 * parameters (sdk-facts 15), and not percent-encoded where the legacy SDK would encode it again (sdk-facts 14).
 * `undefined` when it is not an http(s) address.
 *
 * @param url absolute, or relative to `base`
 */
export function safeRedirectUrl(url: string, base?: string): string | undefined {
  try {
    const { protocol, href, search, hash } = new URL(url, base)
    if (!/^https?:$/.test(protocol)) return undefined
    const open = href.slice(0, href.length - hash.length) + (search.includes('&') && !search.endsWith('&') ? '&' : '') + hash
    return open.replace(/(?:%[\dA-F]{2})+/gi, decodeReadable)
  } catch {
    return undefined
  }
}

/** Decodes what the legacy SDK would encode again; never a control character, a `%`, or bytes that are not UTF-8 (EUC-KR). */
function decodeReadable(run: string): string {
  return run
    .split(/((?:%[01][\dA-F]|%7F|%25)+)/i)
    .map((part, at) => {
      if (at % 2 === 1) return part
      try {
        return decodeURI(part)
      } catch {
        return part
      }
    })
    .join('')
}
