import { BillingRefusal, createBillingHandler, type IamportClient } from 'react-billing-key/server'
import { koreanDay, type Subscription } from '../../subscriptions/rule.ts'
import { addSubscription, type Database, nextSubscription } from './store.ts'

const plan = { name: '월간 이용권', amount: 9900 }

export interface BillingOptions {
  readonly db: Database
  readonly iamport: IamportClient
  readonly signingKey: string | undefined
  /** Who sent the request, by the shop's own session. */
  authenticate(request: Request): { readonly id: string } | null
  say(text: string): void
}

/** The shop's handler: its web server mounts it, and its daily job sweeps with it. The first month is paid in the window. */
export function openBilling({ db, iamport, signingKey, authenticate, say }: BillingOptions) {
  return createBillingHandler({
    iamport,
    signingKey,
    authenticate,
    async firstOrder({ customer }) {
      const id = await nextSubscription(db, customer.id)
      if (id === null) throw new BillingRefusal(409, 'subscribed', '이미 구독하고 있어요.')
      // the same number from every tab: PortOne takes no second payment for it
      return { ...plan, merchantUid: `${id}-1` }
    },
    async onIssued({ customer, customerUid, payment }) {
      const fresh = { freeMonths: 0, consentedOn: null, noticedOn: null, cancelled: false, tries: 0, chargedOn: null, ended: null }
      const id = payment.merchantUid.replace(/-1$/, '')
      const made: Subscription = { id, amount: payment.amount, startedOn: koreanDay(new Date(payment.paidAt * 1000)), months: 1, ...fresh }
      await addSubscription(db, customer.id, customerUid, made)
    },
    customerUids: async ({ id }) => {
      const { rows } = await db.query('select customer_uid as uid from subscriptions where member = $1', [id])
      return (rows as { uid: string }[]).map(({ uid }) => uid)
    },
    price() {
      throw new BillingRefusal(404, 'unknown-order', '따로 결제할 주문이 없어요.')
    },
    onError: (error, { route }) => say(`${route}: ${error instanceof Error ? error.message : String(error)}`),
    onRefused: ({ payment, code }) => say(`Money that does not fit (${code}): ${payment.impUid}. Look at it, and refund it.`),
  })
}
