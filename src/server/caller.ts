import { type Deadline, deadlineOf } from './deadline.ts'
import { IamportApiError } from './iamportApiError.ts'
import type { CallOptions } from './iamportClient.ts'
import type { Transport, WireAnswer } from './transport.ts'
import { TransportError } from './transport.ts'
import { pause } from './turns.ts'
import { isWire } from './wire.ts'

/** What is tried again where that is safe: twice, and after the second status list as late as PortOne asks. */
const retried = [408, 429, 500, 502, 503, 504]
const retriedAfter = [429, 503]
const retries = 2
const longestPause = 2_000

/** One call, as the API names it. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  /** Whether it may be sent twice: reads and the token. */
  readonly repeatable: boolean
}

/** What the calls of a client share. */
export interface CallerOptions {
  readonly transport: Transport
  readonly timeoutMs: number
  readonly tierCode: string | undefined
}

/**
 * Makes calls and reads PortOne's envelope, `{ code, message, response }`: only that is PortOne's word. Answers its
 * `response`, rejects with {@link IamportApiError}.
 */
export function createCaller({ transport, timeoutMs, tierCode }: CallerOptions) {
  const tier = tierCode === undefined ? {} : { tier: tierCode }

  async function once({ method, path, body }: Call, bearer: string | null, deadline: Deadline): Promise<WireAnswer> {
    const text = body === undefined ? null : jsonOf(body, path)
    const headers = {
      accept: 'application/json',
      ...(text === null ? {} : { 'content-type': 'application/json' }),
      ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      ...tier,
    }
    try {
      deadline.check()
      return await transport({ method, path, headers, body: text, signal: deadline.signal })
    } catch (error) {
      const { message, code, sent } = error instanceof TransportError ? error : new TransportError(String(error), 'Error', true)
      // a new error: the one that was thrown may hold the request, and with it the token
      const cause = Object.assign(new Error(message), { code })
      const sandbox = /ECONNREFUSED (127\.|::1)/.test(message) ? `: ${message}. Is the sandbox running there (npx billing-sandbox)?` : ''
      throw new IamportApiError(bare(path), 0, null, `no answer (${code})${sandbox}`, { cause, sent })
    }
  }

  /** Until the deadline of the whole. */
  async function call(wanted: Call, bearer: string | null, deadline: Deadline): Promise<unknown> {
    for (let left = wanted.repeatable ? retries : 0; ; left -= 1) {
      const backoff = Math.min(longestPause, 300 * 2 ** (retries - left)) * Math.random()
      try {
        const answer = await once(wanted, bearer, deadline)
        if (left === 0 || !retried.includes(answer.status)) return responseOf(answer, wanted.path)
        await pause((retriedAfter.includes(answer.status) ? asked(answer.retryAfter) : null) ?? backoff, deadline.signal)
      } catch (error) {
        if (!isLost(error) || left === 0 || deadline.signal.aborted) throw error
        await pause(backoff, deadline.signal)
      }
    }
  }

  return {
    call,
    /** Runs something that makes calls within one deadline. */
    async within<Result>(options: CallOptions | undefined, run: (deadline: Deadline) => Promise<Result>): Promise<Result> {
      const deadline = deadlineOf(timeoutMs, options?.signal)
      try {
        return await run(deadline)
      } finally {
        deadline.clear()
      }
    },
  }
}

/** @throws {IamportApiError} when the body holds what JSON cannot; nothing was sent then */
function jsonOf(body: unknown, path: string): string {
  try {
    return JSON.stringify(body)
  } catch {
    // its own words may quote what is in the body
    throw new IamportApiError(bare(path), 0, null, 'the request holds what JSON cannot', { sent: false })
  }
}

/** No answer, or one that was cut off or a gateway's under the status of a good one. */
const isLost = (error: unknown) =>
  error instanceof IamportApiError && (error.httpStatus === 0 || (error.httpStatus === 200 && error.code === null))

/** `Retry-After` in milliseconds: seconds or a date. */
function asked(retryAfter: string | null): number | null {
  if (retryAfter === null) return null
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, ms) : null
}

function responseOf({ status, text }: WireAnswer, path: string): unknown {
  if (status < 200 || (status >= 300 && status < 400))
    throw new IamportApiError(bare(path), status, null, `HTTP ${status}, which is not followed`)
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    // what JSON.parse complains of quotes the answer, a token in it included
    throw new IamportApiError(bare(path), status, null, 'the answer is not JSON')
  }
  if (!isWire(answer) || typeof answer.code !== 'number' || !Number.isInteger(answer.code))
    throw new IamportApiError(bare(path), status, null, 'the answer is not of the known form')
  // `code` decides, also under HTTP 200
  if (answer.code !== 0 || status >= 400)
    throw new IamportApiError(bare(path), status, answer.code, String(answer.message ?? `HTTP ${status}`))
  return answer.response
}

/** A path without ids, for errors. */
export const bare = (path: string) =>
  path
    .replace(/\?.*/s, '')
    .replace(
      /^(\/payments(?:\/find)?|\/subscribe\/customers|\/subscribe\/payments\/schedule(?:\/customers)?)\/(?!prepare$|cancel$|status\/).*/s,
      '$1',
    )
