import { describe, expect, it, vi } from 'vitest'
import type { PaymentEvent } from '../../src/server/index.ts'
import { type Handler, startDirectShop } from './directShop.ts'

const { iamport, sandbox, pay, make, send, register } = await startDirectShop()

describe('POST /webhook', () => {
  const post = (handler: Handler, contentType: string, body: string) =>
    send(handler, 'POST', '/webhook', { headers: { 'content-type': contentType }, body })
  const json = (handler: Handler, body: unknown) => post(handler, 'application/json', JSON.stringify(body))

  it('takes both forms, asks PortOne, and gives the same news the same id (sdk-facts 22)', async () => {
    const events: PaymentEvent[] = []
    const handler = make(null, { onPayment: (event) => void events.push(event) })
    const { intent, impUid } = await register()
    expect(await json(handler, { imp_uid: impUid, merchant_uid: 'forged', status: 'cancelled' })).toMatchObject({
      status: 200,
      body: { status: 'paid' },
    })
    expect(await post(handler, 'application/x-www-form-urlencoded', `imp_uid=${impUid}&status=failed`)).toMatchObject({ status: 200 })
    expect(events).toHaveLength(2)
    expect(events[0]).toMatchObject({
      payment: { impUid, status: 'paid', amount: 9900 },
      intent: { customerId: 'mina', customerUid: intent.customerUid },
    })
    expect(events[1]?.id).toBe(events[0]?.id)
    await iamport.cancelPayment({ impUid })
    // an old notice arrives after the refund: what holds now is told, under another id
    await json(handler, { imp_uid: impUid, status: 'paid' })
    expect(events[2]).toMatchObject({ payment: { status: 'cancelled' } })
    expect(events[2]?.id).not.toBe(events[0]?.id)
  })

  it('keeps the key of a registration of which a part was refunded, whatever PortOne calls it', async () => {
    const onIssued = vi.fn()
    const { intent, impUid } = await register()
    await iamport.cancelPayment({ impUid, amount: 3_000 })
    Object.assign(sandbox.payments.find((payment) => payment.imp_uid === impUid) ?? {}, { status: 'cancelled' })
    await json(make(null, { onIssued }), { imp_uid: impUid })
    expect(onIssued).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ customerUid: intent.customerUid }))
  })

  it('keeps the key of a customer who never came back (sdk-facts 22)', async () => {
    const onIssued = vi.fn()
    const { intent, impUid } = await register()
    await json(make(null, { onIssued }), { imp_uid: impUid })
    expect(onIssued).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({
        customer: { id: 'mina' },
        customerUid: intent.customerUid,
        card: { name: '현대카드', number: '9410-****-****-0001' },
      }),
    )
    // and of nobody else's payment
    const { imp_uid } = await pay({ customer_uid: 'elsewhere-2', merchant_uid: 'elsewhere-2', amount: 0 })
    expect(await json(make(null, { onIssued }), { imp_uid })).toMatchObject({ status: 200 })
    expect(onIssued).toHaveBeenCalledTimes(1)
  })

  it('fails when the shop could not keep the news, so that it is sent again', async () => {
    const { impUid } = await register()
    const onPayment = vi.fn().mockRejectedValueOnce(new Error('database is gone')).mockResolvedValue(undefined)
    const handler = make(null, { onPayment })
    expect(await json(handler, { imp_uid: impUid })).toMatchObject({ status: 500 })
    expect(await json(handler, { imp_uid: impUid })).toMatchObject({ status: 200 })
  })

  it.each([
    ['an unknown payment', 'application/json', '{"imp_uid":"imp_none"}', 404],
    ['no number', 'application/json', '{}', 400],
    ['a number that is none', 'application/json', '{"imp_uid":"../users/getToken"}', 400],
    ['no JSON', 'application/json', '<xml>', 400],
    ['too much', 'application/x-www-form-urlencoded', `imp_uid=${'1'.repeat(20_000)}`, 413],
  ])('refuses %s', async (_, contentType, body, status) => {
    expect(await post(make(null), contentType, body)).toMatchObject({ status })
  })
})
