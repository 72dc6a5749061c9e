import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { afterAll, expect, it } from 'vitest'
import { createSandbox, expectCharged } from '../../src/sandbox/index.ts'

// Two public clients of PortOne's REST API, and their usual calls.
const sandbox = createSandbox()
const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
  const made = serve({ fetch: sandbox.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(made))
})
const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
afterAll(() => void server.close())
const load = createRequire(import.meta.url)
const card = { card_number: '9410-0000-0000-0001', expiry: '2099-12', birth: '900101', pwd_2digit: '12' }
const order = (merchant_uid: string) => ({ merchant_uid, amount: 9_900, name: '월간 이용권' })
const later = () => [{ ...order(`later-${Math.random()}`), schedule_at: sandbox.now() + 3_600 }]

it('iamport', async () => {
  const Iamport = load('iamport')
  Iamport.DEFAULT_HOST = baseUrl
  const iamport = new Iamport({ impKey: sandbox.impKey, impSecret: sandbox.impSecret })
  const { subscribe, subscribe_customer: customer, payment } = iamport
  expect(await customer.create({ customer_uid: 'a', ...card })).toMatchObject({ customer_uid: 'a' })
  expect(await customer.get({ customer_uid: 'a' })).toMatchObject({ card_name: '현대카드' })
  const paid = await subscribe.again({ customer_uid: 'a', ...order('a-1') })
  expect(paid).toMatchObject({ status: 'paid' })
  expectCharged(sandbox, 'a-1', 9_900)
  expect(await subscribe.onetime({ ...card, ...order('a-2') })).toMatchObject({ status: 'paid' })
  await expect(subscribe.again({ customer_uid: 'a', ...order('a-1') })).rejects.toThrow()
  expect(await subscribe.schedule({ customer_uid: 'a', schedules: later() })).toHaveLength(1)
  expect(await subscribe.unschedule({ customer_uid: 'a' })).toMatchObject([{ schedule_status: 'revoked' }])
  expect(await payment.cancel({ imp_uid: paid.imp_uid, amount: 900 })).toMatchObject({ cancel_amount: 900 })
  expect(await customer.delete({ customer_uid: 'a' })).toMatchObject({ customer_uid: 'a' })
})

it('iamport-rest-client-nodejs', async () => {
  const { Iamport, Request } = load('iamport-rest-client-nodejs')
  const iamport = new Iamport({ apiKey: sandbox.impKey, apiSecret: sandbox.impSecret, baseUrl })
  const ask = async (request: { request(client: unknown): Promise<{ data: { response: unknown } }> }) =>
    (await request.request(iamport)).data.response as Record<string, unknown>
  const { Payments, Subscribe } = Request
  expect(await ask(Subscribe.onetime({ ...card, ...order('b-1'), customer_uid: 'b' }))).toMatchObject({ status: 'paid' })
  const paid = await ask(Subscribe.again({ customer_uid: 'b', ...order('b-2') }))
  expectCharged(sandbox, 'b-2', 9_900)
  expect(await ask(Payments.getByMerchantUid({ merchant_uid: 'b-2', status: 'paid' }))).toMatchObject({ imp_uid: paid.imp_uid })
  expect(await ask(Payments.getByStatus({ status: 'paid' }))).toMatchObject({ total: expect.any(Number) })
  expect(await ask(Payments.getAmountByImpUid({ imp_uid: paid.imp_uid }))).toMatchObject({ amount: 9_900 })
  const schedules = later()
  expect(await ask(Subscribe.schedule({ customer_uid: 'b', schedules }))).toHaveLength(1)
  expect(await ask(Subscribe.getScheduled({ merchant_uid: schedules[0]?.merchant_uid }))).toMatchObject({ schedule_status: 'scheduled' })
  expect(await ask(Payments.cancel({ imp_uid: paid.imp_uid }))).toMatchObject({ status: 'cancelled' })
  await expect(ask(Subscribe.again({ customer_uid: 'b', ...order('b-2') }))).rejects.toThrow()
})
