import type { BillingKeyRequest, Claim, ConfirmAnswer } from '../../src/index.ts'
import { sandbox } from './sdk.ts'

/** How the shop's server behaves in a story. */
export interface ApiBehaviour {
  readonly keys?: 'none' | 'slow' | 'down'
  readonly remove?: 'down'
  readonly charge?: 'declined' | 'unknown'
}

let number = 0
/** A request with an order number of its own, as every attempt needs. */
export function newRequest(change: Partial<BillingKeyRequest> = {}): BillingKeyRequest {
  number += 1
  const id = `${Date.now()}-${number}`
  return { customerUid: `card-${id}`, merchantUid: `issue-${id}`, name: '월간 이용권', amount: 0, ...change } as BillingKeyRequest
}

/** What a merchant's server would ask PortOne. */
async function confirm({ merchantUid }: Pick<Claim, 'merchantUid'>): Promise<ConfirmAnswer> {
  const payment = sandbox.payments.findLast((known) => known.merchant_uid === merchantUid)
  if (!payment) return { status: 'none' }
  if (payment.status !== 'paid') return { status: 'failed', code: 'declined', message: String(payment.fail_reason ?? '') }
  const { imp_uid, customer_uid, amount, card_name, card_number } = payment
  const card = { name: String(card_name), number: String(card_number) }
  return { status: 'issued', impUid: imp_uid, customerUid: customer_uid ?? '', charged: amount, currency: 'KRW', card }
}

const cards = [
  { customerUid: 'card-1', card: { name: '현대카드', number: '9410-****-****-0001' }, registeredAt: 1_790_000_000 },
  { customerUid: 'card-2', card: { name: '신한카드', number: '4500-****-****-7712' }, registeredAt: 1_780_000_000 },
]
let kept = cards
let behaviour: ApiBehaviour = {}

/** The cards as they were, and a server that behaves as a story says. */
export function freshApi(next: ApiBehaviour = {}): void {
  behaviour = next
  kept = cards
}

const never = () => new Promise<never>(() => {})
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status })
const down = () => json({ error: { code: 'server-error', message: '' } }, 500)

async function answer(method: string, path: string, body: Readonly<Record<string, unknown>>): Promise<Response> {
  if (path === '/intents') return json(newRequest({ amount: Number(body.amount ?? 0) }))
  if (path === '/confirm') return json(await confirm(body as unknown as Claim))
  if (path === '/keys' && behaviour.keys === 'slow') return never()
  if (path === '/keys') return behaviour.keys === 'down' ? down() : json({ keys: behaviour.keys === 'none' ? [] : kept })
  if (path === '/charges') {
    const merchantUid = 'order-1'
    if (behaviour.charge === 'unknown') return json({}, 502)
    if (behaviour.charge === 'declined') return json({ status: 'declined', merchantUid, code: 'J301', message: '잔액이 부족합니다.' })
    return json({ status: 'paid', merchantUid, amount: 9900 })
  }
  if (method === 'DELETE' && behaviour.remove === 'down') return down()
  kept = kept.filter(({ customerUid }) => !path.endsWith(customerUid))
  return json({})
}

/** The shop's server, in this page: everything below `/api/billing` is answered here. */
export function startApi(): void {
  const original = window.fetch
  window.fetch = async (input, init) => {
    const address = typeof input === 'string' ? input : ''
    if (!address.startsWith('/api/billing')) return original(input, init)
    const body = typeof init?.body === 'string' ? JSON.parse(init.body) : {}
    return answer(init?.method ?? 'GET', address.slice('/api/billing'.length), body)
  }
}
