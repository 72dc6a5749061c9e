import { notify } from './notify.ts'
import type { RefusedPayment } from './options.ts'
import type { Shop } from './routes/route.ts'

/** Tells the shop of money that does not fit; the operator, where the shop has no `onRefused`. */
export async function tellRefused({ options, report }: Shop, refused: RefusedPayment, route: string): Promise<void> {
  const { payment, code } = refused
  if (options.onRefused) await notify(options, 'onRefused', refused)
  else await report(new Error(`Money that does not fit (${code}): ${payment.impUid}, order ${payment.merchantUid}`), route)
}
