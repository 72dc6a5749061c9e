import type { Confirm, ConfirmAnswer } from '../billing/confirm.ts'

/** An answer of the merchant's handler that is not a success. */
export class BillingApiError extends Error {
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
export async function callApi(base: string, method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
  const init = body === undefined ? { method } : { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  let status = 0
  try {
    const response = await fetch(`${base.replace(/\/$/, '')}${path}`, { ...init, credentials: 'include' })
    status = response.status
    const answer: unknown = await response.json()
    if (response.ok) return answer
    const { code, message } = ((answer as { error?: unknown } | null)?.error ?? {}) as Record<string, unknown>
    throw new BillingApiError(status, typeof code === 'string' ? code : null, typeof message === 'string' ? message : `HTTP ${status}`)
  } catch (error) {
    if (error instanceof BillingApiError) throw error
    throw new BillingApiError(status, null, `The shop's server could not be reached (${method} ${path}).`, error)
  }
}

/** Refusals that may be different next time: signed out, too early, too many. */
const passing = [401, 408, 409, 425, 429]

/** `confirm` over the merchant's handler: a refusal it spells out is definite, anything else leaves the outcome open. */
export function apiConfirm(base: string): Confirm {
  return async (claim) => {
    try {
      return (await callApi(base, 'POST', '/confirm', claim)) as ConfirmAnswer
    } catch (error) {
      if (error instanceof BillingApiError && error.code !== null && error.status < 500 && !passing.includes(error.status))
        return { status: 'failed', code: error.code, message: error.message }
      throw error
    }
  }
}
