import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, expect, it, vi } from 'vitest'
import { createWebhookQueue } from '../../src/server/webhookQueue.ts'

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const nothing = () => vi.fn(async () => null)
const code = (answer: Promise<unknown>) =>
  answer.then(
    () => 'answered',
    (error: { code: string }) => error.code,
  )

it('asks eight at once, lets five hundred wait, and turns the next away', async () => {
  const { ask } = createWebhookQueue()
  let open = () => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  let running = 0
  const slow = async () => {
    running += 1
    await gate
    return { status: 'paid' }
  }
  const answers = Array.from({ length: 510 }, (_, at) => code(ask(`imp_${at}`, slow)))
  expect(await Promise.all(answers.slice(508))).toEqual(['busy', 'busy'])
  expect(running).toBe(8)
  open()
  expect(new Set(await Promise.all(answers.slice(0, 508)))).toEqual(new Set(['answered']))
  expect(await code(ask('imp_later', slow))).toBe('answered')
})

it('gives its place back when a question fails', async () => {
  const { ask } = createWebhookQueue()
  const failing = () => Promise.reject(new Error('PortOne is gone'))
  await Promise.all(Array.from({ length: 20 }, (_, at) => ask(`imp_${at}`, failing).catch(() => null)))
  expect(await code(ask('imp_0', async () => ({ status: 'paid' })))).toBe('answered')
})

it('asks about one payment one at a time, whenever the next one comes', async () => {
  for (let after = 0; after < 20; after += 1) {
    const { ask } = createWebhookQueue()
    const ends: (() => void)[] = []
    let running = 0
    let most = 0
    const question = async () => {
      running += 1
      most = Math.max(most, running)
      await new Promise<void>((resolve) => ends.push(resolve))
      running -= 1
      return { status: 'paid' }
    }
    const answers = [ask('imp_1', question), ask('imp_1', question)]
    ends[0]?.()
    for (let at = 0; at < after; at += 1) await null
    answers.push(ask('imp_1', question), ask('imp_1', question))
    for (let at = 0; at < 100; at += 1) {
      ends.at(-1)?.()
      await null
    }
    expect(running).toBe(0)
    await Promise.all(answers)
    expect([after, most]).toEqual([after, 1])
  }
})

it('never gives an answer that is older than the webhook', async () => {
  const { ask } = createWebhookQueue()
  const now = (status: string) => async () => ({ status })
  expect(await Promise.all([ask('imp_1', now('ready')), ask('imp_1', now('paid'))])).toEqual([{ status: 'ready' }, { status: 'paid' }])
  expect(await ask('imp_1', now('cancelled'))).toEqual({ status: 'cancelled' })
})

it('asks eight at once after any number of questions', async () => {
  const { ask } = createWebhookQueue()
  const paid = async () => ({ status: 'paid' })
  for (let at = 0; at < 20; at += 1) await Promise.all([ask(`imp_${at}`, paid), ask(`imp_1_${at}`, paid)])
  let running = 0
  const never = () => {
    running += 1
    return new Promise<never>(() => {})
  }
  for (let at = 0; at < 20; at += 1) ask(`imp_${at}`, never).catch(() => undefined)
  await new Promise(setImmediate)
  expect(running).toBe(8)
})

it('keeps nothing of a payment that was answered', async () => {
  setFlagsFromString('--expose-gc')
  const { ask } = createWebhookQueue()
  const answered = async () => {
    const answers = await Promise.all([1, 2, 3].map(() => ask('imp_1', async () => ({ status: 'paid' }))))
    return answers.map((answer) => new WeakRef(answer))
  }
  const answers = await answered()
  await new Promise(setImmediate)
  runInNewContext('gc')()
  expect(answers.map((answer) => answer.deref())).toEqual([undefined, undefined, undefined])
})

it('asks anew for who came while a question ran that failed', async () => {
  const { ask } = createWebhookQueue()
  const failing = () => Promise.reject(new Error('PortOne is gone'))
  const paid = vi.fn(async () => ({ status: 'paid' }))
  const first = ask('imp_1', failing).catch(() => 'failed')
  const second = code(ask('imp_1', paid))
  expect([await first, await second, await code(ask('imp_1', paid))]).toEqual(['failed', 'answered', 'answered'])
  expect(paid).toHaveBeenCalledTimes(2)
})

it('remembers an unknown payment for ten seconds, and a thousand of them', async () => {
  const { ask } = createWebhookQueue()
  const now = vi.spyOn(performance, 'now').mockReturnValue(1_000)
  const first = nothing()
  expect(await code(ask('imp_first', first))).toBe('unknown-payment')
  now.mockReturnValue(10_999)
  expect(await code(ask('imp_first', first))).toBe('unknown-payment')
  expect(first).toHaveBeenCalledTimes(1)
  now.mockReturnValue(11_001)
  await code(ask('imp_first', first))
  expect(first).toHaveBeenCalledTimes(2)
  const other = nothing()
  for (let at = 0; at < 999; at += 1) await code(ask(`imp_${at}`, other))
  await code(ask('imp_first', first))
  expect(first).toHaveBeenCalledTimes(2)
  await code(ask('imp_999', other))
  await code(ask('imp_first', first))
  expect(first).toHaveBeenCalledTimes(3)
})

it('forgets what can never end, since its request has gone with its timers, as on workerd', async () => {
  const { ask } = createWebhookQueue()
  const now = vi.spyOn(performance, 'now').mockReturnValue(1_000)
  const never = () => new Promise<never>(() => {})
  for (let at = 0; at < 8; at += 1) ask(`imp_${at}`, never).catch(() => undefined)
  const paid = async () => ({ status: 'paid' })
  now.mockReturnValue(1_000 + 121_000)
  const waiting = code(ask('imp_8', paid))
  now.mockReturnValue(1_000 + 242_001)
  expect(await code(ask('imp_0', paid))).toBe('answered')
  expect(await waiting).toBe('answered')
  expect(await code(ask('imp_7', paid))).toBe('answered')
})

it('takes no late end of what it has forgotten for the end of what runs', async () => {
  const { ask } = createWebhookQueue()
  const now = vi.spyOn(performance, 'now').mockReturnValue(1_000)
  const ends: (() => void)[] = []
  const slow = () => new Promise<{ status: string }>((resolve) => ends.push(() => resolve({ status: 'paid' })))
  const late = ask('imp_1', slow)
  now.mockReturnValue(1_000 + 242_001)
  const second = ask('imp_1', slow)
  await new Promise(setImmediate)
  ends[0]?.()
  await late
  const third = ask('imp_1', async () => ({ status: 'cancelled' }))
  await new Promise(setImmediate)
  ends[1]?.()
  const order: string[] = []
  await Promise.all([second.then(() => order.push('second')), third.then(() => order.push('third'))])
  expect(order).toEqual(['second', 'third'])
})

it('waits for a place hardly longer than one may run', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { ask } = createWebhookQueue()
  const never = () => new Promise<never>(() => {})
  const answers = Array.from({ length: 24 }, (_, at) => code(ask(`imp_${at}`, never)))
  await vi.advanceTimersByTimeAsync(240_000)
  // eight ran and were given up, eight ran after them, and eight had waited long enough
  expect(
    (await Promise.all(answers))
      .map((answer) => answer ?? 'given up')
      .sort()
      .join(),
  ).toBe([...Array(8).fill('busy'), ...Array(16).fill('given up')].join())
})

it('gives up what a callback never ends, so that eight of them stop no other', async () => {
  vi.useFakeTimers()
  const { ask } = createWebhookQueue()
  const never = () => new Promise<never>(() => {})
  const stuck = Array.from({ length: 8 }, (_, at) => ask(`imp_${at}`, never).catch(String))
  const other = code(ask('imp_8', async () => ({ status: 'paid' })))
  await vi.advanceTimersByTimeAsync(120_000)
  expect(await other).toBe('answered')
  expect(await Promise.all(stuck)).toEqual(stuck.map(() => expect.stringContaining('a callback of the shop’s has not returned')))
})

it('gives no place to those who waited and have gone, however many they are', async () => {
  const { ask } = createWebhookQueue()
  const now = vi.spyOn(performance, 'now').mockReturnValue(1_000)
  const never = vi.fn(() => new Promise<never>(() => {}))
  for (let at = 0; at < 508; at += 1) ask(`imp_${at}`, never).catch(() => undefined)
  now.mockReturnValue(1_000 + 122_001)
  const paid = async () => ({ status: 'paid' })
  expect(await Promise.race([code(ask('imp_508', paid)), new Promise((resolve) => setImmediate(resolve, 'waits'))])).toBe('answered')
  expect(never).toHaveBeenCalledTimes(8)
})

it('waits no longer with one that waits and has gone than that would have waited', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const { ask } = createWebhookQueue()
  const never = () => new Promise<never>(() => {})
  ask('imp_1', never).catch(() => undefined)
  ask('imp_1', never).catch(() => undefined)
  await vi.advanceTimersByTimeAsync(0)
  // the requests of both have gone, and their timers with them
  vi.clearAllTimers()
  const third = code(ask('imp_1', async () => ({ status: 'paid' })))
  await vi.advanceTimersByTimeAsync(242_001)
  expect(await Promise.race([third, Promise.resolve('waits')])).toBe('answered')
})
