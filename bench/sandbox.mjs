// Issue-and-charge cycles over HTTP against the sandbox: memory, and the last tenth's time beside the first's. Needs dist/.
// Fails when the last tenth took four times the first, or a payment keeps more than 4 KB.
// node --expose-gc bench/sandbox.mjs [cycles]
import { Agent, request } from 'node:http'
import { serve } from '@hono/node-server'
import { createSandbox } from '../dist/sandbox/index.js'

const cycles = Number(process.argv[2] ?? 10_000)
const sandbox = createSandbox()
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
const tenth = Math.floor(cycles / 10)
const times = []
const heaps = []
for (let part = 0; part < 10; part += 1) {
  const begun = performance.now()
  for (let cycle = part * tenth; cycle < (part + 1) * tenth; cycle += 1) {
    await post(`/subscribe/customers/c${cycle % 100}`, card, response.access_token)
    const order = { customer_uid: `c${cycle % 100}`, merchant_uid: `m${cycle}`, amount: 9_900, name: 'n' }
    const charged = await post('/subscribe/payments/again', order, response.access_token)
    if (charged.response?.status !== 'paid') throw new Error(JSON.stringify(charged))
  }
  times.push(performance.now() - begun)
  globalThis.gc?.()
  heaps.push(process.memoryUsage().heapUsed)
}
const megabytes = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MB`
console.log(`${tenth * 10} cycles; first tenth ${times[0].toFixed(0)} ms, last ${times[9].toFixed(0)} ms`)
console.log(
  `heap after the first tenth ${megabytes(heaps[0])}, after the last ${megabytes(heaps[9])}, kept a payment ${Math.round((heaps[9] - heaps[0]) / (tenth * 9))} B`,
)
agent.destroy()
server.close()
// generous: the machine may be busy, and a payment that is remembered is not free
if (times[9] > 4 * times[0] || heaps[9] - heaps[0] > 4_096 * tenth * 9) process.exitCode = 1
