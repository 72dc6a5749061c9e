import type { Confirm, ConfirmAnswer } from '../billing/confirm.ts'
import type { BillingKeyRequest } from '../billing/request.ts'

/** An answer of the merchant's handler that is not a success. */
class BillingApiError extends Error {
  override readonly name = 'BillingApiError'
  /** HTTP status, `0` when nothing was answered. */
  readonly status: number
  /** The handler's own code, `null` when the answer was not the handler's. */
  readonly code: string | null

  constructor(status: number, code: string | null, message: string, cause?: unknown) {
    super(message, { cause })
    this.status = status
    this.code = code
  }
}

/**
 * Calls the merchant's handler (docs/http-api.md). Cookies go along; nothing is retried here.
 *
 * @throws {BillingApiError}
 */
async function post(base: string, path: string, body: unknown, signal: AbortSignal): Promise<unknown> {
  let status = 0
  try {
    const response = await fetch(`${base.replace(/\/$/, '')}${path}`, {
      method: 'POST',
      // a header of our own: another site's page cannot send it without asking first
      headers: { 'content-type': 'application/json', 'x-billing-key': '1' },
      body: JSON.stringify(body),
      credentials: 'include',
      signal,
    })
    status = response.status
    const answer: unknown = await response.json()
    if (response.ok) return answer
    const { code, message } = ((answer as { error?: unknown } | null)?.error ?? {}) as Record<string, unknown>
    throw new BillingApiError(status, typeof code === 'string' ? code : null, typeof message === 'string' ? message : `HTTP ${status}`)
  } catch (error) {
    if (error instanceof BillingApiError) throw error
    throw new BillingApiError(status, null, `The shop's server could not be reached (POST ${path}).`, error)
  }
}

const isDefinite = ({ status, code }: BillingApiError) => (status === 403 && code === 'not-yours') || (status === 422 && code !== null)

/** `confirm` over the merchant's handler: 403 `not-yours` and 422 are definite, anything else leaves the outcome open. */
export function apiConfirm(base: string): Confirm {
  return async (claim, signal) => {
    try {
      return (await post(base, '/confirm', claim, signal)) as ConfirmAnswer // parsed by who asked
    } catch (error) {
      if (error instanceof BillingApiError && isDefinite(error)) return { status: 'failed', code: error.code ?? '', message: error.message }
      throw error
    }
  }
}

/** The request of an order, from `POST {base}/intents`. What it holds is checked when the window opens. */
export function apiIntents(base: string) {
  return async (order: unknown, signal: AbortSignal): Promise<BillingKeyRequest> =>
    (await post(base, '/intents', order ?? {}, signal)) as BillingKeyRequest
}
