import { describe, expect, it, vi } from 'vitest'
import { expectCharged, type SandboxOptions } from '../../src/sandbox/index.ts'
import { at, open, typed } from './openSandbox.ts'

const header = (fault: string) => ({ 'x-sandbox-fault': fault })
/** What the shop hears, by its orders. */
function hearing() {
  const heard: unknown[] = []
  const sendNotice: SandboxOptions['sendNotice'] = (_, { merchant_uid }) => void heard.push(merchant_uid)
  return { heard, sendNotice }
}

describe('slow-commit', () => {
  it.each(['the header', 'the switch'])('carries a charge out three seconds late, and answers it, by %s', async (way) => {
    const { sandbox, again, keyIn } = await open()
    await keyIn()
    vi.useFakeTimers()
    try {
      if (way === 'the switch') sandbox.faults.set('slow-commit', 1)
      const answer = again('m', {}, way === 'the header' ? header('slow-commit') : {})
      await vi.advanceTimersByTimeAsync(2_900)
      expect(sandbox.payments).toEqual([])
      await vi.advanceTimersByTimeAsync(200)
      expect((await answer).response).toMatchObject({ status: 'paid' })
      expectCharged(sandbox, 'm', 9_900)
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('declined by the header', () => {
  it.each([
    ['a card typed at the shop', '/subscribe/customers/c', typed],
    [
      'a card typed with a schedule',
      '/subscribe/payments/schedule',
      { ...typed, customer_uid: 'c', schedules: [{ merchant_uid: 's', schedule_at: at + 60, amount: 100, name: 'n' }] },
    ],
  ])('refuses %s, and keeps nothing of it', async (_, path, body) => {
    const { sandbox, json } = await open()
    expect(await json('POST', path, body, header('declined'))).toMatchObject({
      status: 200,
      code: -1,
      message: '카드사 거절',
    })
    expect([sandbox.billingKeys.size, sandbox.schedules.length]).toEqual([0, 0])
    expect(await json('POST', path, body)).toMatchObject({ code: 0 })
    expect(sandbox.billingKeys.size).toBe(1)
  })

  it('refuses the amount that a card is tried with before a schedule', async () => {
    const { sandbox, json, keyIn } = await open()
    await keyIn()
    const body = {
      customer_uid: 'c',
      checking_amount: 100,
      schedules: [{ merchant_uid: 's', schedule_at: at + 60, amount: 100, name: 'n' }],
    }
    expect(await json('POST', '/subscribe/payments/schedule', body, header('declined'))).toMatchObject({ code: -1 })
    expect(sandbox.schedules).toEqual([])
  })
})

describe('a webhook of the window', () => {
  it.each([
    ['webhook-twice', [['m', 'm'], []]],
    ['webhook-late', [[], ['m']]],
    ['webhook-never', [[], []]],
  ] as const)('is struck by %s while that is switched on, and the next is not', async (fault, [first, later]) => {
    const { heard, sendNotice } = hearing()
    const { sandbox } = await open({ sendNotice })
    sandbox.noticeUrl = 'http://shop.example/'
    sandbox.faults.set(fault, 1)
    await sandbox.register({ customerUid: 'c', merchantUid: 'm', amount: 500 })
    expect(heard.splice(0)).toEqual(first)
    sandbox.advance(61)
    expect(heard.splice(0)).toEqual(later)
    await sandbox.register({ customerUid: 'c', merchantUid: 'next', amount: 500 })
    expect(heard).toEqual(['next'])
  })
})

describe('the webhook of what is scheduled', () => {
  it('is struck while that is switched on', async () => {
    const { heard, sendNotice } = hearing()
    const { sandbox, json, keyIn } = await open({ sendNotice })
    await keyIn()
    sandbox.noticeUrl = 'http://shop.example/'
    const schedules = [1, 2].map((order) => ({ merchant_uid: `s${order}`, schedule_at: at + 60 * order, amount: 100, name: 'n' }))
    await json('POST', '/subscribe/payments/schedule', { customer_uid: 'c', schedules })
    sandbox.faults.set('webhook-never', 1)
    sandbox.advance(120)
    expect(heard).toEqual(['s2'])
  })
})

describe('money of a currency with cents', () => {
  const usd = { currency: 'USD' }
  it.each([0.001, 9.999, 0.1 + 0.2])('has no more than two of them: %s', async (amount) => {
    const { sandbox, again, json, keyIn } = await open()
    await keyIn()
    expect(await again('m', { ...usd, amount })).toMatchObject({ code: -1, message: expect.stringContaining('USD') })
    expect(await json('POST', '/payments/prepare', { ...usd, merchant_uid: 'm', amount })).toMatchObject({ code: -1 })
    expect(sandbox.payments).toEqual([])
  })

  it('goes back in parts to the last cent', async () => {
    const { sandbox, again, json, keyIn, send } = await open()
    await keyIn()
    await again('m', { ...usd, amount: 0.3 })
    const refund = (body: object) => json('POST', '/payments/cancel', { merchant_uid: 'm', ...body })
    expect(await refund({ amount: 0.001 })).toMatchObject({ code: -1 })
    expect(await refund({ amount: 0.1, checksum: 0.3 })).toMatchObject({ code: 0, response: { cancel_amount: 0.1, status: 'paid' } })
    const [{ imp_uid = '' } = {}] = sandbox.payments
    expect((await send('GET', `/payments/${imp_uid}/balance`)).response).toMatchObject({ primary: { supply: 0.18, vat: 0.02 } })
    expect(await refund({ amount: 0.21 })).toMatchObject({ code: -1 })
    expect(await refund({ amount: 0.2, checksum: 0.2 })).toMatchObject({ code: 0, response: { cancel_amount: 0.3, status: 'cancelled' } })
  })

  it('goes back whole when no amount is said', async () => {
    const { again, json, keyIn } = await open()
    await keyIn()
    await again('m', { ...usd, amount: 10.1 })
    await json('POST', '/payments/cancel', { merchant_uid: 'm', amount: 3.3 })
    expect(await json('POST', '/payments/cancel', { merchant_uid: 'm' })).toMatchObject({
      response: { cancel_amount: 10.1, status: 'cancelled' },
    })
  })
})

it('tells a shop of a charge whose answer does not come for long, before it comes', async () => {
  const told: unknown[] = []
  const answered: unknown[] = []
  const { sandbox, again, keyIn } = await open({
    sendNotice: (_, { merchant_uid }) => void told.push(merchant_uid),
    fault: (_, path) => (path.endsWith('/again') ? { kind: 'timeout', done: true, ms: 2_000 } : null),
  })
  sandbox.noticeUrl = 'https://shop.example/webhook'
  await keyIn()
  const charge = again('m').then((answer) => answered.push(answer.status))
  await vi.waitFor(() => expect(told).toEqual(['m']))
  expect(answered).toEqual([])
  await charge
  expect([told, answered]).toEqual([['m'], [504]])
})
