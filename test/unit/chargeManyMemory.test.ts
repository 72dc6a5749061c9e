import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { type AgainRequest, chargeMany, type IamportClient, type Payment } from '../../src/server/index.ts'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')
const used = () => {
  collect()
  return process.memoryUsage().heapUsed
}

const count = Number(process.env.CHARGE_MANY ?? 20_000)
const paid = { impUid: 'imp_1', status: 'paid', amount: 9900, currency: 'KRW', customerUid: null }
const iamport: Pick<IamportClient, 'again' | 'paymentByMerchantUid' | 'timeoutMs'> = {
  timeoutMs: 1_000,
  paymentByMerchantUid: async () => null,
  again: async ({ merchantUid }) => ({ ...paid, merchantUid }) as Payment,
}
function* due(): Generator<AgainRequest> {
  for (let at = 0; at < count; at += 1) yield { customerUid: `card-${at}`, merchantUid: `order-${at}`, amount: 9900, name: '월간' }
}

it(`charges ${count} keys in the memory of its results`, async () => {
  await chargeMany(iamport, [...due()].slice(0, 100))
  const before = used()
  let during = 0
  let done = 0
  const results = await chargeMany(iamport, due(), {
    signal: new AbortController().signal,
    concurrency: 50,
    onResult() {
      done += 1
      if (done === count - 1) during = used() - before
    },
  })
  expect(results.filter(({ result }) => result.status === 'paid')).toHaveLength(count)
  const held = used() - before
  // what it needs besides the results does not grow with their number
  expect(during - held).toBeLessThan(3_000_000)
  expect(held / count).toBeLessThan(1_500)
  if (process.env.CHARGE_MANY) console.log(`${count}: ${Math.round(held / 1e6)} MB, ${Math.round((during - held) / 1e3)} kB besides`)
  expect(results.length).toBe(count)
})
