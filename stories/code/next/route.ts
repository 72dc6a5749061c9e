// app/api/billing/[...path]/route.ts
import { createBillingHandler, createIamportClient } from 'react-billing-key/server'
import { db, sessionOf } from './shop'

const billing = createBillingHandler({
  iamport: createIamportClient({ impKey: process.env.IAMPORT_KEY, impSecret: process.env.IAMPORT_SECRET }),
  signingKey: process.env.SIGNING_KEY,
  authenticate: (request) => sessionOf(request),
  firstOrder: () => ({ name: '월간 이용권', amount: 9900 }),
  onIssued: ({ customer, customerUid }) => db.keepCard(customer.id, customerUid),
  customerUids: (customer) => db.cardsOf(customer.id),
  price: ({ customer, body }) => db.order(customer.id, body),
})

export const GET = billing
export const POST = billing
export const DELETE = billing
