import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { serve } from '@hono/node-server'
import { sqliteLock } from '../../../locks/sqliteLock.ts'
import { addMonths, koreanDay } from '../../../subscriptions/rule.ts'
import { openBilling } from './billing.ts'
import { createDailyJob, runDay } from './dailyJob.ts'
import { connectPortone, connectSandbox } from './portone.ts'
import { createApp, sessionOf } from './routes.ts'
import { openDatabase, openStore } from './store.ts'

const { env } = process
const port = Number(env.PORT || 3000)
const isReal = Boolean(env.IAMPORT_USER_CODE && env.IAMPORT_KEY && env.IAMPORT_SECRET)
const listen = (fetch: (request: Request) => Response | Promise<Response>, at: number) =>
  new Promise<number>((resolve) => {
    serve({ fetch, port: at, hostname: '127.0.0.1' }, (address) => resolve(address.port)).once('error', (error) => {
      console.error(`The shop could not listen on port ${at}: ${error.message}. Try another one: PORT=3100 npm start`)
      process.exit(1)
    })
  })

const db = openDatabase(env.DATABASE || fileURLToPath(new URL(`../../${isReal ? 'shop' : 'demo'}.sqlite`, import.meta.url)))
const portone = isReal ? connectPortone(env) : await connectSandbox(db, listen, port === 0 ? 0 : port + 1)
const today = () => koreanDay(portone.now())
const store = openStore(db, today)
const lock = sqliteLock(db)
const authenticate = (request: Request) => store.memberOf(sessionOf(request))
const billing = openBilling({ portone, store, lock, authenticate })

const dayMs = 86_400_000
const daily = createDailyJob(async () => {
  await runDay({ store, iamport: portone.iamport, lock, today: today() })
  // webhooks come once, and browsers may never come back
  await billing.sweepRegistrations({ since: new Date(portone.now().getTime() - 2 * dayMs) })
})
const runDaily = () => daily().catch((error: unknown) => console.error(error))
// every hour: run again on the same day it does nothing more
setInterval(runDaily, dayMs / 24).unref()

/** Lives through every day of the time that is skipped, as the shop would have. */
async function skip(days: number | 'month') {
  const until = days === 'month' ? addMonths(today(), 1) : null
  for (let day = 0; until ? today() < until : day < Number(days); day += 1) {
    portone.advance?.(1)
    await daily()
  }
}

const app = createApp({
  portone,
  store,
  billing,
  authenticate,
  today,
  skip,
  newMember: () => `m${randomUUID().replaceAll('-', '').slice(0, 16)}`,
})
const at = await listen(app.fetch, port)
portone.noticesTo(`http://127.0.0.1:${at}/api/billing/webhook`)
await runDaily()
console.log(`\n  아침서가 멤버십 (react-billing-key demo shop): http://127.0.0.1:${at}`)
console.log(
  isReal
    ? '  Running against PortOne.\n'
    : `  Running on the sandbox: no card is charged. Ctrl+C ends it.\n\n  What happens in it: ${portone.dashboard}\n`,
)
