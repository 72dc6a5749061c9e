import { describe, expect, it } from 'vitest'
import { createSandbox } from '../../src/sandbox/index.ts'
import { at, open, typed } from './openSandbox.ts'

const orders = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `m${from + index}`)

describe('a sandbox that keeps ten payments', () => {
  it('forgets the oldest, up to a tenth late, and finds what it keeps', async () => {
    const { sandbox, again, keyIn, send } = await open({ keep: 10 })
    await keyIn()
    for (const order of orders(25)) await again(order, { notice_url: 'http://shop.example/' })
    expect(sandbox.payments.map(({ merchant_uid }) => merchant_uid)).toEqual(orders(10, 15))
    expect(await send('GET', '/payments/find/m3')).toMatchObject({ status: 404, code: -1 })
    expect(await send('GET', '/payments/find/m20')).toMatchObject({ response: { merchant_uid: 'm20', status: 'paid' } })
    const { imp_uid } = sandbox.payments[0] ?? {}
    expect(await send('GET', `/payments/${imp_uid}?include_sandbox=true`)).toMatchObject({ response: { imp_uid } })
  })

  it('still refuses the number of every order that was paid, refunded ones too, after a restart as well, and of no other', async () => {
    let saved = ''
    const clock = new Date(at * 1000)
    const save = (text: string) => {
      saved = text
    }
    const first = await open({ keep: 10, save, clock })
    await first.keyIn()
    await first.again('refunded')
    await first.json('POST', '/payments/cancel', { merchant_uid: 'refunded' })
    await first.again('declined', {}, { 'x-sandbox-fault': 'declined' })
    await first.json('POST', '/payments/prepare', { merchant_uid: 'm0', amount: 9_900 })
    for (const order of orders(25)) await first.again(order)
    const refused = { code: -1, response: null }
    for (const { again, json, send, sandbox } of [first, await open({ keep: 10, saved, clock })]) {
      const before = sandbox.payments.length
      for (const order of ['refunded', 'm0', 'm24']) expect(await again(order)).toMatchObject(refused)
      expect(await json('POST', '/payments/prepare', { merchant_uid: 'm0', amount: 9_900 })).toMatchObject(refused)
      expect((await send('GET', '/payments/prepare/m0')).status).toBe(404)
      const schedules = [{ merchant_uid: 'm0', schedule_at: at + 60, amount: 5, name: 'n' }]
      expect(await json('POST', '/subscribe/payments/schedule', { customer_uid: 'c', schedules })).toMatchObject(refused)
      const window = await sandbox.register({ customerUid: 'c', merchantUid: 'm0' })
      expect(window).toMatchObject({ error_code: 'F0004' })
      expect(sandbox.payments).toHaveLength(before)
    }
    expect((await first.again('declined')).code).toBe(0)
  })

  it('keeps what is still to be paid, however old', async () => {
    const { sandbox, again, keyIn } = await open({ keep: 10 })
    await keyIn()
    await again('waits', {}, { 'x-sandbox-fault': 'pending' })
    for (const order of orders(25)) await again(order)
    expect(sandbox.payments[0]).toMatchObject({ merchant_uid: 'waits', status: 'ready' })
    sandbox.advance(2)
    expect(sandbox.payments[0]).toMatchObject({ merchant_uid: 'waits', status: 'paid' })
    for (const order of orders(5, 25)) await again(order)
    expect(sandbox.payments.map(({ merchant_uid }) => merchant_uid)).not.toContain('waits')
    expect((await again('waits')).code).toBe(-1)
  })

  it('keeps as many prepared amounts, the newest', async () => {
    const { json, send } = await open({ keep: 10 })
    for (const merchant_uid of orders(12)) await json('POST', '/payments/prepare', { merchant_uid, amount: 100 })
    for (const [order, status] of [
      ['m1', 404],
      ['m2', 200],
      ['m11', 200],
    ] as const)
      expect(await send('GET', `/payments/prepare/${order}`)).toMatchObject({ status })
  })

  it('forgets schedules that are done with, and none that wait', async () => {
    const { sandbox, json, keyIn } = await open({ keep: 10 })
    await keyIn()
    const plan = (order: string, seconds: number) => {
      const schedules = [{ merchant_uid: order, schedule_at: sandbox.now() + seconds, amount: 5, name: 'n' }]
      return json('POST', '/subscribe/payments/schedule', { customer_uid: 'c', schedules })
    }
    await plan('later', 86_400)
    for (const order of orders(25)) {
      await plan(order, 1)
      sandbox.advance(1)
    }
    expect(sandbox.schedules.map(({ merchant_uid }) => merchant_uid)).toEqual(['later', ...orders(9, 16)])
  })
})

it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('keeps no %s payments', (keep) => {
  expect(() => createSandbox({ keep })).toThrow(/keep is a whole number from 1 on/)
})

it('keeps all that a test makes when nothing is said', async () => {
  const { sandbox, again, json } = await open()
  await json('POST', '/subscribe/customers/c', typed)
  for (const order of orders(1_200)) await again(order)
  expect(sandbox.payments).toHaveLength(1_200)
})
