// Requests and charges per second of our client beside iamport-rest-client-nodejs and bare fetch, against one local server.
// A part of `npm run bench`; `node bench/client.mjs` runs it alone, and `node bench/client.mjs once` only shows that it runs.
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { createSandbox } from '../dist/sandbox/index.js'
import { compare, printRows } from './figures.mjs'

const file = fileURLToPath(import.meta.url)
const [, , mode, who, task, baseUrl, callCount] = process.argv
const order = (number) => ({ customerUid: 'card-1', merchantUid: `order-${process.pid}-${number}`, amount: 9900, name: '월간 이용권' })
const wireOrder = ({ customerUid, merchantUid, amount, name }) => ({ customer_uid: customerUid, merchant_uid: merchantUid, amount, name })

/**
 * What the sandbox answers to each call, as it said it once: its own work is not what is measured. At once or after `delay` ms
 * (given in place of a contender's name).
 */
async function serve() {
  const delay = Number(who ?? 0)
  const sandbox = createSandbox({ impKey: 'k', impSecret: 's' })
  const said = async (path, body, authorization = '') => {
    const init = body && { method: 'POST', body: JSON.stringify(body) }
    const headers = { 'content-type': 'application/json', authorization }
    const response = await sandbox.fetch(new Request(`http://sandbox${path}`, { ...init, headers }))
    return { status: response.status, text: await response.text() }
  }
  const token = await said('/users/getToken', { imp_key: 'k', imp_secret: 's' })
  const access = JSON.parse(token.text).response.access_token
  const { imp_uid } = await sandbox.register({ customerUid: 'card-1', merchantUid: 'issue-1' })
  const answers = {
    token,
    none: await said('/payments/find/none', undefined, access),
    payment: await said(`/payments/${imp_uid}?include_sandbox=true`, undefined, access),
    charge: await said('/subscribe/payments/again', wireOrder({ ...order(1), merchantUid: 'MERCHANT_UID' }), access),
  }
  const server = createServer((request, response) => {
    const parts = []
    request.on('data', (part) => parts.push(part))
    request.on('end', () => {
      const write = ({ status, text }) => response.writeHead(status, { 'content-type': 'application/json' }).end(text)
      const send = (answer) => (delay > 0 ? setTimeout(write, delay, answer) : write(answer))
      if (request.url === '/users/getToken') send(answers.token)
      else if (request.url.startsWith('/payments/find/')) send(answers.none)
      else if (request.url.startsWith('/payments/'))
        send({ ...answers.payment, text: answers.payment.text.replace(imp_uid, request.url.match(/[^/?]+(?=\?|$)/)[0]) })
      else {
        const { merchant_uid } = JSON.parse(Buffer.concat(parts))
        send({ ...answers.charge, text: answers.charge.text.replace('MERCHANT_UID', merchant_uid) })
      }
    })
  })
  server.listen(0, '127.0.0.1', () => process.send(server.address().port))
}

const contenders = {
  async ours() {
    const { charge, createIamportClient } = await import('../dist/server/index.js')
    const iamport = createIamportClient({ impKey: 'k', impSecret: 's', baseUrl })
    return {
      read: () => iamport.payment('imp_1'),
      again: (number) => iamport.again(order(number)),
      charge: (number) => charge(iamport, order(number)),
    }
  },
  async 'iamport-rest-client-nodejs'() {
    const { Iamport, Request } = createRequire(import.meta.url)('iamport-rest-client-nodejs')
    const iamport = new Iamport({ apiKey: 'k', apiSecret: 's', baseUrl })
    const again = (number) => Request.Subscribe.again(wireOrder(order(number))).request(iamport)
    return {
      read: () => Request.Payments.getByImpUid({ imp_uid: 'imp_1' }, {}).request(iamport),
      again,
      // it has no charge: this is what a shop writes with it to look first
      charge: (number) =>
        Request.Payments.getByMerchantUid({ merchant_uid: order(number).merchantUid, status: 'paid' })
          .request(iamport)
          .catch(() => again(number)),
    }
  },
  async fetch() {
    const call = async (path, body, headers) => {
      const init = body && { method: 'POST', body: JSON.stringify(body) }
      const response = await fetch(`${baseUrl}${path}`, { ...init, headers: { 'content-type': 'application/json', ...headers } })
      return response.json()
    }
    const { response } = await call('/users/getToken', { imp_key: 'k', imp_secret: 's' })
    const headers = { authorization: `Bearer ${response.access_token}` }
    const again = (number) => call('/subscribe/payments/again', wireOrder(order(number)), headers)
    return {
      read: () => call('/payments/imp_1', undefined, headers),
      again,
      charge: async (number) => {
        const { code } = await call(`/payments/find/${order(number).merchantUid}`, undefined, headers)
        return code === 0 ? null : again(number)
      },
    }
  },
}

/** One contender, one task, in a process of its own. */
async function run() {
  const once = (await contenders[who]())[task]
  let next = 0
  const lanes = async (count) => {
    const until = next + count
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        while (next < until) {
          next += 1
          await once(next)
        }
      }),
    )
  }
  const calls = Number(callCount)
  await lanes(calls / 6)
  const began = performance.now()
  const cpu = process.cpuUsage()
  await lanes(calls)
  const perSecond = calls / ((performance.now() - began) / 1000)
  const { user, system } = process.cpuUsage(cpu)
  process.send({ perSecond, cpu: (user + system) / calls })
}

const children = new Set()
const child = (...args) => {
  const made = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  children.add(made)
  return made.once('exit', () => children.delete(made))
}
const said = (made) =>
  new Promise((resolve, reject) => made.once('message', resolve).once('exit', (code) => reject(new Error(`exit ${code}`))))

const settings = [
  { delay: 0, calls: 3_000 },
  { delay: 50, calls: 600 },
]

/** Medians of five rounds, 20 calls at a time, each contender in a process of its own. */
export async function clientFigures(print, servers = settings, rounds = 5) {
  for (const { delay, calls } of servers) {
    const server = child('serve', String(delay))
    try {
      const url = `http://127.0.0.1:${await said(server)}`
      for (const task of ['read', 'again', 'charge']) {
        const what = `${task}, answered ${delay === 0 ? 'at once' : `after ${delay} ms`}`
        const figures = [
          [what, 'calls/s', 'more', ({ perSecond }) => perSecond],
          ['… its CPU', 'µs a call', 'less', ({ cpu }) => cpu],
        ]
        const measureOne = (name) => said(child('run', name, task, url, String(calls)))
        print(await compare(figures, Object.keys(contenders).slice(1), measureOne, rounds))
      }
    } finally {
      server.kill()
    }
  }
}

if (process.argv[1] === file) {
  process.once('exit', () => {
    for (const made of children) made.kill()
  })
  const once = () => clientFigures((rows) => console.log(`  ${rows.length} figures`), [{ delay: 0, calls: 60 }], 1)
  await ({ serve, run, once }[mode] ?? (() => clientFigures(printRows)))()
  if (mode === 'run') process.exit(0)
}
