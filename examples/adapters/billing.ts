import { createBillingHandler, createIamportClient } from 'react-billing-key/server'

const env = process.env
const cards = new Map<string, string[]>()

/** What each of the adapters beside this file mounts. A shop keeps its cards in a database. */
export const billing = createBillingHandler({
  iamport: createIamportClient({ impKey: env.IAMPORT_KEY ?? '', impSecret: env.IAMPORT_SECRET ?? '', baseUrl: env.IAMPORT_URL }),
  signingKey: env.SIGNING_KEY,
  authenticate: (request) => {
    const id = /(?:^|;\s*)member=(\w+)/.exec(request.headers.get('cookie') ?? '')?.[1]
    return id === undefined ? null : { id }
  },
  firstOrder: () => ({ name: '월간 이용권', amount: 9900 }),
  onIssued: ({ customer, customerUid }) => {
    cards.set(customer.id, [...new Set([...(cards.get(customer.id) ?? []), customerUid])])
  },
  customerUids: (customer) => cards.get(customer.id) ?? [],
  price: ({ customer }) => ({ merchantUid: `${customer.id}-2026-12`, name: '12월 이용권', amount: 9900 }),
})
