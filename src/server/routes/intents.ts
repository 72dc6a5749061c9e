import { checkedFirstOrder } from '../answers.ts'
import { isRefused } from '../iamportApiError.ts'
import { signIntent } from '../intent.ts'
import { paymentOf } from '../look.ts'
import type { FirstOrder } from '../options.ts'
import { refusal } from '../refusal.ts'
import { isPaid } from '../wire.ts'
import type { CustomerCall, Shop } from './route.ts'

/** Letters and digits only, which is all that some PGs take. */
const newId = (prefix: string) => `${prefix}${crypto.randomUUID().replaceAll('-', '')}`

/** `POST /intents`: decides what the window shows and charges. */
export async function createIntent({ shop, customer, body }: CustomerCall): Promise<unknown> {
  const keys = shop.signingKeys()
  const { merchantUid: own, replaces, ...order } = checkedFirstOrder(await shop.options.firstOrder({ customer, body }))
  if (replaces !== undefined && !(await shop.keysOf(customer)).includes(replaces))
    throw new TypeError('firstOrder gave a key in replaces that customerUids does not list for this customer')
  // never one that was used: it would take the old key's place without revoking it (sdk-facts 19)
  const customerUid = newId('card')
  const merchantUid = own ?? newId('issue')
  await prepare(shop, merchantUid, order, own !== undefined)
  const intent = { customerId: customer.id, customerUid, merchantUid, amount: order.amount, currency: order.currency ?? 'KRW' }
  const token = await signIntent({ ...intent, replaces }, keys)
  // PortOne keeps custom_data with the payment, so the intent is not lost with the browser that began it
  return { ...order, customerUid, merchantUid, token, customData: { intent: token } }
}

/** Has PortOne refuse a window that was opened with another amount. */
async function prepare(
  { options: { iamport } }: Shop,
  merchantUid: string,
  { amount, displayAmount }: Pick<FirstOrder, 'amount' | 'displayAmount'>,
  isOwn: boolean,
) {
  const earlier = isOwn ? await paymentOf(iamport, merchantUid) : null
  if (earlier && isPaid(earlier)) throw refusal('already-paid')
  // the shop's own number may have had a price before; what is only shown is not fixed
  if (amount === 0 && (!isOwn || displayAmount !== undefined)) return
  try {
    await iamport.preparePayment(merchantUid, amount)
  } catch (error) {
    // the shop's own number, prepared by an earlier attempt: what is paid for it is compared all the same
    if (!isOwn || !isRefused(error)) throw error
  }
}
