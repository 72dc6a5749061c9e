// One process of the shop: charges its orders, in an order of its own, and writes each result down as it comes.
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { chargeMany, createIamportClient } from '../../dist/server/index.js'
import { inFlightMs, openLock, orderOf, randomOf, timeoutMs } from './orders.mjs'

const { worker, orders, baseUrl, impKey, impSecret, database, results: file, seed } = JSON.parse(process.argv[2])
const random = randomOf(seed + worker)
const iamport = createIamportClient({
  impKey,
  impSecret,
  baseUrl,
  timeoutMs,
  // some charges find no connection
  fetch: (request) => fetch(request.url.endsWith('/again') && random() < 0.03 ? new Request('http://127.0.0.1:2/', request) : request),
})
// each order is charged by two of the four
const mine = Array.from({ length: orders }, (_, number) => number)
  .filter((number) => number % 4 === worker || (number + 1) % 4 === worker)
  .map((number) => ({ number, at: random() }))
  .sort((a, b) => a.at - b.at)
  .map(({ number }) => orderOf(number))
const results = existsSync(file)
  ? readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.endsWith('}'))
      .map((line) => JSON.parse(line))
  : []

await chargeMany(iamport, mine, {
  concurrency: 50,
  patienceMs: 300,
  inFlightMs,
  lock: openLock(database),
  results,
  onResult: ({ request, result }) => appendFileSync(file, `${JSON.stringify({ request, result })}\n`),
})
process.exit(0)
