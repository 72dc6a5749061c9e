// One process of the shop: charges its orders, in an order of its own, and writes each result down as it comes.
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { chargeMany, createIamportClient } from '../../dist/server/index.js'
import { inFlightMs, noLock, openLock, orderOf, randomOf, timeoutMs } from './orders.mjs'

const { worker, orders, baseUrl, impKey, impSecret, database, results: file, seed, unlocked } = JSON.parse(process.argv[2])
const random = randomOf(seed + worker)
const iamport = createIamportClient({
  impKey,
  impSecret,
  baseUrl,
  timeoutMs,
  // half of the processes go by fetch, and some of their charges find no connection
  ...(worker % 2 === 0
    ? { fetch: (url, init) => fetch(url.endsWith('/again') && random() < 0.03 ? 'http://127.0.0.1:2/' : url, init) }
    : {}),
})
// each order is charged by two of the four, at about the same time as long as neither was stopped
const shared = randomOf(seed)
const places = Array.from({ length: orders }, () => shared())
const mine = Array.from({ length: orders }, (_, number) => number)
  .filter((number) => number % 4 === worker || (number + 1) % 4 === worker)
  .map((number) => ({ number, at: (places[number] ?? 0) + random() / 1_000 }))
  .sort((a, b) => a.at - b.at)
  .map(({ number }) => orderOf(number))
const results = existsSync(file)
  ? readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.endsWith('}'))
      .map((line) => JSON.parse(line))
  : []

// the wall clock of each process jumps about
const realNow = Date.now
let offset = 0
Date.now = () => realNow() + offset
setInterval(() => {
  offset = Math.floor((random() - 0.5) * 7_200_000)
}, 200).unref()

const lock = unlocked ? noLock() : openLock(database)
const run = (signal, known) =>
  chargeMany(iamport, mine, {
    concurrency: 50,
    patienceMs: 300,
    inFlightMs,
    lock,
    results: known,
    signal,
    onResult: ({ request, result }) => appendFileSync(file, `${JSON.stringify({ request, result })}\n`),
  })
// given up on the way, and resumed from its own results
const controller = new AbortController()
setTimeout(() => controller.abort(), 300 + random() * 1_000)
const given = await run(controller.signal, results)
await run(undefined, JSON.parse(JSON.stringify(given)))
process.exit(0)
