/** One request as it goes over the wire. */
export interface WireRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** JSON text. */
  readonly body: string | null
  readonly signal: AbortSignal
}

/** One answer, read whole. */
export interface WireAnswer {
  readonly status: number
  readonly text: string
  readonly retryAfter: string | null
}

/**
 * Sends one request once, whatever comes back: no redirect is followed, and nothing is sent again by itself. Rejects with
 * {@link TransportError}.
 */
export type Transport = (request: WireRequest) => Promise<WireAnswer>

/** No answer came, or none that may be read. */
export class TransportError extends Error {
  /** `false` when it is certain that the request never left. */
  readonly sent: boolean
  /** Node's code, or the name of the error. */
  readonly code: string

  constructor(text: string, code: string, sent: boolean) {
    super(text)
    this.code = code
    this.sent = sent
  }
}

/** No payment comes near it: what is longer is something else, or a list of many. */
export const maxAnswerBytes = 1_000_000
const tooLongCode = 'too long'
export const tooLong = () => new TransportError(`the answer is longer than ${maxAnswerBytes} bytes`, tooLongCode, true)
/** Whether a call failed of that. */
export const isTooLong = (error: unknown) =>
  error instanceof Error && error.cause instanceof Error && Reflect.get(error.cause, 'code') === tooLongCode

/** Why a signal ended, as an error. What it was aborted with may be anything. */
export function aborted(signal: AbortSignal, sent: boolean): TransportError {
  const reason: unknown = signal.reason
  return new TransportError('given up', reason instanceof Error ? reason.name : 'AbortError', sent)
}

/** Whether this is Node itself: others that have `process` bring a `fetch` of their own, which is their fast way. */
export const isNode = () =>
  typeof process !== 'undefined' && process.release?.name === 'node' && !('bun' in process.versions) && !('deno' in process.versions)
