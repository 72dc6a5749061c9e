import { IamportApiError } from './iamportApiError.ts'

/** A payment as PortOne holds it. Amounts in the currency's unit, times in Unix seconds, 0 for "not yet". */
export interface Payment {
  readonly impUid: string
  readonly merchantUid: string
  readonly status: 'ready' | 'paid' | 'cancelled' | 'failed'
  readonly amount: number
  readonly cancelAmount: number
  readonly currency: string
  readonly customerUid: string | null
  readonly name: string | null
  readonly cardName: string | null
  readonly cardNumber: string | null
  readonly failReason: string | null
  /** What the shop sent along, as PortOne keeps it: JSON text. */
  readonly customData: string | null
  readonly paidAt: number
}

/** Whether money of it is the shop's. What a part was refunded of may be `paid` or `cancelled`: PortOne's documents do not say. */
export const isPaid = ({ status, amount, cancelAmount }: Payment) =>
  status === 'paid' || (status === 'cancelled' && cancelAmount > 0 && cancelAmount < amount)

/** A billing key as PortOne holds it. */
export interface BillingKey {
  readonly customerUid: string
  readonly pgProvider: string | null
  readonly cardName: string | null
  readonly cardNumber: string | null
  /** Unix seconds. */
  readonly inserted: number
}

/** A charge that PortOne will make, or has made, at a time. Times in Unix seconds, 0 for "not yet". */
export interface Schedule {
  readonly customerUid: string
  readonly merchantUid: string
  /** The payment, once there is one. */
  readonly impUid: string | null
  readonly scheduleAt: number
  readonly executedAt: number
  readonly revokedAt: number
  readonly amount: number
  readonly name: string
  readonly status: 'scheduled' | 'executed' | 'revoked'
  readonly paymentStatus: Payment['status'] | null
  readonly failReason: string | null
}

export type Wire = Readonly<Record<string, unknown>>
export const isWire = (value: unknown): value is Wire => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Reads one object of an answer: extra fields are passed over, wrong ones refused. `path` is for the error. */
export function reader(value: unknown, path: string) {
  if (!isWire(value)) throw new IamportApiError(path, 200, 0, 'the answer is not an object')
  const wrong = (key: string, expected: string) => new IamportApiError(path, 200, 0, `the answer's ${key} is not ${expected}`)
  return {
    text(key: string): string {
      const field = value[key]
      if (typeof field !== 'string') throw wrong(key, 'text')
      return field
    },
    /** Missing, null and empty text are null. */
    textOrNull(key: string): string | null {
      const field = value[key] ?? ''
      if (typeof field !== 'string') throw wrong(key, 'text')
      return field === '' ? null : field
    },
    number(key: string, missing?: number): number {
      const field = value[key] ?? missing
      if (typeof field !== 'number' || !Number.isFinite(field)) throw wrong(key, 'a number')
      return field
    },
    oneOf<Option extends string>(key: string, options: readonly Option[]): Option {
      const found = options.find((option) => option === value[key])
      if (found === undefined) throw wrong(key, `one of ${options.join(', ')}`)
      return found
    },
  }
}

const paymentStatuses = ['ready', 'paid', 'cancelled', 'failed'] as const

export function toPayment(value: unknown, path: string): Payment {
  const { text, textOrNull, number, oneOf } = reader(value, path)
  return {
    impUid: text('imp_uid'),
    merchantUid: text('merchant_uid'),
    status: oneOf('status', paymentStatuses),
    amount: number('amount'),
    cancelAmount: number('cancel_amount'),
    currency: text('currency'),
    customerUid: textOrNull('customer_uid'),
    name: textOrNull('name'),
    cardName: textOrNull('card_name'),
    cardNumber: textOrNull('card_number'),
    failReason: textOrNull('fail_reason'),
    customData: textOrNull('custom_data'),
    paidAt: number('paid_at', 0),
  }
}

/** A key of one channel, or one that PortOne routes over several: then the card is the first channel's. */
export function toBillingKey(value: unknown, path: string): BillingKey {
  const whole = reader(value, path)
  const channels = isWire(value) && Array.isArray(value.succeededChannels) ? value.succeededChannels : []
  const { textOrNull, number } = channels.length > 0 ? reader(channels[0], path) : whole
  return {
    customerUid: whole.text('customer_uid'),
    pgProvider: textOrNull('pg_provider'),
    cardName: textOrNull('card_name'),
    cardNumber: textOrNull('card_number'),
    inserted: number('inserted', 0),
  }
}

export function toSchedule(value: unknown, path: string): Schedule {
  const { text, textOrNull, number, oneOf } = reader(value, path)
  return {
    customerUid: text('customer_uid'),
    merchantUid: text('merchant_uid'),
    impUid: textOrNull('imp_uid'),
    scheduleAt: number('schedule_at'),
    executedAt: number('executed_at', 0),
    revokedAt: number('revoked_at', 0),
    amount: number('amount'),
    name: text('name'),
    status: oneOf('schedule_status', ['scheduled', 'executed', 'revoked']),
    paymentStatus: textOrNull('payment_status') === null ? null : oneOf('payment_status', paymentStatuses),
    failReason: textOrNull('fail_reason'),
  }
}
