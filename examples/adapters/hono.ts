import { Hono } from 'hono'
import { billing } from './billing.ts'

/** A shop on Hono: Node, Bun, Deno, Cloudflare Workers. */
export const app = new Hono()
app.all('/api/billing/*', (c) => billing(c.req.raw))
