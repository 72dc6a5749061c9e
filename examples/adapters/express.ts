import type { IncomingMessage } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import express from 'express'
import { billing } from './billing.ts'

/** `express.json()` takes the body away: what it read is kept for whoever comes after it. */
const keepBody = (request: IncomingMessage & { rawBody?: Buffer }, _response: unknown, body: Buffer) => {
  request.rawBody = body
}

/** A shop on Express. By `all`: `use` cuts the path off. */
export const app = express()
app.use(express.json({ verify: keepBody }))
app.all('/api/billing/*rest', getRequestListener(billing))
