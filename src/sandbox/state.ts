import { createEvents, type Log } from './events.ts'
import { createFaults, declinedBy, type Fault, faultTable } from './faults.ts'
import { createLedger, type LedgerDump } from './ledger.ts'
import { maskCard, type TestCard } from './testCards.ts'
import { createWebhooks, type SandboxWebhook, type SendNotice, type WebhookFault, type WebhookPlan, webhookOf } from './webhooks.ts'

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
  schedule_at: number
  readonly amount: number
  readonly name: string
  schedule_status: 'scheduled' | 'executed' | 'revoked'
  [field: string]: unknown
}

/** A billing key as the sandbox holds it. */
export interface SandboxKey {
  readonly card: TestCard
  /** The PG that issued it. */
  readonly pg: string
  /** Unix seconds. */
  readonly inserted: number
  /** What was told of the customer when the card was typed at the shop. */
  readonly customer?: Readonly<Record<string, unknown>>
}

/** The amount of an order, fixed before its window opens. */
export interface Prepared {
  readonly amount: number
  /** `null`: any will do. */
  readonly currency: string | null
}

/** A payment that waits for the PG, when it is paid, and the key that comes with it. */
interface SandboxPending {
  readonly imp_uid: string
  /** Unix seconds. */
  readonly at: number
  readonly key?: SandboxKey
}

export interface StateOptions {
  /** A moment the clock stands at until it is moved, or a clock that runs, in epoch seconds. The real time when left out. */
  readonly clock: string | Date | (() => number)
  /** Makes numbers, keys and delays the same in every run. */
  readonly seed: number | null
  /** How many payments and ended schedules are remembered. */
  readonly keep: number
  readonly webhooks: WebhookPlan
  readonly sendNotice: SendNotice
  /** Called after a change that no request has made: remembers it, and sends the webhooks that are due. */
  readonly changed: () => void
}

export type Order = { merchant_uid: string; customer_uid: string; amount: number; name: string } & Record<string, unknown>
type NewPayment = { merchant_uid: string; amount: number; status: SandboxPayment['status']; customer_uid: string | null } & Record<
  string,
  unknown
>

/** What a schedule says of itself and not of the order that it charges. */
const ofSchedule = new Set('schedule_at schedule_status executed_at revoked_at imp_uid pg_provider payment_status fail_reason'.split(' '))

export const random = () => crypto.randomUUID().replaceAll('-', '').slice(0, 12)

/** The last second of the year 9999: what is later is no time in seconds, and no calendar shows it. */
export const lastMoment = Date.UTC(9999, 11, 31, 23, 59, 59) / 1000

/** A number from 0 to 2^32 - 1 for each pair of a seed and a count. */
function mix(seed: number, count: number) {
  let value = (seed ^ Math.imul(count + 1, 0x9e3779b9)) >>> 0
  for (const factor of [0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f]) value = Math.imul(value ^ (value >>> 15), factor) >>> 0
  return (value ^ (value >>> 16)) >>> 0
}

function clockOf(clock: StateOptions['clock']) {
  if (typeof clock === 'function') return clock
  const at = new Date(clock).getTime() / 1000
  if (Number.isNaN(at)) throw new RangeError(`${clock} is not a time`)
  return () => at
}

/** The billing keys; each change is an event. */
class LoggedKeys extends Map<string, SandboxKey> {
  constructor(private readonly log: Log) {
    super()
  }
  override set(customer_uid: string, key: SandboxKey) {
    this.log('billing-key', { customer_uid, change: this.has(customer_uid) ? 'replaced' : 'issued', card_name: key.card.company })
    const { card } = key
    // no whole number is kept, not of a test card either
    return super.set(customer_uid, { ...key, card: { ...card, number: maskCard(card.number) } })
  }
  override delete(customer_uid: string) {
    const was = super.delete(customer_uid)
    if (was) this.log('billing-key', { customer_uid, change: 'removed' })
    return was
  }
}

/** Everything the sandbox remembers, and the two things that change it: a payment, and the time. */
export function createState({ clock, seed, keep, webhooks: plan, sendNotice, changed }: StateOptions) {
  const base = clockOf(clock)
  let moved = 0
  let count = 0
  let epoch = 0
  let pending: SandboxPending[] = []
  const exact = () => base() + moved
  const now = () => Math.floor(exact())
  const next = () => mix(seed ?? 0, count++)
  const events = createEvents(now)
  const faults = createFaults((name, on) => events.add('fault', { name, on }))
  const draw = (below: number) => (seed === null ? Math.floor(Math.random() * below) : next() % below)
  const webhooks = createWebhooks({ plan, send: sendNotice, now, draw, log: events.add, faults, changed })

  let watching: ReturnType<typeof setTimeout> | undefined
  /** When the next of what waits is due after a moment, epoch seconds. */
  function nextDue(after: number): number | null {
    let next = Number.POSITIVE_INFINITY
    for (const { at } of pending) if (at > after && at < next) next = at
    for (const { schedule_status, schedule_at: at } of state.schedules)
      if (schedule_status === 'scheduled' && at > after && at < next) next = at
    return next === Number.POSITIVE_INFINITY ? null : next
  }

  const ledger = createLedger(keep, (merchantUid) => state.prepared.delete(merchantUid))
  const state = {
    payments: ledger.payments,
    billingKeys: new LoggedKeys(events.add),
    prepared: new Map<string, Prepared>(),
    schedules: [] as SandboxSchedule[],
    token: null as { readonly value: string; until: number } | null,
    events,
    faults,
    webhooks,
    /** Where webhooks go, as set in PortOne's console. */
    noticeUrl: null as string | null,
    /** Unix seconds. */
    now,
    /** The same with its fraction. */
    exact,
    /** Another number after each reset: what is older than that is forgotten. */
    epoch: () => epoch,
    /** Twelve characters that no other number has. */
    unique: () =>
      seed === null
        ? random()
        : [next(), next()]
            .map((part) => part.toString(16).padStart(8, '0'))
            .join('')
            .slice(0, 12),
    /** Fixes the amount of an order; of amounts that nobody ever paid the oldest are forgotten beyond `keep`. */
    prepare(merchantUid: string, fixed: Prepared) {
      state.prepared.set(merchantUid, fixed)
      if (state.prepared.size > keep) state.prepared.delete(String(state.prepared.keys().next().value))
    },

    payment: ledger.payment,
    ofOrder: ledger.ofOrder,
    isPaid: ledger.isPaid,

    /** A new payment, and its webhook, which one fault may strike. */
    record(fields: NewPayment, fault: WebhookFault | null = null): SandboxPayment {
      const { notice_url, ...rest } = fields
      const payment: SandboxPayment = {
        imp_uid: `imp_${state.unique()}`,
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
      ledger.add(payment, notice_url)
      state.tell(payment, fault)
      return payment
    },

    /** A payment's new status: to the events, and to the shop once it is paid. */
    tell(payment: SandboxPayment, fault: WebhookFault | null = null) {
      const { imp_uid, merchant_uid, status, amount, currency, customer_uid } = payment
      events.add('payment', { imp_uid, merchant_uid, status, amount, currency, customer_uid })
      // none for a failed payment
      if (status === 'paid') state.notify(payment, ledger.noticeUrl(imp_uid) ?? state.noticeUrl, fault)
    },

    /** Tells the shop, where it has an address. */
    notify({ imp_uid, merchant_uid, status }: SandboxPayment, address: string | null, fault: WebhookFault | null = null) {
      if (address) webhooks.notify(address, { imp_uid, merchant_uid, status }, fault)
    },

    /** Has a payment that is `ready` paid later, the key issued that it was for, and the shop told. */
    settleLater({ imp_uid }: SandboxPayment, ms: number, key?: SandboxKey) {
      pending.push({ imp_uid, at: exact() + ms / 1000, ...(key && { key }) })
    },

    /** While the clock runs and something waits, looks each second whether its time has come: a machine may have slept. */
    watch() {
      clearTimeout(watching)
      const next = nextDue(Number.NEGATIVE_INFINITY)
      if (typeof clock !== 'function' || next === null) return
      watching = setTimeout(
        () => {
          const before = events.lastId()
          state.runDue()
          if (events.lastId() !== before) changed()
          state.watch()
        },
        Math.min(1_000, Math.max(20, (next - exact()) * 1_000 + 5)),
      )
      // in Node, nobody waits for it
      if (typeof watching === 'object') (watching as { unref(): void }).unref()
    },

    /** Charges a key: it pays, is refused, or waits for the PG, as its card and the fault of the charge say. */
    chargeKey(key: SandboxKey, order: Order, usage: string | null, fault: Fault | undefined) {
      const { card, pg } = key
      const isPending = fault?.kind === 'ready'
      const fail_reason = isPending ? null : (declinedBy(fault) ?? card.laterRefusal)
      const status = isPending ? 'ready' : fail_reason === null ? 'paid' : 'failed'
      const shown = { pg_provider: pg, card_name: card.company, card_number: maskCard(card.number), channel: 'api' }
      const payment = state.record({ ...order, ...shown, status, fail_reason, customer_uid_usage: usage }, webhookOf(fault))
      if (isPending) state.settleLater(payment, fault.ms ?? 1_000, usage === 'issue' ? key : undefined)
      return payment
    },

    /** Remembers charges for later; the oldest that are done with are forgotten once there are a tenth more than `keep`. */
    plan(made: readonly SandboxSchedule[]) {
      state.schedules.push(...made)
      let over = state.schedules.length - keep
      if (over < keep / 10) return
      const left = state.schedules.filter(({ schedule_status }) => schedule_status === 'scheduled' || over-- <= 0)
      state.schedules.splice(0, state.schedules.length, ...left)
    },

    /** Gives a payment another status, which the schedule that made it tells too. */
    become(payment: SandboxPayment, status: SandboxPayment['status']) {
      payment.status = status
      const schedule = state.schedules.find(({ imp_uid }) => imp_uid === payment.imp_uid)
      if (schedule) schedule.payment_status = status
    },

    /** Makes one scheduled charge; what is switched on for charges strikes it as a fault of its own does. */
    execute(due: SandboxSchedule, own?: Fault) {
      const { merchant_uid, customer_uid } = due
      const key = state.billingKeys.get(customer_uid)
      Object.assign(due, { schedule_status: 'executed', executed_at: now() })
      if (!key || state.isPaid(merchant_uid)) {
        Object.assign(due, { payment_status: 'failed', fail_reason: key ? '이미 결제된 주문번호입니다.' : '등록되지 않은 구매자입니다.' })
        events.add('schedule', { merchant_uid, status: 'failed' })
        return null
      }
      const order = Object.fromEntries(Object.entries(due).filter(([field]) => !ofSchedule.has(field))) as Order
      const switched = own ? undefined : (['declined', 'pending'] as const).find(faults.take)
      const fault = switched ? (faultTable[switched].rest ?? undefined) : own
      const payment = state.chargeKey(key, order, 'payment.scheduled', fault)
      Object.assign(due, {
        imp_uid: payment.imp_uid,
        pg_provider: key.pg,
        payment_status: payment.status,
        fail_reason: payment.fail_reason,
      })
      events.add('schedule', { merchant_uid, status: payment.status })
      return payment
    },

    /** Does what the time has come for: waiting payments, scheduled charges. */
    runDue() {
      // one moment for both: the clock runs on meanwhile
      const moment = exact()
      const ripe = pending.filter(({ at }) => at <= moment)
      if (ripe.length > 0) pending = pending.filter(({ at }) => at > moment)
      for (const { imp_uid, key } of ripe) {
        const payment = ledger.payment(imp_uid)
        if (payment?.status !== 'ready') continue
        payment.paid_at = now()
        state.become(payment, 'paid')
        if (key && payment.customer_uid !== null) state.billingKeys.set(payment.customer_uid, key)
        state.tell(payment)
      }
      const due = state.schedules.filter((known) => known.schedule_status === 'scheduled' && known.schedule_at <= now())
      for (const schedule of due.sort((a, b) => a.schedule_at - b.schedule_at)) state.execute(schedule)
    },

    /** Moves the clock forward, and has each thing that falls due on the way happen at its own time. */
    advance(seconds: number) {
      if (!(seconds >= 0 && now() + seconds <= lastMoment))
        throw new RangeError('The clock moves forward by a number of seconds, to the year 9999 at most')
      const [from, end] = [moved, moved + seconds]
      const begun = exact()
      if (seconds > 0) events.add('clock', { seconds, now: Math.floor(begun + seconds) })
      // what is done on the way may bring more
      for (let at = nextDue(begun); at !== null && at < begun + seconds; at = nextDue(at)) {
        // a millisecond more, since the difference of two big numbers may lack one
        moved = Math.min(end, from + at - begun + 0.001)
        state.runDue()
      }
      moved = end
      state.runDue()
    },

    /** Forgets everything but where webhooks go; the clock is where it began. */
    reset() {
      epoch += 1
      state.load(null)
      faults.clear()
      events.add('reset', {})
    },

    /** Everything that is remembered, as plain data. */
    dump: () => ({
      moved,
      count,
      pending,
      schedules: state.schedules,
      webhooks: webhooks.list,
      token: state.token,
      noticeUrl: state.noticeUrl,
      billingKeys: [...state.billingKeys],
      prepared: [...state.prepared],
      ...ledger.dump(),
    }),

    /** Remembers what `dump` gave, `null` for nothing. */
    load(saved: SandboxDump | null) {
      moved = saved?.moved ?? 0
      // a clock that was begun anew goes on from where the saved one had got
      moved += Math.max(0, (saved?.at ?? 0) - exact())
      count = saved?.count ?? 0
      pending = saved?.pending ?? []
      state.token = saved?.token ?? null
      state.noticeUrl = saved ? saved.noticeUrl : state.noticeUrl
      const refill = <Row>(list: Row[], rows: readonly Row[] = []) => list.splice(0, list.length, ...rows)
      ledger.load(saved ?? { payments: [], noticeUrls: [], usedUp: [] })
      refill(state.schedules, saved?.schedules)
      refill<SandboxWebhook>(webhooks.list, saved?.webhooks)
      for (const [map, rows] of [
        [state.billingKeys, saved?.billingKeys],
        [state.prepared, saved?.prepared],
      ] as [Map<string, unknown>, [string, unknown][] | undefined][]) {
        map.clear()
        for (const [key, value] of rows ?? []) Map.prototype.set.call(map, key, value)
      }
      webhooks.resume()
      state.watch()
    },
  }
  return state
}

export type State = ReturnType<typeof createState>
/** What a state file holds. */
export interface SandboxDump extends LedgerDump {
  /** What the sandbox's clock said when this was saved, epoch seconds, and the machine's, ms. */
  readonly at: number
  readonly wall: number
  readonly moved: number
  readonly count: number
  readonly pending: SandboxPending[]
  readonly schedules: SandboxSchedule[]
  readonly webhooks: SandboxWebhook[]
  readonly token: { readonly value: string; until: number } | null
  readonly noticeUrl: string | null
  readonly billingKeys: [string, SandboxKey][]
  readonly prepared: [string, Prepared][]
}
