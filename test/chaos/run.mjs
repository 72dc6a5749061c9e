// Charges many orders from four processes at once while three of ten charges go wrong, kills one of the processes on the
// way, and holds what the shop believes in the end against what PortOne has. `node test/chaos/run.mjs [orders]`, after a build.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { createSandbox } from '../../dist/sandbox/index.js'
import { charge, createIamportClient, reconcileCharge } from '../../dist/server/index.js'
import { inFlightMs, noLock, openLock, orderOf, randomOf, timeoutMs } from './orders.mjs'

const orders = Number(process.argv.slice(2).find((argument) => /^\d+$/.test(argument)) ?? 12_000)
const seed = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 1e9))
// `--unlocked`: the same with a lock that says yes to everyone, which has to show doubles
const unlocked = process.argv.includes('--unlocked')
const random = randomOf(seed)
const folder = mkdtempSync(join(tmpdir(), 'rbk-chaos-'))
const began = Date.now()
const pick = (list) => list[Math.floor(random() * list.length)]
const between = (from, to) => Math.floor(from + random() * (to - from))

const kinds = [
  'reset',
  'timeout',
  'late',
  'server-error',
  'unauthorized',
  'too-many-requests',
  'html',
  'truncated',
  'refused',
  'declined',
  'ready',
]
const faults = Object.fromEntries(kinds.map((kind) => [kind, 0]))
let calm = false
let charges = 0
const sandbox = createSandbox({
  // a card company takes its time, and meanwhile PortOne refuses nobody
  inFlightMs: 120,
  fault(method, path) {
    const isCharge = path.endsWith('/again')
    if (isCharge) charges += 1
    // the looks, the tokens and everything else go wrong as well, less often
    if (calm || random() >= (isCharge ? 0.3 : 0.05)) return null
    const kind = pick(isCharge ? kinds : kinds.slice(0, 8))
    faults[kind] += 1
    return { kind, done: random() < 0.5, ms: between(50, 1_500), method }
  },
})
const alien = { 'html-401': 0, 'html-404': 0, 'html-429': 0, 421: 0, 'missing fields': 0 }
/** What no fault of the sandbox does: answers that PortOne never gave, and true ones with a field missing. */
async function withAliens(request, env) {
  const { pathname } = new URL(request.url)
  if (calm || pathname.startsWith('/sandbox/') || random() >= 0.04) return sandbox.fetch(request, env)
  const kind = pick(Object.keys(alien))
  alien[kind] += 1
  if (kind === '421') return new Response('misdirected', { status: 421 })
  const response = random() < 0.5 || kind === 'missing fields' ? await sandbox.fetch(request, env) : null
  if (kind.startsWith('html-'))
    return new Response('<h1>gateway</h1>', { status: Number(kind.slice(5)), headers: { 'content-type': 'text/html' } })
  const text = await response.text()
  return new Response(text.replace(pick([/"customer_uid":"[^"]*",?/, /"status":"[^"]*",?/, /"code":-?\d+,/]), ''), response)
}
const server = await new Promise((resolve) => {
  const made = serve({ fetch: withAliens, port: 0, hostname: '127.0.0.1' }, () => resolve(made))
})
const baseUrl = `http://127.0.0.1:${server.address().port}`

/** Registers a card in the sandbox's window. */
async function register(customer_uid, number) {
  const post = (path, json) =>
    fetch(`${baseUrl}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) }).then((r) =>
      r.json(),
    )
  const params = { pg: 'jtnet', customer_uid, merchant_uid: `issue-${customer_uid}`, name: '등록', amount: 0 }
  const { path } = await post('/sandbox/requests', { userCode: sandbox.userCode, origin: 'http://shop.example', mobile: false, params })
  await post(path, { number })
}
await register('card-approves', '9410-0000-0000-0001')
await register('card-declines', '9410-0000-0000-0004')

const { impKey, impSecret } = sandbox
const database = join(folder, 'shop.sqlite')
const resultsOf = (worker) => join(folder, `results-${worker}.jsonl`)
const lock = unlocked ? noLock() : openLock(database)
const start = (worker) => {
  const job = { worker, orders, baseUrl, impKey, impSecret, database, results: resultsOf(worker), seed, unlocked }
  const child = spawn(process.execPath, [new URL('worker.mjs', import.meta.url).pathname, JSON.stringify(job)], { stdio: 'inherit' })
  const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code)))
  return { child, ended }
}
const lines = (worker) =>
  existsSync(resultsOf(worker))
    ? readFileSync(resultsOf(worker), 'utf8')
        .split('\n')
        .filter((line) => line.endsWith('}'))
    : []

const workers = [0, 1, 2, 3].map(start)
// one is killed in the middle of its work, and begins again from what it had written down
await new Promise((resolve) => {
  const watch = setInterval(() => {
    if (lines(0).length < orders / 8 && workers[0].child.exitCode === null) return
    clearInterval(watch)
    resolve()
  }, 20)
})
workers[0].child.kill('SIGKILL')
await workers[0].ended
workers[0] = start(0)
// the others are stopped and continued, for longer than a claim's age
let stops = 0
const stopping = setInterval(() => {
  const { child } = pick(workers)
  if (child.exitCode !== null || child.signalCode !== null) return
  stops += 1
  child.kill('SIGSTOP')
  setTimeout(() => child.kill('SIGCONT'), pick([100, inFlightMs * 1.5]))
}, 1_000)
// meanwhile the shop's job reconciles and charges again what is left: it must not overtake a process that sleeps
const overtaker = createIamportClient({ impKey, impSecret, baseUrl, timeoutMs })
let ended = false
const overtaken = []
const overtaking = (async () => {
  while (!ended) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    const order = orderOf(Math.floor(random() * orders))
    const result = await reconcileCharge(overtaker, order, { lock, inFlightMs })
    if (result.status === 'paid') overtaken.push({ request: order, result })
    if (result.code === 'not-found')
      overtaken.push({ request: order, result: await charge(overtaker, order, { lock, inFlightMs, patienceMs: 300 }) })
  }
})()
const codes = await Promise.all(workers.map(({ ended }) => ended))
clearInterval(stopping)
ended = true
await overtaking
if (codes.some((code) => code !== 0)) throw new Error(`A process ended with ${codes.join(', ')}`)

// what was on its way arrives; then the shop's job reconciles what it does not know
await new Promise((resolve) => setTimeout(resolve, inFlightMs + 500))
calm = true
const iamport = createIamportClient({ impKey, impSecret, baseUrl, timeoutMs })
const believed = new Map(Array.from({ length: orders }, (_, number) => [orderOf(number).merchantUid, []]))
for (const worker of [0, 1, 2, 3])
  for (const line of lines(worker)) {
    const { request, result } = JSON.parse(line)
    believed.get(request.merchantUid).push(result)
  }
for (const { request, result } of overtaken) believed.get(request.merchantUid).push(result)
let reconciled = 0
for (let number = 0; number < orders; number += 1) {
  const order = orderOf(number)
  const results = believed.get(order.merchantUid)
  if (results.some(({ status }) => status === 'paid') || !results.some(({ status }) => status === 'unknown')) continue
  reconciled += 1
  results.push(await reconcileCharge(iamport, order, { lock, inFlightMs }))
}

const open = new Map()
const count = { paid: 0, declined: 0, double: 0, invented: 0, unreported: 0, open: 0 }
for (const [merchantUid, results] of believed) {
  const paid = sandbox.payments.filter((payment) => payment.merchant_uid === merchantUid && payment.status === 'paid')
  const said = results.filter(({ status }) => status === 'paid')
  if (paid.length > 1) count.double += 1
  if (said.some(({ payment }) => !paid.some(({ imp_uid }) => imp_uid === payment.impUid))) count.invented += 1
  if (paid.length > 0 && said.length === 0) count.unreported += 1
  if (results.length === 0 || (said.length === 0 && results.at(-1).status === 'unknown')) {
    count.open += 1
    const why = results.at(-1)?.cause.message ?? 'nobody charged it'
    open.set(why, (open.get(why) ?? 0) + 1)
  }
  if (said.length > 0) count.paid += 1
  else count.declined += 1
}
const sum = Object.values(faults).reduce((a, b) => a + b, 0)
console.log(
  `Chaos ${unlocked ? 'WITHOUT the lock, which has to charge twice' : 'with the lock'} (seed ${seed}): ${orders} orders, each charged by two of four processes, one of them killed and begun again, all aborted and resumed, ${stops} times one stopped and continued; ${charges} charges sent, ${sum} faults (${kinds.map((kind) => `${kind} ${faults[kind]}`).join(', ')}); besides ${JSON.stringify(alien)}; ${overtaken.length} settled by a job meanwhile, ${reconciled} reconciled. ` +
    `${count.paid} paid, ${count.declined} declined. ` +
    `${count.double} charged twice, ${count.invented} reported that did not happen, ${count.unreported} that happened unreported, ${count.open} left open. ${Math.round((Date.now() - began) / 1000)} s`,
)
for (const [why, times] of open) console.log(`Left open ${times} times: ${why}`)
server.close()
rmSync(folder, { recursive: true, force: true })
process.exit((unlocked ? count.double > 0 : count.double + count.invented + count.unreported + count.open === 0 && charges > 0) ? 0 : 1)
