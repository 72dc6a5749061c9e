import { type Call, createCaller } from './caller.ts'
import { type Deadline, isMs, longestMs, unlessOver } from './deadline.ts'
import { fetchTransport } from './fetchTransport.ts'
import { IamportApiError } from './iamportApiError.ts'
import type { CallOptions, IamportClientOptions } from './iamportClient.ts'
import { nodeTransport } from './nodeTransport.ts'
import { createTokens, isHeaderText } from './token.ts'
import { TransportError } from './transport.ts'

const known: readonly string[] = [
  'impKey',
  'impSecret',
  'baseUrl',
  'timeoutMs',
  'tierCode',
  'includeSandbox',
  'tokenStore',
  'fetch',
] satisfies (keyof IamportClientOptions)[]

/** The options that can be wrong, checked. @throws {TypeError} */
export function checked(options: IamportClientOptions) {
  const { baseUrl = 'https://api.iamport.kr', timeoutMs = 30_000, impKey, impSecret, tierCode, fetch, tokenStore } = options
  if (typeof window !== 'undefined' && typeof document !== 'undefined')
    throw new TypeError('createIamportClient must not run in a browser: it holds the REST secret. Call it on your server.')
  const unknown = Object.keys(options).find((name) => !known.includes(name))
  if (unknown !== undefined) throw new TypeError(`createIamportClient: there is no option ${unknown}.`)
  for (const [name, value] of Object.entries({ impKey, impSecret }))
    if (value !== undefined && (typeof value !== 'string' || value === ''))
      throw new TypeError(`createIamportClient: ${name} is no text (PortOne console, REST API).`)
  if (!/^https?:\/\/[^/]/.test(baseUrl)) throw new TypeError('createIamportClient: baseUrl has to be an http or https address.')
  if (!isMs(timeoutMs, Number.MIN_VALUE))
    throw new TypeError(`createIamportClient: timeoutMs has to be above 0, and at most ${longestMs} (24 days), not ${timeoutMs}.`)
  if (tierCode !== undefined && !isHeaderText(tierCode)) throw new TypeError('createIamportClient: tierCode cannot stand in a header.')
  if (fetch !== undefined && typeof fetch !== 'function') throw new TypeError('createIamportClient: fetch has to be a function.')
  if (tokenStore !== undefined && (typeof tokenStore?.get !== 'function' || typeof tokenStore.set !== 'function'))
    throw new TypeError('createIamportClient: tokenStore has to have get and set.')
  return { baseUrl: baseUrl.replace(/\/$/, ''), timeoutMs }
}

/** Calls with a token. */
export function createSender(options: IamportClientOptions, baseUrl: string, timeoutMs: number) {
  const { impKey, impSecret, tierCode } = options
  const transport =
    (options.fetch ? null : nodeTransport(baseUrl)) ?? fetchTransport(baseUrl, options.fetch ?? ((input, init) => fetch(input, init)))
  const { call, within } = createCaller({ transport, timeoutMs, tierCode })
  const ask = async () => {
    if (impKey === undefined || impSecret === undefined)
      throw new TypeError('createIamportClient needs impKey and impSecret (PortOne console, REST API).')
    const body = { imp_key: impKey, imp_secret: impSecret }
    return within(undefined, (deadline) => call({ method: 'POST', path: '/users/getToken', repeatable: true, body }, null, deadline))
  }
  const tokens = createTokens(ask, options.tokenStore, timeoutMs)

  const tokenWithin = (deadline: Deadline, refused: string | null) => unlessOver(deadline, tokens.get(refused)).catch(withoutToken)

  /** A refused token is replaced once, which is safe where PortOne itself says so: it did nothing for it. */
  function send(method: Call['method'], path: string, callOptions?: CallOptions, body?: unknown): Promise<unknown> {
    return within(callOptions, async (deadline) => {
      const once = (bearer: string) => call({ method, path, body, repeatable: method === 'GET' }, bearer, deadline)
      const used = await tokenWithin(deadline, null)
      try {
        return await once(used)
      } catch (error) {
        if (!(error instanceof IamportApiError) || error.httpStatus !== 401 || (method !== 'GET' && !error.code)) throw error
        return once(await tokenWithin(deadline, used))
      }
    })
  }

  return { getToken: () => within(undefined, (deadline) => tokenWithin(deadline, null)), send }
}

function withoutToken(error: unknown): never {
  if (!(error instanceof TransportError)) throw error
  throw new IamportApiError('/users/getToken', 0, null, `no answer (${error.code})`, { sent: false })
}
