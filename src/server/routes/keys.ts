import { cardOf } from '../card.ts'
import { removeKey } from '../removeKey.ts'
import type { CustomerCall, OwnerCall } from './route.ts'

/** `GET /keys`: those of the customer's keys that exist. */
export async function listKeys({ shop, customer }: CustomerCall): Promise<unknown> {
  const found = await shop.options.iamport.billingKeys(await shop.keysOf(customer))
  return { keys: found.map((key) => ({ customerUid: key.customerUid, card: cardOf(key), registeredAt: key.inserted })) }
}

/** `DELETE /keys/:id`: removes one, now or before. */
export async function deleteKey({ shop, customer, customerUid }: OwnerCall): Promise<unknown> {
  await removeKey(shop, customer, customerUid)
  return { customerUid }
}
