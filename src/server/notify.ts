import type { BillingHandlerOptions } from './options.ts'
import { BillingRefusal } from './refusal.ts'

type Options = BillingHandlerOptions<string | number>
type Notification = 'onIssued' | 'onCharged' | 'onRefused' | 'onDeleted' | 'onPayment'

/**
 * Calls one of the shop's notifications. What it throws is this side's failure, a `BillingRefusal` as well: what has
 * happened cannot be refused, and a browser that reads a refusal takes it for nothing.
 */
export async function notify<Name extends Notification>(options: Options, name: Name, news: Parameters<NonNullable<Options[Name]>>[0]) {
  const callback = options[name] as ((news: unknown) => unknown) | undefined
  try {
    await callback?.call(options, news)
  } catch (cause) {
    throw cause instanceof BillingRefusal ? new Error(`${name} threw a BillingRefusal: ${cause.message}`, { cause }) : cause
  }
}
