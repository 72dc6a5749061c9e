import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { serve } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { sqliteLock } from '../../../locks/sqliteLock.ts'
import { addDays, addMonths, koreanDay } from '../../../subscriptions/rule.ts'
import { openBilling } from './billing.ts'
import { runDay } from './dailyJob.ts'
import { connectPortone, connectSandbox, type Listen } from './portone.ts'
import { createApp, sessionOf } from './routes.ts'
import { openDatabase, openStore } from './store.ts'

const { env } = process
const port = Number(env.PORT || 3000)
const isReal = Boolean(env.IAMPORT_USER_CODE && env.IAMPORT_KEY && env.IAMPORT_SECRET)
const giveUp = (message: string): never => {
  console.error(message)
  process.exit(1)
}
const listen: Listen = (fetch, at) =>
  new Promise((resolve) => {
    serve({ fetch, port: at, hostname: '127.0.0.1' }, (address) => resolve(address.port)).once('error', (error) =>
      giveUp(`The shop could not listen on port ${at}: ${error.message}. Try another one: PORT=3100 npm start`),
    )
  })

const file = env.DATABASE || fileURLToPath(new URL(`../../${isReal ? 'shop' : 'demo'}.sqlite`, import.meta.url))
const open = () => {
  try {
    return openDatabase(file, { alone: !isReal })
  } catch (error) {
    const whatToDo = 'End what has it, move it away, or name another file: DATABASE=other.sqlite npm start'
    return giveUp(`${file} could not be opened: ${error}.\n${whatToDo}`)
  }
}
const db = open()
const portone = isReal ? connectPortone(env) : await connectSandbox(db, listen, port === 0 ? 0 : port + 1)
const today = () => koreanDay(portone.now())
const store = openStore(db, today)
const parts = { portone, store, lock: sqliteLock(db), today, authenticate: (request: Request) => store.memberOf(sessionOf(request)) }
const shop = { ...parts, billing: openBilling(parts) }

/** One after the other, never two at a time: the timetable's days, and those of the strip. */
let last: Promise<unknown> = Promise.resolve()
const inTurn = (work: () => Promise<void>) => {
  const mine = last.then(work)
  last = mine.catch((error: unknown) => console.error(error))
  return mine
}
/** Lives through every day of the time that is skipped, as the shop would have. */
const skip = (days: number | 'month') =>
  inTurn(async () => {
    const until = days === 'month' ? addMonths(today(), 1) : addDays(today(), days)
    while (today() < until) {
      portone.advance?.(1)
      await runDay(shop)
    }
  })

const app = createApp(shop, skip)
const root = fileURLToPath(new URL('../client', import.meta.url))
const page = readFileSync(`${root}/index.html`, 'utf8')
app.use('*', serveStatic({ root }))
app.get(portone.config.redirectUrl, (c) => c.html(page))
app.get('*', (c) => c.html(page, 404))
const at = await listen(app.fetch, port)
portone.noticesTo(`http://127.0.0.1:${at}/api/billing/webhook`)
const runToday = () => inTurn(() => runDay(shop)).catch(() => {})
await runToday()
// every hour: run again on the same day it does nothing more
setInterval(runToday, 3_600_000).unref()
const told = isReal
  ? 'Running against PortOne.'
  : `Running on the sandbox: no card is charged. Ctrl+C ends it.\n\n  What happens in it: ${portone.dashboard}`
console.log(`\n  아침서가 멤버십 (react-billing-key demo shop): http://127.0.0.1:${at}\n  ${told}\n`)
