import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest'
import { runDay } from '../../examples/membership/src/server/dailyJob.ts'
import { openDatabase } from '../../examples/membership/src/server/store.ts'
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts'
import { startDemoShop } from './demoShop.ts'

// The shop's process ends before each thing it does to the world: a statement that writes, a transaction, a call that PortOne
// acts on. It is started again, the hours go by, and its customer presses again. What PortOne (the sandbox) and the books
// hold then has to be what they hold when nothing ends.

type Database = ReturnType<typeof openDatabase>
type Shop = ReturnType<typeof startDemoShop>
type Tab = ReturnType<Shop['browser']>
interface World {
  readonly sandbox: Sandbox
  readonly shop: Shop
  readonly tabs: readonly [Tab, Tab, Tab, Tab, Tab]
}
interface Scenario {
  readonly name: string
  /** Lives until what the process ends in, and answers that. */
  readonly begin: (world: World) => Promise<(world: World) => Promise<unknown>>
}

const declinedLater = '9410-0000-0000-0004'
const firstCard = async ({ shop: { shop }, tabs: [tab] }: World) => shop.store.cards((await tab.view()).member?.id ?? '')[0]?.customerUid
const press = (name: string, days: number, plan: string, card?: string): Scenario => ({
  name: `${name} on day ${days}`,
  async begin({ shop, tabs: [tab] }) {
    await tab.register({ plan }, card)
    await shop.pass(days)
    const { id } = await tab.current()
    return ({ tabs: [tab] }) => tab.post(`/subscriptions/${id}/${name}`)
  },
})
const scenarios: Scenario[] = [
  {
    name: 'the daily job',
    async begin({ shop, tabs: [paying, consented, silent, declined, cancelled] }) {
      await paying.register({ plan: 'now' })
      await consented.register({ plan: 'trial' })
      await silent.register({ plan: 'trial' })
      await declined.register({ plan: 'now' }, declinedLater)
      await cancelled.register({ plan: 'now' })
      await cancelled.act('cancel')
      await shop.pass(20)
      await consented.act('consent')
      await shop.pass(7)
      // its browser does not come back
      await paying.inWindow({ change: true })
      shop.shop.portone.advance?.(1)
      return ({ shop }) => runDay(shop.shop)
    },
  },
  {
    name: 'a first payment',
    async begin({ tabs: [tab] }) {
      const issued = await tab.inWindow({ plan: 'now' })
      return ({ tabs: [tab] }) => tab.post('/billing/confirm', issued)
    },
  },
  {
    name: 'a second plan of another tab, which is given back',
    async begin({ tabs: [tab] }) {
      const issued = await tab.inWindow({ plan: 'now' })
      await tab.register({ plan: 'trial' })
      return ({ tabs: [tab] }) => tab.post('/billing/confirm', issued)
    },
  },
  {
    name: 'another card',
    async begin({ tabs: [tab] }) {
      await tab.register({ plan: 'now' })
      const issued = await tab.inWindow({ change: true })
      return ({ tabs: [tab] }) => tab.post('/billing/confirm', issued)
    },
  },
  {
    name: 'another card and the daily job while dunning',
    async begin({ shop, tabs: [tab] }) {
      await tab.register({ plan: 'now' }, declinedLater)
      await shop.pass(28)
      const issued = await tab.inWindow({ change: true })
      return async ({ shop, tabs: [tab] }) => {
        await tab.post('/billing/confirm', issued)
        await runDay(shop.shop)
      }
    },
  },
  {
    name: 'a payment by hand while dunning, and the daily job',
    async begin(world) {
      const [tab] = world.tabs
      await tab.register({ plan: 'now' }, declinedLater)
      await world.shop.pass(28)
      // one that is kept beside the subscription's own
      const customerUid = 'another-card'
      const { store } = world.shop.shop
      store.keepCard((await tab.view()).member?.id ?? '', { customerUid, name: null, number: null })
      await world.sandbox.register({ customerUid, merchantUid: 'another' })
      const { pastDue } = await tab.current()
      return async ({ shop, tabs: [tab] }) => {
        await tab.post('/billing/charges', { customerUid, order: pastDue?.order })
        await runDay(shop.shop)
      }
    },
  },
  {
    name: 'a card that is removed',
    async begin(world) {
      await world.tabs[0].register({ plan: 'now' })
      const customerUid = await firstCard(world)
      return ({ tabs: [tab] }) => tab.remove(`/billing/keys/${customerUid}`)
    },
  },
  press('refund', 10, 'now'),
  press('consent', 20, 'trial'),
  press('cancel', 20, 'trial'),
  press('cancel', 28, 'now', declinedLater),
]

/** Counts what a process does to the world, and ends it at the n-th. It reaches nothing from then on. */
function processThatEnds(at: number) {
  let count = 0
  const alive = () => {
    if (count >= at) throw new Error('The process has ended.')
  }
  const act = () => {
    alive()
    count += 1
    alive()
  }
  const writing = (db: Database, sql: string) => (/^\s*(?:select|pragma)/.test(sql) || db.inTransaction ? alive : act)
  const database = (db: Database): Database =>
    new Proxy(db, {
      get(_, name) {
        const value: unknown = Reflect.get(db, name)
        if (typeof value !== 'function') return value
        const does = value.bind(db)
        if (name === 'exec')
          return (sql: string) => {
            // a file rolls back what nobody commits any more
            if (sql !== 'rollback') writing(db, sql)()
            return does(sql)
          }
        if (name === 'transaction')
          return (change: () => unknown) =>
            (...args: []) => {
              act()
              return does(change)(...args)
            }
        if (name !== 'prepare') return does
        return (sql: string) =>
          new Proxy(does(sql), {
            get:
              (statement, method) =>
              (...values: unknown[]) => {
                writing(db, sql)()
                return statement[method](...values)
              },
          })
      },
    })
  const call = (send: (request: Request) => Promise<Response>) => async (request: Request) => {
    const changes = request.method !== 'GET' && !request.url.endsWith('/getToken')
    if (changes) act()
    else alive()
    const answer = await send(request)
    alive()
    return answer
  }
  return { database, call, count: () => count }
}

const folder = mkdtempSync(join(tmpdir(), 'shop-'))
const inFolder = (name: string) => join(folder, `${name}.sqlite`)
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(() => {
  // nothing waits for real time; the sandbox has a clock of its own
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }).setTimerTickMode('nextTimerAsync')
  vi.spyOn(console, 'error').mockReturnValue()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const clock = '2027-01-31T03:00:00Z'
const open = (db: Database, sandbox: Sandbox, sessions: readonly string[], life = processThatEnds(Infinity)) => {
  const shop = startDemoShop(life.database(db), sandbox, life.call(sandbox.fetch))
  return { sandbox, shop, tabs: sessions.map((session) => shop.browser(session)) as unknown as World['tabs'] }
}

/** Lives until what the process ends in; answers how to live on from there, as often as it is asked. */
async function begin({ name, begin: live }: Scenario) {
  const file = inFolder(name)
  let saved = ''
  const sandbox = createSandbox({
    clock,
    save: (state) => {
      saved = state
    },
  })
  const db = openDatabase(':memory:')
  const world = open(db, sandbox, ['', '', '', '', ''])
  for (const tab of world.tabs) await tab.signIn('member')
  const work = await live(world)
  const sessions = world.tabs.map((tab) => tab.session())
  db.exec(`vacuum into '${file}'`)
  db.close()
  return (at: number) => liveOn({ file, saved, sessions, work }, at)
}

interface Begun {
  readonly file: string
  readonly saved: string
  readonly sessions: readonly string[]
  readonly work: (world: World) => Promise<unknown>
}

async function liveOn({ file, saved, sessions, work }: Begun, at: number) {
  const copy = inFolder('life')
  for (const end of ['', '-wal', '-shm']) rmSync(`${copy}${end}`, { force: true })
  copyFileSync(file, copy)
  const sandbox = createSandbox({ clock, saved })
  const life = processThatEnds(at)
  const first = openDatabase(copy)
  // what goes wrong after its end nobody sees
  await Promise.allSettled([(async () => work(open(first, sandbox, sessions, life)))()])
  const done = life.count()
  first.close()
  const db = openDatabase(copy)
  const world = open(db, sandbox, sessions)
  const { shop, pass } = world.shop
  const hours = async () => {
    for (let hour = 0; hour < 3; hour += 1) {
      await runDay(shop)
      sandbox.advance(3_600)
      db.exec("update charge_claims set at = strftime('%Y-%m-%d %H:%M:%f', at, '-1 hours')")
    }
  }
  await hours()
  // also where nobody presses again: what PortOne gave back is in the books
  const paidOrders = db.prepare('select impUid, refunded from orders where impUid is not null').all() as {
    impUid: string
    refunded: number
  }[]
  const unbooked = paidOrders.filter(
    (order) => sandbox.payments.find((one) => one.imp_uid === order.impUid)?.cancel_amount !== order.refunded,
  )
  // who got no answer presses again
  await work(world)
  await hours()
  await pass(9)
  const told = await Promise.all(world.tabs.map(async (tab) => ({ ...(await tab.view()), config: null })))
  const names = new Map(told.map(({ member }, number) => [member?.id ?? '', `member-${number}`]))
  const { payments, billingKeys } = sandbox
  const paid = payments.filter(({ status }) => status === 'paid' || status === 'cancelled')
  const plain = (value: unknown) => JSON.stringify(value).replace(/m[0-9a-f]{16}/g, (id) => names.get(id) ?? id)
  db.close()
  return {
    done,
    unbooked: unbooked.length,
    ledger: paid.map(({ merchant_uid, amount, cancel_amount }) => plain([merchant_uid, amount, cancel_amount])).sort(),
    keys: [...billingKeys.keys()].sort(),
    told: told.map(({ history, orders, subscription }) => [
      plain([subscription, orders.map((order) => ({ ...order, impUid: null }))]),
      history.map(({ day, kind, amount, detail }) => plain([day, kind, amount, detail])).sort(),
    ]),
  }
}

it.each(scenarios)('$name: nobody pays twice or for nothing, and nothing is lost, whenever the process ends', async (scenario) => {
  const live = await begin(scenario)
  const { done, ...expected } = await live(Infinity)
  expect(done).toBeGreaterThan(0)
  for (let at = 1; at <= done; at += 1) {
    const { done, ...found } = await live(at)
    expect.soft({ at, done, ...found }).toEqual({ at, done: at, ...expected })
  }
})
