import { maskCard, type TestCard } from './testCards.ts'

/** A payment in PortOne's own spelling. */
export interface SandboxPayment {
  readonly imp_uid: string
  readonly merchant_uid: string
  readonly amount: number
  cancel_amount: number
  status: 'ready' | 'paid' | 'failed' | 'cancelled'
  readonly customer_uid: string | null
  [field: string]: unknown
}

/** A charge for later, in PortOne's own spelling. */
export interface SandboxSchedule {
  readonly customer_uid: string
  readonly merchant_uid: string
  readonly schedule_at: number
  readonly amount: number
  readonly name: string
  schedule_status: 'scheduled' | 'executed' | 'revoked'
  [field: string]: unknown
}

/** A billing key as the sandbox holds it. */
export interface SandboxKey {
  readonly card: TestCard
  /** Unix seconds. */
  readonly inserted: number
}

export const random = () => crypto.randomUUID().replaceAll('-', '').slice(0, 12)

/** Everything the sandbox remembers, and the two things that change it: a payment, and the time. */
export function createState(onNotice: (address: string, notice: Readonly<Record<string, unknown>>) => void) {
  let moved = 0
  const orders = new Map<string, SandboxPayment[]>()
  const now = () => Math.floor(Date.now() / 1000) + moved
  const state = {
    payments: [] as SandboxPayment[],
    billingKeys: new Map<string, SandboxKey>(),
    prepared: new Map<string, number>(),
    schedules: [] as SandboxSchedule[],
    /** Where webhooks go, as set in PortOne's console. */
    noticeUrl: null as string | null,
    /** Unix seconds. */
    now,
    /** The payments of an order number, oldest first. */
    ofOrder: (merchantUid: unknown): readonly SandboxPayment[] => orders.get(String(merchantUid)) ?? [],
    paidOrder: (merchantUid: unknown) => state.ofOrder(merchantUid).find(({ status }) => status === 'paid'),

    record(
      fields: { merchant_uid: string; amount: number; status: SandboxPayment['status']; customer_uid: string | null } & Record<
        string,
        unknown
      >,
    ): SandboxPayment {
      const { notice_url, ...rest } = fields
      const payment: SandboxPayment = {
        imp_uid: `imp_${random()}`,
        cancel_amount: 0,
        currency: 'KRW',
        pg_provider: 'jtnet',
        pg_id: 'sandbox',
        pay_method: 'card',
        sandbox: true,
        fail_reason: null,
        started_at: now(),
        paid_at: fields.status === 'paid' ? now() : 0,
        failed_at: fields.status === 'failed' ? now() : 0,
        cancelled_at: 0,
        ...rest,
      }
      state.payments.push(payment)
      orders.set(payment.merchant_uid, [...state.ofOrder(payment.merchant_uid), payment])
      // none for a failed payment
      if (payment.status === 'paid') state.notify(payment, notice_url)
      return payment
    },

    notify({ imp_uid, merchant_uid, status }: SandboxPayment, address: unknown = null) {
      const to = typeof address === 'string' ? address : state.noticeUrl
      if (to) onNotice(to, { imp_uid, merchant_uid, status })
    },

    /** Charges a key that is known to exist. */
    chargeKey(
      { card }: SandboxKey,
      order: { merchant_uid: string; customer_uid: string; amount: number; name: string } & Record<string, unknown>,
      customer_uid_usage: string,
      refusal: string | null = card.laterRefusal,
    ): SandboxPayment {
      const card_number = maskCard(card.number)
      const status = refusal === null ? ('paid' as const) : ('failed' as const)
      return state.record({ ...order, status, fail_reason: refusal, customer_uid_usage, card_name: card.company, card_number })
    },

    /** Makes the scheduled charges whose time has come. */
    runDue() {
      for (const due of state.schedules.filter((known) => known.schedule_status === 'scheduled' && known.schedule_at <= now())) {
        const { merchant_uid, customer_uid, amount, name, notice_url } = due
        const key = state.billingKeys.get(customer_uid)
        Object.assign(due, { schedule_status: 'executed', executed_at: now() })
        if (!key || state.paidOrder(merchant_uid)) {
          Object.assign(due, { payment_status: 'failed', fail_reason: key ? '이미 결제된 주문번호입니다.' : '등록되지 않은 구매자입니다.' })
          continue
        }
        const { imp_uid, status, fail_reason } = state.chargeKey(
          key,
          { merchant_uid, customer_uid, amount, name, notice_url },
          'payment.scheduled',
        )
        Object.assign(due, { imp_uid, payment_status: status, fail_reason })
      }
    },

    /** Moves the clock forward. */
    advance(seconds: number) {
      moved += seconds
      state.runDue()
    },
  }
  return state
}

export type State = ReturnType<typeof createState>
