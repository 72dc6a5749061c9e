import { describe, expect, it } from 'vitest'
import { approve, cancel, createSandbox, decline, expectCharged } from '../../src/sandbox/index.ts'
import { open } from './openSandbox.ts'

describe('expectCharged', () => {
  it('holds for one paid order of that amount, and for nothing else', async () => {
    const { sandbox, json, again, keyIn } = await open()
    await keyIn()
    const back = (merchant_uid: string, amount: number) => json('POST', '/payments/cancel', { merchant_uid, amount })
    for (const order of ['whole', 'partly', 'refunded', 'other']) await again(order)
    await again('failed', {}, { 'x-sandbox-fault': 'declined' })
    await again('waits', {}, { 'x-sandbox-fault': 'pending' })
    await back('partly', 900)
    await back('refunded', 0)
    expect(expectCharged(sandbox, 'whole', 9_900)).toMatchObject({ merchant_uid: 'whole', status: 'paid' })
    for (const [order, amount, said] of [
      ['whole', 9_901, 'paid 9900'],
      ['whole ', 9_900, 'nothing'],
      ['failed', 9_900, 'failed 9900'],
      ['waits', 9_900, 'ready 9900'],
      ['partly', 9_900, 'paid 9900, of which 900 went back'],
      ['partly', 9_000, 'paid 9900, of which 900 went back'],
      ['refunded', 9_900, 'cancelled 9900, of which 9900 went back'],
      ['refunded', 0, 'cancelled 9900, of which 9900 went back'],
    ] as const)
      expect(() => expectCharged(sandbox, order, amount)).toThrow(`${order} should have been charged ${amount} once; there is ${said}`)
    const twice = { payments: [...sandbox.payments, ...sandbox.payments] }
    expect(() => expectCharged(twice, 'whole', 9_900)).toThrow('paid 9900, paid 9900')
  })

  it('says how it is called', () => {
    const loosely = expectCharged as (...given: unknown[]) => unknown
    for (const given of [
      ['m', 9_900],
      [undefined, 'm', 9_900],
      [createSandbox(), 'm', '9900'],
      [createSandbox(), 'm'],
      [createSandbox(), 7, 7],
    ])
      expect(() => loosely(...given)).toThrow('expectCharged takes a sandbox, an order number and won')
  })
})

describe('a misuse of the helpers for the window is told at once', () => {
  it.each([approve, decline])('a card that there is not', async (help) => {
    await expect(help({ frames: () => [], locator: () => null as never }, { card: 'nope' as never })).rejects.toThrow(
      /There is no test card nope: approved, declined, over-limit/,
    )
  })
  it.each([approve, decline, cancel])('what is no page', async (help) => {
    for (const page of [undefined, {}, createSandbox()])
      await expect(help(page as never)).rejects.toThrow("needs Playwright's page: the shop's, or the popup's")
  })
  it('a page without a window', async () => {
    const page = { frames: () => [{ url: () => 'http://shop.example/', locator: () => null as never }], locator: () => null as never }
    await expect(approve(page, { timeoutMs: 1 })).rejects.toThrow('No payment window is open in http://shop.example/')
  })
})

it('tells everyone that reads along when a fault was used up, also by what is no call of the REST API', async () => {
  const sandbox = createSandbox()
  sandbox.faults.set('sdk-blocked', 2)
  const load = () => sandbox.fetch(new Request('http://sandbox/v1/iamport.js'))
  const told = () => sandbox.events.list().flatMap(({ kind, on }) => (kind === 'fault' ? [on] : []))
  expect((await load()).status).toBe(403)
  expect(told()).toEqual([2])
  expect((await load()).status).toBe(403)
  expect(told()).toEqual([2, false])
  expect((await load()).status).toBe(200)
})

it('takes a PG with its MID for a PG of the merchant', async () => {
  const sandbox = createSandbox({ pgs: ['jtnet.general', 'kakaopay'] })
  for (const [index, pg] of ['jtnet.general', 'jtnet', undefined].entries())
    expect(await sandbox.register({ customerUid: 'c', merchantUid: `m${index}`, ...(pg ? { pg } : {}) })).toMatchObject({ status: 'paid' })
  expect(sandbox.payments.map(({ pg_provider }) => pg_provider)).toEqual(['jtnet', 'jtnet', 'jtnet'])
})
