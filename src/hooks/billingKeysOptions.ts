import { queryOptions } from '@tanstack/react-query'
import { lastIssuedAt } from '../attempt/pending.ts'
import { isRecord } from '../billing/confirm.ts'
import { type Card, maskCardNumber } from '../billing/outcome.ts'
import { type ApiCall, callApi } from './api.ts'

/** A customer's registered card, as far as it may be shown. */
export interface BillingKeySummary {
  readonly customerUid: string
  readonly card: Card | null
  /** Unix seconds, `null` when the shop's server does not say. */
  readonly registeredAt: number | null
}

/** What the query holds: masked cards, and when they were asked for. */
export interface BillingKeysData {
  readonly keys: readonly BillingKeySummary[]
  /** Milliseconds since 1970 by the page's clock; `0` when a server asked. */
  readonly askedAt: number
}

export interface BillingKeysOptions {
  /** The provider's `api`. */
  readonly api: string
  /** The provider's `customerKey`: each member's cards stand under a key of their own. */
  readonly customerKey?: string | undefined
  /** Milliseconds for which an answer is fresh, unless a card has been issued since. 0 when left out. */
  readonly staleTime?: number | undefined
  /** How to call the handler where the page's own `fetch` does not serve: on a server, with the request's cookies. */
  readonly fetch?: ApiCall['fetch']
}

const root = 'react-billing-key'

/** Where one member's cards stand in the query cache. */
export const billingKeysKey = (api: string, customerKey?: string | null) => [root, 'keys', api, customerKey?.toString() ?? null] as const
/** What the keys of every member of an `api` begin with. */
export const membersKey = (api: string) => [root, 'keys', api] as const

/**
 * The query of a customer's cards, for prefetching, SSR and a `useSuspenseQuery` of the shop's own. An answer that was
 * asked for before the last verified issue of this tab is stale.
 *
 * @example
 * await client.prefetchQuery(billingKeysOptions({ api: '/api/billing', customerKey: member.id, fetch: withCookies }))
 */
export function billingKeysOptions({ api, customerKey, staleTime = 0, fetch }: BillingKeysOptions) {
  return queryOptions({
    queryKey: billingKeysKey(api, customerKey),
    queryFn: async ({ signal }): Promise<BillingKeysData> => {
      // after that issue, also by a clock that has gone back since: else it would be asked for again without end
      const askedAt = typeof window === 'undefined' ? 0 : Math.max(Date.now(), lastIssuedAt() + 1)
      return { keys: readKeys(await callApi(api, '/keys', { method: 'GET', signal, fetch })), askedAt }
    },
    staleTime: ({ state: { data } }) => (isOutdated(data) ? 0 : staleTime),
    refetchOnMount: ({ state: { data } }) => (isOutdated(data) ? 'always' : true),
    // an app's default that keeps the last data would show one member's cards to the next
    placeholderData: () => undefined,
  })
}

/** Whether a card has been issued since these were asked for. */
export const isOutdated = (data: BillingKeysData | undefined) => data !== undefined && data.askedAt <= lastIssuedAt() && lastIssuedAt() > 0

const textOrNull = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null)

/** Takes what may be shown, and nothing else, whatever the handler sent along. Each key once; a time in milliseconds is no day. */
function readKeys(answer: unknown): BillingKeySummary[] {
  if (!isRecord(answer) || !Array.isArray(answer.keys)) throw new TypeError('GET /keys answered no list of keys.')
  const read = answer.keys.filter(isRecord).flatMap(({ customerUid, card, registeredAt }): BillingKeySummary[] => {
    if (typeof customerUid !== 'string') return []
    const shown = isRecord(card) ? { name: textOrNull(card.name), number: maskCardNumber(textOrNull(card.number)) } : null
    const isDay = typeof registeredAt === 'number' && registeredAt > 0 && registeredAt < 1e11
    return [{ customerUid, card: shown, registeredAt: isDay ? registeredAt : null }]
  })
  return [...new Map(read.map((key) => [key.customerUid, key])).values()]
}
