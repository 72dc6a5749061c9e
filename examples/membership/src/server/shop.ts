import type { BillingHandler, ChargeLock } from 'react-billing-key/server'
import type { Day } from '../../../subscriptions/rule.ts'
import type { Portone } from './portone.ts'
import type { Member, Store } from './store.ts'

/** What the shop's parts share. */
export interface Shop {
  readonly portone: Portone
  readonly store: Store
  readonly lock: ChargeLock
  readonly billing: BillingHandler
  authenticate(request: Request): Member | null
  /** By the sandbox's clock where there is one. */
  today(): Day
}
