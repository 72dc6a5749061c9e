import { isCustomerId } from './intent.ts'
import { notify } from './notify.ts'
import type { Customer } from './options.ts'
import type { Shop } from './routes/route.ts'

/** Deletes a key at PortOne, where it may be gone already or go at this moment, and tells the shop. */
export async function removeKey({ options }: Pick<Shop, 'options'>, customer: Customer, customerUid: string): Promise<void> {
  const { iamport } = options
  if (await iamport.billingKey(customerUid)) {
    try {
      await iamport.deleteBillingKey(customerUid)
    } catch (error) {
      // another request was faster
      if (await iamport.billingKey(customerUid)) throw error
    }
  }
  await notify(options, 'onDeleted', { customer, customerUid })
}

/**
 * Removes every key of a customer whose account is closed. All are tried.
 *
 * @throws {TypeError} when it names no customer: what a shop's database finds for `undefined` may be everybody's
 * @throws {AggregateError} when some could not be removed; call it again
 */
export async function removeAllKeys(shop: Shop, customer: Customer): Promise<readonly string[]> {
  if (!isCustomerId(customer?.id)) throw new TypeError('removeAllKeys needs a customer, whose id is text or a number')
  const removed: string[] = []
  const errors: unknown[] = []
  for (const customerUid of await shop.keysOf(customer)) {
    try {
      await removeKey(shop, customer, customerUid)
      removed.push(customerUid)
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, `removeAllKeys: ${errors.length} keys could not be removed. Call it again.`)
  return removed
}
