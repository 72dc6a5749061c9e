import { serve } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { createSandbox } from 'react-billing-key/sandbox'
import { createBillingHandler, createIamportClient } from 'react-billing-key/server'

const sandbox = createSandbox()
serve({ fetch: sandbox.fetch, port: 4010 })

const iamport = createIamportClient({
  impKey: sandbox.impKey, // PortOne's REST API key
  impSecret: sandbox.impSecret,
  baseUrl: 'http://127.0.0.1:4010',
})
const cards = new Map()
const billing = createBillingHandler({
  iamport,
  signingKey: 'change-me: a secret of 32 characters or more',
  authenticate: () => ({ id: 'member-1' }), // your session
  firstOrder: () => ({ name: '월간 이용권', amount: 0 }),
  onIssued: ({ customerUid, card }) => void cards.set(customerUid, card), // your database
  customerUids: () => [...cards.keys()],
  price: () => ({ merchantUid: 'order-2026-12', name: '12월 이용권', amount: 9900 }),
})

const app = new Hono()
app.all('/api/billing/*', (c) => billing(c.req.raw))
app.get('*', serveStatic({ root: './dist' }))
app.get('*', serveStatic({ path: './dist/index.html' }))
serve({ fetch: app.fetch, port: 3000 })
