import type { BillingKeyOutcome, Card, Failed, Issued } from './outcome.ts'

/** What the merchant's server is asked: is there a billing key for this attempt? */
export interface Claim {
  readonly merchantUid: string
  /** `null` when the customer came back in another browser. */
  readonly customerUid: string | null
  /** `null` when the window closed without an answer: the server looks by order number then. */
  readonly impUid: string | null
  /** The signed intent the request carried. */
  readonly token?: string | undefined
}

/** What the merchant's server answers. `none`: PortOne knows of no payment and no key for this attempt. */
export type ConfirmAnswer =
  | {
      readonly status: 'issued'
      readonly customerUid: string
      readonly impUid: string
      readonly charged: number
      readonly card: Card | null
    }
  | { readonly status: 'failed'; readonly code: string; readonly message: string }
  | { readonly status: 'none' }

/**
 * Asks the merchant's server. An answer is definite; when the promise rejects nothing is known, and the outcome is
 * `unconfirmed`. Must be safe to call again with the same claim.
 */
export type Confirm = (claim: Claim) => Promise<ConfirmAnswer>

/** Reads what a server, or a shop's own `confirm`, answered. `null` when it is not a {@link ConfirmAnswer}. */
export function parseConfirmAnswer(value: unknown): ConfirmAnswer | null {
  if (typeof value !== 'object' || value === null) return null
  const { status, code, message, customerUid, impUid, charged, card } = value as Record<string, unknown>
  if (status === 'none') return { status }
  if (status === 'failed' && typeof code === 'string') return { status, code, message: typeof message === 'string' ? message : '' }
  if (status !== 'issued' || typeof customerUid !== 'string' || typeof impUid !== 'string' || typeof charged !== 'number') return null
  const { name, number } = (typeof card === 'object' && card !== null ? card : {}) as Record<string, unknown>
  const text = (part: unknown) => (typeof part === 'string' ? part : null)
  return { status, customerUid, impUid, charged, card: card ? { name: text(name), number: text(number) } : null }
}

/**
 * Lets the merchant's server decide what an attempt came to.
 *
 * @param reported what the window said, or what holds when the server knows of nothing
 * @param token the signed intent
 */
export async function confirmOutcome(reported: BillingKeyOutcome, token: string | undefined, confirm: Confirm): Promise<BillingKeyOutcome> {
  const { merchantUid, customerUid, impUid, via, raw } = reported
  const common = { merchantUid, customerUid, impUid, via, raw }
  const failed = (code: string, message: string): Failed => ({ ...common, status: 'failed', code, message, stage: 'confirm' })
  try {
    const answer = parseConfirmAnswer(await confirm({ merchantUid, customerUid, impUid, token }))
    if (!answer) throw new Error('The confirm answer cannot be read.')
    if (answer.status === 'failed') return failed(answer.code, answer.message)
    if (answer.status === 'none') return reported.status === 'issued' ? failed('not-found', 'PortOne knows of no such payment.') : reported
    const issued: Issued = {
      ...common,
      ...answer,
      card: answer.card ?? (reported.status === 'issued' ? reported.card : null),
      verified: true,
    }
    return issued
  } catch (error) {
    return {
      ...common,
      status: 'unconfirmed',
      code: 'confirm-unreachable',
      message: error instanceof Error ? error.message : String(error),
      retry: () => confirmOutcome(reported, token, confirm),
    }
  }
}
