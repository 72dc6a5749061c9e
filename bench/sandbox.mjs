// Issue-and-charge cycles over HTTP against the sandbox: its memory and its work in each tenth, after a tenth to warm up. Needs
// dist/. What a payment is remembered by is measured apart from what leaks: at first only the last tenth's payments are kept,
// and memory has to be flat but for the order numbers that stay refused; then every payment is, which may take so much each.
// Fails when either grows more than `bounds` say, or the last tenth takes twice the processor's time that the first took.
// node --expose-gc bench/sandbox.mjs [cycles]
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { serve } from '@hono/node-server'
import { createSandbox } from '../dist/sandbox/index.js'

const cycles = Number(process.argv[2] ?? 10_000)
const tenth = Math.floor(cycles / 10)
/** Bytes: what the runtime itself may grow by in a run, and what a payment may take. */
const bounds = { runtime: 1.5 * 2 ** 20, forgotten: 120, kept: 900 }

async function start(keep) {
  const sandbox = createSandbox(keep === undefined ? {} : { keep })
  const server = await new Promise((resolve) => {
    const made = serve({ fetch: sandbox.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(made))
  })
  const { port } = server.address()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const post = (path, body, token = '') =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', authorization: token }
      const sent = request({ agent, port, host: '127.0.0.1', path, method: 'POST', headers }, (answer) => {
        let text = ''
        answer.setEncoding('utf8').on('data', (part) => {
          text += part
        })
        answer.on('end', () => resolve(JSON.parse(text)))
      })
      sent.on('error', reject).end(JSON.stringify(body))
    })
  const { response } = await post('/users/getToken', { imp_key: sandbox.impKey, imp_secret: sandbox.impSecret })
  const card = { card_number: '9410-0000-0000-0001', expiry: '2099-12' }
  return {
    async cycle(number) {
      await post(`/subscribe/customers/c${number % 100}`, card, response.access_token)
      const order = { customer_uid: `c${number % 100}`, merchant_uid: `m${number}`, amount: 9_900, name: 'n' }
      const charged = await post('/subscribe/payments/again', order, response.access_token)
      if (charged.response?.status !== 'paid') throw new Error(JSON.stringify(charged))
    },
    end() {
      agent.destroy()
      server.close()
    },
  }
}

/** What is left on the heap once everything that ends with a turn of the loop has ended. */
async function heap() {
  for (let turn = 0; turn < 5; turn += 1) {
    await sleep(10)
    globalThis.gc?.()
  }
  return process.memoryUsage().heapUsed
}

/** Eleven tenths, the first of which only warms up. */
async function measure(title, keep, each) {
  const sandbox = await start(keep)
  const rows = []
  console.log(`${title}\n  tenth     heap    a payment   cpu      wall`)
  for (let part = 0; part <= 10; part += 1) {
    const [begun, before] = [performance.now(), process.cpuUsage()]
    for (let number = part * tenth; number < (part + 1) * tenth; number += 1) await sandbox.cycle(number)
    const { user, system } = process.cpuUsage(before)
    const row = { cpu: (user + system) / 1_000, wall: performance.now() - begun, heap: await heap() }
    rows.push(row)
    const grown = part === 0 ? 'warm-up' : `${((row.heap - rows[0].heap) / (part * tenth)).toFixed(0)} B`
    const columns = [String(part).padStart(5), `${(row.heap / 2 ** 20).toFixed(2)} MB`.padStart(12), grown.padStart(10)]
    console.log(...columns, `${row.cpu.toFixed(0)} ms`.padStart(9), `${row.wall.toFixed(0)} ms`.padStart(9))
  }
  sandbox.end()
  const [warm, first] = rows
  const last = rows[10]
  const most = bounds.runtime + each * tenth * 10
  const problems = [
    ...(last.heap - warm.heap > most ? [`the heap grew ${last.heap - warm.heap} B, more than ${most}`] : []),
    ...(last.cpu > 2 * first.cpu ? [`the last tenth took ${last.cpu.toFixed(0)} ms, the first ${first.cpu.toFixed(0)}`] : []),
  ]
  for (const problem of problems) console.error(`  ✖ ${problem}`)
  if (problems.length > 0) process.exitCode = 1
}

if (!globalThis.gc) throw new Error('node --expose-gc bench/sandbox.mjs')
await measure(`${tenth * 10} cycles, the last ${tenth} payments kept`, tenth, bounds.forgotten)
await measure(`${tenth * 10} cycles, every payment kept`, undefined, bounds.kept)
