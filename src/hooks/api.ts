import { describeAnswer } from '#describe-error'
import { type Confirm, type ConfirmAnswer, textOrNull } from '../billing/confirm.ts'
import type { BillingKeyRequest } from '../billing/request.ts'

/** An answer of the merchant's handler that is not a success. */
export class BillingApiError extends Error {
  override readonly name = 'BillingApiError'
  /** HTTP status, `0` when nothing was answered. */
  readonly status: number
  /** The handler's own code, `invalid-request` for what cannot be sent, `null` when the answer was not the handler's. */
  readonly code: string | null

  constructor(status: number, code: string | null, message: string, cause?: unknown) {
    super(message, { cause })
    this.status = status
    this.code = code
  }
}

/** What a call to the merchant's handler may say. */
export interface ApiCall {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  /** JSON; none when left out. */
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
  /** In place of the page's own `fetch`. */
  readonly fetch?: ((address: string, init: RequestInit) => Promise<Response>) | undefined
}

/**
 * Calls the merchant's handler (docs/http-api.md). Cookies go along; nothing is retried here.
 *
 * @throws {BillingApiError}
 */
export async function callApi(
  base: string,
  path: string,
  { method = 'POST', body, signal, fetch: send = fetch }: ApiCall = {},
): Promise<unknown> {
  const address = base.replace(/\/$/, '') + path
  let status = 0
  let refusal: { readonly code?: unknown; readonly message?: unknown } = {}
  let cause: unknown
  try {
    const response = await send(address, {
      method,
      // a header of our own: another site's page cannot send it without asking first
      headers: { 'content-type': 'application/json', 'x-billing-key': '1' },
      body: body === undefined ? null : JSON.stringify(body),
      credentials: 'include',
      signal: signal ?? null,
    })
    status = response.status
    const answer = (await response.json()) as { readonly error?: typeof refusal } | null
    if (response.ok) return answer
    refusal = answer?.error ?? {}
  } catch (error) {
    cause = error
  }
  const { code, message } = refusal
  throw new BillingApiError(status, textOrNull(code), textOrNull(message) ?? describeAnswer(`${method} ${address}`, status), cause)
}

const isDefinite = ({ status, code }: BillingApiError) => (status === 403 && code === 'not-yours') || (status === 422 && code !== null)

/** `confirm` over the merchant's handler: 403 `not-yours` and 422 are definite, anything else leaves the outcome open. */
export function apiConfirm(base: string): Confirm {
  return async (claim, signal) => {
    try {
      return (await callApi(base, '/confirm', { body: claim, signal })) as ConfirmAnswer // parsed by who asked
    } catch (error) {
      if (error instanceof BillingApiError && isDefinite(error)) return { status: 'failed', code: error.code ?? '', message: error.message }
      throw error
    }
  }
}

/** The request of an order, from `POST {base}/intents`. What it holds is checked when the window opens. */
export function apiIntents(base: string) {
  return async (order: unknown, signal: AbortSignal): Promise<BillingKeyRequest> =>
    (await callApi(base, '/intents', { body: order ?? {}, signal })) as BillingKeyRequest
}
