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
