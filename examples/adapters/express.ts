import { getRequestListener } from '@hono/node-server'
import express from 'express'
import { billing } from './billing.ts'

/** A shop on Express. Mounted before `express.json()`, which would take the body away, and by `all`: `use` cuts the path off. */
export const app = express()
app.all('/api/billing/*rest', getRequestListener(billing))
app.use(express.json())
