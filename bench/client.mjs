// Requests and charges per second, and memory, of our client beside iamport-rest-client-nodejs and bare fetch, against one
// local server, in one run: `npm run bench`. Only the ratios mean anything; the machine is not quiet.
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'

const [, file, mode, who, task, baseUrl, callCount] = process.argv
const order = (number) => ({ customerUid: 'card-1', merchantUid: `order-${process.pid}-${number}`, amount: 9900, name: '월간 이용권' })
const wireOrder = ({ customerUid, merchantUid, amount, name }) => ({ customer_uid: customerUid, merchant_uid: merchantUid, amount, name })

/** PortOne with the same answers, at once or after `delay` ms (given in place of a contender's name). */
function serve() {
  const delay = Number(who ?? 0)
  const payment = {
    imp_uid: 'imp_1',
    cancel_amount: 0,
    currency: 'KRW',
    status: 'paid',
    sandbox: false,
    customer_uid: 'card-1',
    paid_at: 1,
    amount: 9900,
  }
  const server = createServer((request, response) => {
    const parts = []
    request.on('data', (part) => parts.push(part))
    request.on('end', () => {
      const now = Math.floor(Date.now() / 1000)
      const write = (status, body) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      const send = (status, body) => (delay > 0 ? setTimeout(write, delay, status, body) : write(status, body))
      if (request.url === '/users/getToken')
        send(200, { code: 0, message: null, response: { access_token: 't', now, expired_at: now + 1800 } })
      else if (request.url.startsWith('/payments/find/')) send(404, { code: -1, message: '없음', response: null })
      else if (request.url.startsWith('/payments/')) send(200, { code: 0, message: null, response: { ...payment, merchant_uid: 'order' } })
      else send(200, { code: 0, message: null, response: { ...payment, merchant_uid: JSON.parse(Buffer.concat(parts)).merchant_uid } })
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
  process.send({ perSecond, cpu: (user + system) / calls, rss: process.memoryUsage().rss })
}

async function compare() {
  const child = (...args) => spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const said = (process) =>
    new Promise((resolve, reject) => process.once('message', resolve).once('exit', (code) => reject(new Error(`exit ${code}`))))
  const names = Object.keys(contenders)
  const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]
  const rows = []
  const servers = [
    { delay: 0, calls: 3_000 },
    { delay: 50, calls: 600 },
  ]
  for (const { delay, calls } of servers) {
    const server = child('serve', String(delay))
    const url = `http://127.0.0.1:${await said(server)}`
    for (const what of ['read', 'again', 'charge']) {
      const rounds = names.map(() => [])
      for (let round = 0; round < 5; round += 1)
        // in turns, so that a busy moment of the machine hits all of them
        for (const [at, name] of names.entries()) rounds[at].push(await said(child('run', name, what, url, String(calls))))
      const [speed, cpu, memory] = ['perSecond', 'cpu', 'rss'].map((key) => rounds.map((results) => median(results.map((one) => one[key]))))
      for (const at of [1, 2])
        rows.push({
          task: what,
          'answers after': `${delay} ms`,
          'ours beside': names[at],
          'calls/s': `${Math.round(speed[0])} : ${Math.round(speed[at])}`,
          'speed (more is faster)': (speed[0] / speed[at]).toFixed(2),
          'CPU (less is less)': (cpu[0] / cpu[at]).toFixed(2),
          'memory (less is smaller)': (memory[0] / memory[at]).toFixed(2),
        })
    }
    server.kill()
  }
  console.table(rows)
  console.log(
    'Medians of five rounds of 3,000 calls (600 where an answer takes 50 ms), 20 at a time, each in a process of its own. charge: looked up, then sent.',
  )
}

await (mode === 'serve' ? serve() : mode === 'run' ? run() : compare())
if (mode === 'run') process.exit(0)
