import { getRequestListener } from '@hono/node-server'
import express from 'express'
import { billing } from './billing.ts'

/** A shop on Express. Mounted before `express.json()`, which would take the body away. */
export const app = express()
app.use('/api/billing', getRequestListener(billing))
app.use(express.json())
