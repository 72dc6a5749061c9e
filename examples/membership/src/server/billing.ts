import { BillingRefusal, createBillingHandler } from 'react-billing-key/server'
import { needsConsent } from '../../../subscriptions/rule.ts'
import { planOf } from '../plans.ts'
import type { Shop } from './shop.ts'
import { giveBack, takePayment } from './subscriptions.ts'

/** The library's handler over the shop's own records. */
export function openBilling({ portone, store, lock, today, authenticate }: Omit<Shop, 'billing'>) {
  return createBillingHandler({
    iamport: portone.iamport,
    signingKey: portone.signingKey,
    lock,
    authenticate,
    firstOrder({ customer, body }) {
      const { plan: wanted, agreed, price, change, member } = body as Record<string, unknown>
      // a tab that still shows the member who was signed in before
      if (member !== customer.id) throw new BillingRefusal(409, 'other-member', '다른 회원으로 로그인했어요. 새로고침해 주세요.')
      const live = store.live(customer.id)
      if (change === true) {
        if (!live) throw new BillingRefusal(404, 'no-subscription', '이용 중인 구독이 없어요.')
        const merchantUid = `card-${crypto.randomUUID().slice(0, 23)}`
        store.register(customer.id, merchantUid, null)
        return { merchantUid, name: '카드 변경', amount: 0, ...(live.customerUid ? { replaces: live.customerUid } : {}) }
      }
      const plan = planOf(wanted)
      const before = store.subscriptionsOf(customer.id).length
      if (!plan) throw new BillingRefusal(404, 'unknown-plan', '없는 이용권이에요.')
      if (typeof agreed !== 'string') throw new BillingRefusal(400, 'not-agreed', '정기결제에 동의해 주세요.')
      // the box named the day of the month that is charged, and the price
      if (agreed !== today() || price !== plan.amount) throw new BillingRefusal(409, 'terms', '날짜나 값이 바뀌었어요. 새로고침해 주세요.')
      if (live) throw new BillingRefusal(409, 'subscribed', '이미 구독하고 있어요.')
      if (plan.free > 0 && before > 0) throw new BillingRefusal(409, 'free-once', '무료 이용은 한 번만 할 수 있어요.')
      // the same number from every tab: PortOne takes no second payment for it
      const merchantUid = `${customer.id}-${before + 1}-${plan.id}-1`
      store.register(customer.id, merchantUid, plan.id)
      return { merchantUid, name: plan.free ? '첫 달 무료 이용권' : '1개월 이용권', amount: plan.free ? 0 : plan.amount }
    },
    async onIssued({ customer, customerUid, card, payment }) {
      const kept = { customerUid, name: card?.name ?? null, number: card?.number ?? null }
      // another tab was faster, with the other plan: what this one took is given back
      if (store.keepIssued(customer.id, kept, payment) === 'too-late' && payment.amount > 0 && payment.cancelAmount === 0)
        await giveBack(portone, { impUid: payment.impUid, checksum: payment.amount, reason: '중복 신청' })
    },
    customerUids: (customer) => store.cards(customer.id).map((card) => card.customerUid),
    // an order that the daily job wrote down; its number stays the same however often the button is pressed
    price({ customer, body }) {
      const order = store.order(customer.id, String((body as { order?: unknown }).order))
      if (!order) throw new BillingRefusal(404, 'unknown-order', '없는 주문이에요.')
      const row = store.subscription(order.subscription)
      if (order.status !== 'paid' && (!row || row.ended || row.cancelled || needsConsent(row)))
        throw new BillingRefusal(409, 'ended', '해지했거나 끝난 구독이에요.')
      return { merchantUid: order.merchantUid, name: order.name, amount: order.amount }
    },
    onCharged: ({ payment }) => takePayment({ store, portone }, payment),
    // of orders and registrations alike. Told again it changes nothing: the store compares what it has
    async onPayment({ payment }) {
      await takePayment({ store, portone }, payment)
      store.markRefunded(payment)
    },
    // the next press or the daily job asks
    onUnknown: ({ order }) => store.markOpen(order.merchantUid, 'unknown'),
    onRefused({ payment, code }) {
      // a card that was removed since is told of as well
      if (code === 'no-key' && store.card(payment.customerUid)) return
      console.error(`Money that does not fit (${code}): ${payment.impUid}. Look at it, and refund it.`)
    },
    onDeleted: ({ customer, customerUid }) => store.dropCard(customer.id, customerUid),
  })
}
