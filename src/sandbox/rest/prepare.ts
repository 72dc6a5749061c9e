import type { Prepared } from '../state.ts'
import { checkAmount, currency as currencyCode, orderNumber, Refusal, readFields, won } from './fields.ts'
import { type Call, noPayment, type RestContext, type Route } from './route.ts'

const answer = (merchant_uid: string, { amount, currency }: Prepared) => ({ response: { merchant_uid, amount, currency } })

function fix({ body }: Call, { state }: RestContext, isChange: boolean) {
  const { merchant_uid, amount, currency } = readFields(body, {
    merchant_uid: orderNumber,
    amount: won,
    currency: currencyCode,
  })
  const order = String(merchant_uid)
  const fixed: Prepared = { amount: Number(amount), currency: typeof currency === 'string' ? currency : null }
  // a card that is only registered costs nothing
  if (fixed.amount !== 0) checkAmount(amount, currency)
  if (state.isPaid(order)) throw new Refusal('이미 결제된 주문번호입니다.')
  if (isChange && !state.prepared.has(order)) throw noPayment()
  if (!isChange && state.prepared.has(order)) throw new Refusal('이미 등록된 merchant_uid입니다.')
  state.prepare(order, fixed)
  return answer(order, fixed)
}

/** The amount that an order's window may ask for, fixed beforehand. */
export const prepare = [
  { method: 'POST', path: '/payments/prepare', handle: (call, context) => fix(call, context, false) },
  { method: 'PUT', path: '/payments/prepare', handle: (call, context) => fix(call, context, true) },
  {
    method: 'GET',
    path: '/payments/prepare/:merchant_uid',
    handle({ path: { merchant_uid = '' } }, { state }) {
      const fixed = state.prepared.get(merchant_uid)
      if (!fixed) throw noPayment()
      return answer(merchant_uid, fixed)
    },
  },
] satisfies Route[]
