import { readText } from '../body.ts'
import { notify } from '../notify.ts'
import { refusal } from '../refusal.ts'
import { settleRegistration } from '../registration.ts'
import { impUidOf, paymentEvent } from '../webhook.ts'
import { isPaid } from '../wire.ts'
import type { Call, Shop } from './route.ts'

/** `POST /webhook`: PortOne's notice that a payment has changed. Believes nothing of it, and asks PortOne. */
export async function receiveWebhook({ shop, request, route }: Call): Promise<unknown> {
  const impUid = impUidOf(request.headers.get('content-type') ?? '', await readText(request))
  if (impUid === null) throw refusal('not-json')
  return shop.webhooks.ask(impUid, () => tell(shop, impUid, route))
}

/** `null` when PortOne knows of no such payment. */
async function tell(shop: Shop, impUid: string, route: string): Promise<{ status: string } | null> {
  const event = await paymentEvent(shop.options.iamport, impUid, shop.signingKeys())
  if (!event) return null
  // a customer who never came back has a key all the same
  if (event.intent && isPaid(event.payment)) await settleRegistration(shop, event.intent, event.payment, route)
  await notify(shop.options, 'onPayment', event)
  return { status: event.payment.status }
}
