import { describe, expect, it, vi } from 'vitest'
import { expectCharged } from '../../src/sandbox/index.ts'
import {
  type AgainRequest,
  type ChargeClient,
  type ChargedItem,
  charge,
  chargeMany,
  IamportApiError,
  type Payment,
} from '../../src/server/index.ts'
import { memoryLock } from './memoryLock.ts'
import { newOrder, paymentOf, rejecting, scripted } from './scriptedClient.ts'
import { startSandbox } from './startSandbox.ts'

const { exchanges, faults, client, pay } = await startSandbox({ inFlightMs: 20 })
const iamport = client()
const impatient = { patienceMs: 300 }
await pay({ customer_uid: 'card-1', merchant_uid: 'issue-1' })
await pay({ customer_uid: 'card-4', merchant_uid: 'issue-4' }, '9410-0000-0000-0004')
const posts = () => exchanges.filter(({ path }) => path.endsWith('/again')).length

/** As a job keeps its results between runs. */
const throughJson = (results: readonly ChargedItem[]) => JSON.parse(JSON.stringify(results)) as ChargedItem[]

describe('chargeMany', () => {
  it('gives one result for each, in order, a few at a time, and stops for nothing', async () => {
    const orders = [
      newOrder(),
      newOrder({ customerUid: 'card-4' }),
      newOrder({ amount: -1 }),
      newOrder(),
      newOrder({ customerUid: 'none' }),
    ]
    let running = 0
    let most = 0
    const counted = client({
      fetch: async (input, init) => {
        running += 1
        most = Math.max(most, running)
        const response = await fetch(input, init)
        running -= 1
        return response
      },
    })
    const told: string[] = []
    const log = vi.spyOn(console, 'error').mockReturnValue(undefined)
    const down = new Error('the shop’s database is down')
    const items = await chargeMany(counted, orders, {
      concurrency: 2,
      onResult: ({ request }) => {
        told.push(request.merchantUid)
        throw down
      },
    })
    // nothing that was not kept is passed over in silence
    expect(log.mock.calls).toEqual(told.map((order) => [`react-billing-key charge of ${order}:`, down]))
    log.mockRestore()
    expect(items.map(({ request, result }) => [request, result.status])).toEqual(
      orders.map((order, at) => [order, ['paid', 'declined', 'declined', 'paid', 'declined'][at]]),
    )
    expect(items[2]?.result).toMatchObject({ code: 'invalid-request' })
    expect(told).toHaveLength(5)
    expect(most).toBeLessThanOrEqual(2)
  })

  it('claims nothing of a charge that broke off in a way nobody thought of', async () => {
    const broken = { ...client(), again: () => Promise.reject(new TypeError('a bug')) }
    expect(await chargeMany(broken, [newOrder()], impatient)).toMatchObject([{ result: { status: 'unknown' } }])
  })

  it('goes on from its own results, and charges an order that stands there twice once', async () => {
    const lost = newOrder()
    const first = newOrder()
    const orders = [first, lost, newOrder()]
    const { lock, age } = memoryLock()
    faults.push({ kind: 'reset' })
    const results = await chargeMany(iamport, [lost], { lock, ...impatient })
    expect(results).toMatchObject([{ result: { status: 'unknown' } }])
    age()
    const before = posts()
    const again: ChargedItem[] = await chargeMany(iamport, [...orders, first], { results: throughJson(results), lock, ...impatient })
    expect(again.map(({ result }) => result.status)).toEqual(['paid', 'declined', 'paid', 'paid'])
    expect(again[1]?.result).toMatchObject({ code: 'not-found' })
    expect(posts() - before).toBe(2)
    // what PortOne knows nothing of is charged the next time
    const once = await chargeMany(iamport, orders, { results: throughJson(again), lock })
    expect(once.map(({ result }) => result.status)).toEqual(['paid', 'paid', 'paid'])
    expect(posts() - before).toBe(3)
  })

  it('goes on after it was aborted, until all is charged', async () => {
    const { iamport, sandbox } = scripted()
    const slow: ChargeClient = {
      ...iamport,
      async again(request, { signal } = {}) {
        await new Promise((resolve) => setTimeout(resolve, 10))
        if (signal?.aborted) throw new Error('aborted')
        return iamport.again(request)
      },
    }
    const orders = Array.from({ length: 100 }, () => newOrder())
    const { lock, age } = memoryLock()
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 60)
    let results = await chargeMany(slow, orders, { lock, signal: controller.signal })
    expect(results.some(({ result }) => result.status === 'declined')).toBe(true)
    for (let run = 0; run < 3; run += 1) {
      age()
      results = await chargeMany(slow, orders, { lock, results: throughJson(results), patienceMs: 0 })
    }
    expect(results.map(({ result }) => result.status)).toEqual(orders.map(() => 'paid'))
    for (const { merchantUid } of orders) expectCharged(sandbox, merchantUid, 9900)
  })

  it('listens once to its signal, however many it charges at a time', async () => {
    const controller = new AbortController()
    const listen = vi.spyOn(controller.signal, 'addEventListener')
    const forget = vi.spyOn(controller.signal, 'removeEventListener')
    const orders = Array.from({ length: 40 }, () => newOrder())
    await chargeMany(iamport, orders, { signal: controller.signal, concurrency: 20 })
    expect(listen).toHaveBeenCalledTimes(1)
    expect(forget).toHaveBeenCalledTimes(1)
  })

  it('charges again what a closed door turned away, and takes over what is definite', async () => {
    const codes = ['not-sent', 'not-found', 'http-401', 'http-429', 'card-declined', 'order-cancelled', 'portone--1']
    const orders = codes.map(() => newOrder())
    const results = orders.map((request, at): ChargedItem => {
      return { request, result: { status: 'declined', code: codes[at] ?? '', message: '' } }
    })
    const items = await chargeMany(scripted().iamport, orders, { results })
    expect(items.map(({ result }) => result.status)).toEqual([...Array(4).fill('paid'), ...Array(3).fill('declined')])
  })

  it('does not take over a payment of another amount, and lets nothing replace a payment', async () => {
    const order = newOrder({ amount: 100 })
    const item: ChargedItem = { request: order, result: { status: 'paid', payment: paymentOf(order) } }
    const lost: ChargedItem = { request: order, result: { status: 'declined', code: 'not-sent', message: '' } }
    const { iamport: any, calls } = scripted()
    expect(await chargeMany(any, [{ ...order, amount: 9900 }], { results: [item] })).toMatchObject([
      { result: { code: 'order-paid-otherwise' } },
    ])
    expect(await chargeMany(any, [order], { results: [item, lost] })).toMatchObject([{ result: { status: 'paid' } }])
    expect(calls.again).toBe(0)
  })

  it('keeps why something is unknown through JSON', async () => {
    const { iamport: lossy } = scripted({ again: rejecting(new IamportApiError('/again', 502, null, 'a gateway')) })
    const [item] = throughJson(await chargeMany(lossy, [newOrder()], { patienceMs: 0 }))
    expect(item?.result).toMatchObject({ cause: { httpStatus: 502, code: null, message: expect.stringContaining('a gateway') } })
  })

  it('reads its requests only as it charges them, also from an async iterable, and says when that breaks', async () => {
    let read = 0
    let most = 0
    const told: string[] = []
    async function* due() {
      for (; read < 50; read += 1) {
        most = Math.max(most, read - told.length)
        yield newOrder()
      }
      throw new Error('the database is gone')
    }
    const options = { concurrency: 3, onResult: ({ request }: ChargedItem) => void told.push(request.merchantUid) }
    await expect(chargeMany(scripted().iamport, due(), options)).rejects.toThrow('the database is gone')
    expect(told).toHaveLength(50)
    expect(most).toBeLessThanOrEqual(3)
    await expect(chargeMany(scripted().iamport, [], { concurrency: 0 })).rejects.toThrow(/concurrency/)
  })

  it('goes on after a client that gives what is no payment', async () => {
    const [broken, fine] = [newOrder(), newOrder()]
    const { iamport: any } = scripted()
    const paymentByMerchantUid = async (merchantUid: string) =>
      merchantUid === broken.merchantUid ? ({ ...paymentOf(broken), currency: undefined } as never) : null
    const items = await chargeMany({ ...any, paymentByMerchantUid }, [broken, fine], { concurrency: 1 })
    expect(items.map(({ result }) => result.status)).toEqual(['unknown', 'paid'])
  })

  it('charges nothing when it was aborted before it began', async () => {
    const { iamport: any, calls } = scripted()
    const items = await chargeMany(any, [newOrder(), newOrder()], { signal: AbortSignal.abort() })
    expect(items.map(({ result }) => result)).toMatchObject([{ code: 'not-sent' }, { code: 'not-sent' }])
    expect(calls).toEqual({ again: 0, look: 0 })
  })

  it('waits for no request once it is aborted, closes what it read from, and returns what it has', async () => {
    const { iamport: any } = scripted()
    const paid = newOrder()
    const controller = new AbortController()
    let closed = 0
    let asked = 0
    const queue: AsyncIterator<ReturnType<typeof newOrder>> = {
      next() {
        asked += 1
        if (asked === 1) return Promise.resolve({ done: false, value: paid })
        return new Promise(() => undefined)
      },
      async return() {
        closed += 1
        return { done: true, value: undefined }
      },
    }
    const onResult = () => controller.abort()
    const items = await chargeMany(any, { [Symbol.asyncIterator]: () => queue }, { signal: controller.signal, onResult, concurrency: 2 })
    expect(items).toMatchObject([{ request: paid, result: { status: 'paid' } }])
    expect([asked, closed]).toEqual([2, 1])
  })

  it.each(['throws', 'ends'])('reads nothing more of requests once reading them %s', async (how) => {
    const { iamport: any, calls } = scripted()
    let asked = 0
    const next = () => {
      asked += 1
      if (asked === 1) return { done: false as const, value: newOrder() }
      if (asked > 2) return { done: false as const, value: newOrder() }
      if (how === 'throws') throw new Error('the database is gone')
      return { done: true as const, value: undefined }
    }
    const ended = chargeMany(any, { [Symbol.iterator]: () => ({ next }) }, { concurrency: 3 })
    if (how === 'throws') await expect(ended).rejects.toThrow('the database is gone')
    else expect(await ended).toHaveLength(1)
    expect([asked, calls.again]).toEqual([2, 1])
  })

  it('charges each order when one object is handed out for all of them, and when it is changed meanwhile', async () => {
    const sent: string[] = []
    const slow = {
      timeoutMs: 1_000,
      paymentByMerchantUid: () => new Promise<null>((resolve) => setTimeout(resolve, 5, null)),
      again: async ({ merchantUid }: AgainRequest) => {
        sent.push(merchantUid)
        return { impUid: merchantUid, merchantUid, status: 'paid', amount: 9900, currency: 'KRW' } as Payment
      },
    }
    const same = { customerUid: 'card', merchantUid: '', amount: 9900, name: '월간' }
    function* due() {
      for (const merchantUid of ['same-1', 'same-2', 'same-3']) yield Object.assign(same, { merchantUid })
    }
    const results = await chargeMany(slow, due())
    expect(results.map(({ request, result }) => [request.merchantUid, result.status])).toEqual(
      ['same-1', 'same-2', 'same-3'].map((merchantUid) => [merchantUid, 'paid']),
    )
    const one = charge(slow, Object.assign(same, { merchantUid: 'same-4' }))
    same.merchantUid = 'same-5'
    expect(await one).toMatchObject({ status: 'paid', payment: { merchantUid: 'same-4' } })
    expect(sent).toEqual(['same-1', 'same-2', 'same-3', 'same-4'])
  })

  it('stops for no request that is none, and takes no word of a payment that was not kept whole', async () => {
    const order = { customerUid: 'card', merchantUid: 'kept-1', amount: 9900, name: '월간' }
    const paid = { impUid: 'imp_1', merchantUid: 'kept-1', status: 'paid', amount: 9900, currency: 'KRW', customerUid: null } as Payment
    const asked = { timeoutMs: 1_000, paymentByMerchantUid: async () => paid, again: () => Promise.reject(new Error('never')) }
    const results = JSON.parse(JSON.stringify([{ request: order, result: { status: 'paid' } }]))
    const requests = [null as unknown as AgainRequest, order]
    expect((await chargeMany(asked, requests, { results })).map(({ result }) => result)).toMatchObject([
      { status: 'declined', code: 'invalid-request' },
      { status: 'paid', payment: { impUid: 'imp_1' } },
    ])
  })

  it.each([
    [[null], /results\[0\] has to be/],
    [[{ request: newOrder(), result: { status: 'unknown' } }, { request: newOrder() }], /results\[1\] has to be/],
    [[{ request: {}, result: { status: 'unknown' } }], /results\[0\]/],
    [[{ request: newOrder(), result: { status: 'declined' } }], /results\[0\]/],
    [[{ request: newOrder(), result: { status: 'done' } }], /results\[0\]/],
    [[{ request: {}, result: { status: 'declined', code: 'card-declined' } }], /results\[0\]/],
    [[[newOrder(), { status: 'unknown' }]], /results\[0\]/],
    ['results', /results has to be a list/],
    [{ results: [] }, /results has to be a list/],
  ])('names a result that is none, and charges nothing (%j)', async (results, words) => {
    const { iamport: any, calls } = scripted()
    await expect(chargeMany(any, [newOrder()], { results: results as never })).rejects.toThrow(words)
    expect(calls).toEqual({ again: 0, look: 0 })
  })

  it('takes back its own result of a request that was none', async () => {
    const results = throughJson(await chargeMany(iamport, [null as unknown as AgainRequest]))
    expect(await chargeMany(iamport, [], { results })).toEqual([])
  })

  it.each([
    [{ concurrency: 1_001 }, /concurrency has to be 1 to 1000, not 1001/],
    [{ concurrency: 0.5 }, /concurrency/],
    [{ onResult: true }, /onResult has to be a function/],
    [{ onError: 'mail' }, /onError has to be a function/],
    [{ results: undefined, onresult: () => 0 }, /there is no option onresult/],
  ])('names an option that is wrong (%j)', async (options, words) => {
    await expect(chargeMany(iamport, [newOrder()], options as never)).rejects.toThrow(words)
  })

  it('takes as many at once as it says, and has nobody to tell where nobody asked to be told', async () => {
    const onError = vi.fn()
    expect(await chargeMany(scripted().iamport, [newOrder()], { concurrency: 1_000, onError })).toMatchObject([
      { result: { status: 'paid' } },
    ])
    expect(onError).not.toHaveBeenCalled()
  })

  it.each([null, 5, { request: newOrder() }])('names requests that are no list (%j)', async (requests) => {
    await expect(chargeMany(iamport, requests as never)).rejects.toThrow('chargeMany: requests has to be iterable')
  })

  it('tells onError of what onResult throws', async () => {
    const order = newOrder()
    const down = new Error('the shop’s database is down')
    const onError = vi.fn()
    await chargeMany(scripted().iamport, [order], { onResult: () => Promise.reject(down), onError })
    expect(onError.mock.calls).toEqual([[down, { merchantUid: order.merchantUid }]])
  })

  it.each(['impUid', 'merchantUid', 'amount', 'currency', 'customerUid', 'status'])(
    'asks PortOne again for a payment that was kept without its %s',
    async (field) => {
      const order = newOrder()
      const payment = { ...paymentOf(order), [field]: undefined }
      const { iamport: asked, calls } = scripted()
      const known = await asked.again(order)
      const results = throughJson([{ request: order, result: { status: 'paid', payment } }])
      expect(await chargeMany(asked, [order], { results })).toMatchObject([{ result: { status: 'paid', payment: known } }])
      expect(calls).toEqual({ again: 1, look: 1 })
    },
  )
})
