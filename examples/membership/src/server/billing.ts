import { BillingRefusal, type ChargeLock, createBillingHandler } from 'react-billing-key/server'
import { planOf } from '../plans.ts'
import type { Portone } from './portone.ts'
import type { Store } from './store.ts'

interface Billing {
  readonly portone: Portone
  readonly store: Store
  readonly lock: ChargeLock
  authenticate(request: Request): { id: string } | null
}

/** The library's handler over the shop's own records. */
export function openBilling({ portone: { iamport, signingKey }, store, lock, authenticate }: Billing) {
  return createBillingHandler({
    iamport,
    signingKey,
    lock,
    authenticate,
    firstOrder({ customer, body }) {
      const { plan: wanted, agreed, change } = body as { plan?: unknown; agreed?: unknown; change?: unknown }
      const live = store.current(customer.id)
      if (change === true) {
        if (!live || live.ended) throw new BillingRefusal(404, 'no-subscription', '이용 중인 구독이 없어요.')
        const merchantUid = `card-${crypto.randomUUID().slice(0, 23)}`
        store.register(customer.id, merchantUid, null)
        return { merchantUid, name: '카드 변경', amount: 0, ...(live.customerUid ? { replaces: live.customerUid } : {}) }
      }
      const plan = planOf(wanted)
      if (!plan) throw new BillingRefusal(404, 'unknown-plan', '없는 이용권이에요.')
      if (agreed !== true) throw new BillingRefusal(400, 'not-agreed', '정기결제에 동의해 주세요.')
      if (live && !live.ended) throw new BillingRefusal(409, 'subscribed', '이미 구독하고 있어요.')
      // the same number from every tab: PortOne takes no second payment for it
      const merchantUid = `${customer.id}-${store.countOf(customer.id) + 1}-${plan.id}-1`
      store.register(customer.id, merchantUid, plan.id)
      return { merchantUid, name: plan.free ? '첫 달 무료 이용권' : '1개월 이용권', amount: plan.free ? 0 : plan.amount }
    },
    async onIssued({ customer, customerUid, card, payment }) {
      const { merchantUid, amount } = payment
      const kept = { customerUid, name: card?.name ?? null, number: card?.number ?? null }
      store.keepCard(customer.id, kept)
      const registration = store.registration(merchantUid)
      const live = store.current(customer.id)
      const plan = planOf(registration?.plan)
      const id = merchantUid.replace(/-1$/, '')
      if (!registration || registration.settled) return
      if (!plan) {
        if (live && !live.ended) store.changeCard(live, customerUid, [kept.name, kept.number?.slice(-4)].join(' '))
      } else if (live && !live.ended && live.id !== id) {
        // another tab was faster, with the other plan: what this one took is given back
        if (amount > 0) await iamport.cancelPayment({ impUid: payment.impUid, checksum: amount, reason: '중복 신청' })
      } else {
        store.subscribe({ id, member: customer.id, plan: plan.id, amount: plan.amount, customerUid, freeMonths: plan.free })
        if (amount > 0) {
          store.openOrder(id, { merchantUid, name: payment.name ?? '', amount }, store.subscription(id)?.startedOn ?? '')
          store.markPaid(payment)
        }
      }
      store.settleRegistration(merchantUid)
    },
    customerUids: (customer) => store.cards(customer.id).map((card) => card.customerUid),
    // an order that the daily job wrote down; its number stays the same however often the button is pressed
    price({ customer, body }) {
      const order = store.order(customer.id, String((body as { order?: unknown }).order))
      if (!order) throw new BillingRefusal(404, 'unknown-order', '없는 주문이에요.')
      if (order.status !== 'paid' && store.subscription(order.subscription)?.ended)
        throw new BillingRefusal(409, 'ended', '끝난 구독이에요. 새로 시작해 주세요.')
      const { merchantUid, name, amount } = order
      return { merchantUid, name, amount }
    },
    onCharged({ payment }) {
      if (!store.markPaid(payment)) console.error(`A payment does not fit its order: ${payment.impUid}`)
    },
    // of orders and registrations alike: the store compares order, customer and amount
    onPayment({ id, payment }) {
      store.once(id, () => {
        store.markPaid(payment)
        store.markRefunded(payment)
      })
    },
    onUnknown({ order }) {
      store.markOpen(order.merchantUid, 'unknown')
      console.error(`Nobody knows whether ${order.merchantUid} was charged: the next press or the daily job asks.`)
    },
    onRefused({ payment, code }) {
      // a card that was removed since is told of as well
      if (code === 'no-key' && store.card(payment.customerUid)) return
      console.error(`Money that does not fit (${code}): ${payment.impUid}. Look at it, and refund it.`)
    },
    onDeleted: ({ customer, customerUid }) => store.dropCard(customer.id, customerUid),
  })
}
