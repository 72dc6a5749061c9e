import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { isOtherChoice, RequestFetcher, type RequestSource } from '../../src/attempt/requestSource.ts'
import type { AttemptSettings } from '../../src/attempt/runAttempt.ts'
import { type BillingKeyRequest, isBillingKeyError } from '../../src/index.ts'

const requestOf = (merchantUid: string): BillingKeyRequest => ({ customerUid: 'card-1', merchantUid, name: '월간', amount: 0 })
const plan = (name: string): RequestSource => ({ order: { plan: name } })

type FetchIntent = NonNullable<AttemptSettings['fetchIntent']>
const fetcherOf = (fetchIntent?: FetchIntent) => {
  const settings: AttemptSettings = {
    sdk: { userCode: 'imp00000000' },
    defaults: {},
    confirm: undefined,
    confirmTimeoutMs: 15_000,
    fetchIntent,
    customerKey: undefined,
  }
  return new RequestFetcher(() => settings)
}
const failureOf = async (request: unknown) => {
  try {
    await request
  } catch (error) {
    return isBillingKeyError(error) ? `${error.code}: ${error.message}` : error
  }
}

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => vi.useRealTimers())

describe('a prepared request', () => {
  it('is fetched once, and serves one click', async () => {
    const make = vi.fn(async () => requestOf('order-2')).mockResolvedValueOnce(requestOf('order-1'))
    const fetcher = fetcherOf()
    fetcher.prepare(make)
    fetcher.prepare(make)
    expect(make).toHaveBeenCalledTimes(1)
    expect(await fetcher.take(make)).toEqual(requestOf('order-1'))
    expect(await fetcher.take(make)).toEqual(requestOf('order-2'))
  })

  it('is at hand for the click once it has come', async () => {
    const source = plan('a')
    const fetcher = fetcherOf(async () => requestOf('order-1'))
    fetcher.prepare(source)
    await vi.advanceTimersByTimeAsync(0)
    expect(fetcher.take(source)).toEqual(requestOf('order-1'))
  })

  it('is of the order that it was fetched for', async () => {
    const fetchIntent = vi.fn<FetchIntent>(async (order) => requestOf(JSON.stringify(order)))
    const fetcher = fetcherOf(fetchIntent)
    fetcher.prepare(plan('a'))
    expect(await fetcher.take(plan('b'))).toEqual(requestOf('{"plan":"b"}'))
    fetcher.prepare(plan('a'))
    expect(await fetcher.take(plan('a'))).toEqual(requestOf('{"plan":"a"}'))
    expect(fetchIntent).toHaveBeenCalledTimes(3)
  })

  it.each([
    [599_999, 1],
    [600_000, 2],
  ])('of %s ms ago needs %s fetches', async (age, fetches) => {
    const make = vi.fn(async () => requestOf('order-1'))
    const fetcher = fetcherOf()
    fetcher.prepare(make)
    await vi.advanceTimersByTimeAsync(0)
    vi.advanceTimersByTime(age)
    await fetcher.take(make)
    expect(make).toHaveBeenCalledTimes(fetches)
  })

  it('is forgotten where it failed, and the click tries again', async () => {
    const make = vi.fn(async () => requestOf('order-1')).mockRejectedValueOnce(new Error('offline'))
    const fetcher = fetcherOf()
    fetcher.prepare(make)
    await vi.advanceTimersByTimeAsync(0)
    expect(await fetcher.take(make)).toEqual(requestOf('order-1'))
  })

  it('stays where an earlier one fails late', async () => {
    let fail: (error: Error) => void = () => {}
    const late = () => new Promise<BillingKeyRequest>((_, reject) => (fail = reject))
    const make = vi.fn(async () => requestOf('order-1'))
    const fetcher = fetcherOf()
    fetcher.prepare(late)
    fetcher.prepare(make)
    fail(new Error('offline'))
    await vi.advanceTimersByTimeAsync(0)
    await fetcher.take(make)
    expect(make).toHaveBeenCalledTimes(1)
  })

  it('is nothing to fetch where the request itself was handed over', () => {
    const fetcher = fetcherOf()
    const source = requestOf('order-1')
    fetcher.prepare(source)
    expect(fetcher.take(source)).toBe(source)
  })
})

describe('an order', () => {
  it('needs a server, and JSON', async () => {
    expect(await failureOf(fetcherOf().take(plan('a')))).toMatch(/^invalid-request: .*api/)
    const fetcher = fetcherOf(async () => requestOf('order-1'))
    expect(await failureOf(fetcher.take({ order: 1n }))).toMatch(/^invalid-request: .*JSON/)
  })

  it('is waited for thirty seconds, and the question is ended then', async () => {
    let signal: AbortSignal | undefined
    const fetcher = fetcherOf((_, given) => {
      signal = given
      return new Promise(() => {})
    })
    const failure = failureOf(fetcher.take(plan('a')))
    await vi.advanceTimersByTimeAsync(29_999)
    expect(signal?.aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(await failure).toMatch(/^request-failed: .*30/)
    expect(signal?.aborted).toBe(true)
  })

  it.each([null, undefined, requestOf('order-1')])('may be answered at once, with %j, which is looked at when it is used', (answer) => {
    expect(fetcherOf().take(() => answer as never)).toBe(answer)
  })
})

const make = () => requestOf('order-1')
it.each<[string, RequestSource, RequestSource, boolean]>([
  ['an order of the same value', plan('a'), plan('a'), false],
  ['another order', plan('a'), plan('b'), true],
  ['a function made anew', make, () => requestOf('order-1'), false],
  ['a function after an order', plan('a'), make, true],
  ['an order after a function', make, plan('a'), true],
  ['another request', requestOf('order-1'), requestOf('order-1'), true],
])('%s is something else to ask for: %4$s', (_, before, now, isOther) => {
  expect(isOtherChoice(before, now)).toBe(isOther)
})
