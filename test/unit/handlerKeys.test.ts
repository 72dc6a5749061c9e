import { QueryClient } from '@tanstack/react-query'
import { describe, expect, it } from 'vitest'
import { billingKeysOptions } from '../../src/hooks/billingKeysOptions.ts'
import { startShop } from './billingShop.ts'

const { open, iamport, sandbox } = await startShop()

describe('customers and their keys', () => {
  it('are asked for once by a server that renders a page, as long as they are fresh', async () => {
    const shop = await open()
    await shop.addCard()
    let asked = 0
    const fetch = async () => {
      asked += 1
      const { body } = await shop.call('GET /keys')
      return Response.json(body)
    }
    const client = new QueryClient()
    const options = billingKeysOptions({ api: '/api/billing', customerKey: 'member-1', staleTime: 60_000, fetch })
    for (const _ of [1, 2]) expect(await client.fetchQuery(options)).toMatchObject({ keys: [{ card: {} }], askedAt: 0 })
    expect(asked).toBe(1)
  })

  it('takes ids that are numbers, and gives them back as numbers', async () => {
    let id = 42
    const shop = await open({ authenticate: () => ({ id }) })
    const registration = await shop.register()
    expect(await shop.confirm(registration)).toMatchObject({ code: 'issued' })
    expect(shop.told.issued).toMatchObject([{ customer: { id: 42 } }])
    id = 43
    expect(await shop.confirm(registration)).toMatchObject({ status: 403, code: 'not-yours' })
  })

  it('removes a key once for two requests at once, both of which found it', async () => {
    let found = 0
    let both = () => {}
    const gate = new Promise<void>((resolve) => {
      both = resolve
    })
    const billingKey: typeof iamport.billingKey = async (...asked) => {
      const key = await iamport.billingKey(...asked)
      if (closing && ++found === 2) both()
      if (closing && found <= 2) await gate
      return key
    }
    let closing = false
    const shop = await open({ iamport: { ...iamport, billingKey } })
    const customerUid = await shop.addCard()
    closing = true
    const answers = await Promise.all([1, 2].map(() => shop.call(`DELETE /keys/${customerUid}`)))
    expect(answers).toMatchObject([{ status: 200 }, { status: 200 }])
    expect(found).toBeGreaterThan(2)
    expect(shop.told.errors).toEqual([])
    expect(await iamport.billingKey(customerUid)).toBeNull()
  })

  it('says that a key was not removed while PortOne still holds it', async () => {
    const shop = await open({ iamport: { ...iamport, deleteBillingKey: () => Promise.reject(new Error('refused')) } })
    const customerUid = await shop.addCard()
    expect(await shop.call(`DELETE /keys/${customerUid}`)).toMatchObject({ status: 500 })
    expect(shop.told).toMatchObject({ deleted: [], errors: [['DELETE /keys/:id', 'Error: refused']] })
  })

  it.each([undefined, null, {}, { id: undefined }, { id: '' }, { id: Number.NaN }])('removes the keys of nobody (%j)', async (customer) => {
    // what a database finds for `undefined` may be everybody's
    const shop = await open({ customerUids: () => ['everybodys'] })
    await expect(shop.billing.removeAllKeys(customer as never)).rejects.toThrow(/removeAllKeys needs a customer/)
    expect(shop.told.deleted).toEqual([])
  })

  it('removes all keys of an account that is closed, and says when one could not be', async () => {
    const shop = await open()
    const uids = [await shop.addCard(), await shop.addCard()]
    expect(await shop.billing.removeAllKeys({ id: 'mina' })).toEqual(uids)
    expect(await iamport.billingKeys(uids)).toEqual([])
    expect(shop.told.deleted).toHaveLength(2)
    const failing = await open({ onDeleted: () => Promise.reject(new Error('database is gone')) })
    await failing.addCard()
    await expect(failing.billing.removeAllKeys({ id: 'mina' })).rejects.toThrow(/1 keys could not be removed/)
  })

  it('deletes the key that a new one replaces, after the new one was kept', async () => {
    let replaces: string | undefined
    const order: string[] = []
    const keys = new Set<string>()
    const shop = await open({
      firstOrder: () => ({ name: '카드 변경', amount: 0, replaces }),
      customerUids: () => [...keys],
      onIssued: async ({ customerUid }) => {
        if (order.length === 1) expect(await iamport.billingKey(String(replaces))).not.toBeNull()
        order.push(`issued ${customerUid}`)
        keys.add(customerUid)
      },
      onDeleted: ({ customerUid }) => {
        keys.delete(customerUid)
        order.push(`deleted ${customerUid}`)
      },
    })
    const old = await shop.addCard()
    replaces = old
    const registration = await shop.register()
    const { customerUid } = registration.intent
    expect(await shop.confirm(registration)).toMatchObject({ code: 'issued', body: { customerUid } })
    expect(await shop.confirm(registration)).toMatchObject({ code: 'issued' })
    expect(order).toEqual([`issued ${old}`, `issued ${customerUid}`, `deleted ${old}`, `issued ${customerUid}`])
    expect(await iamport.billingKey(old)).toBeNull()
  })

  it('gives the window all that firstOrder gave, and refuses a number of the shop’s own once it is paid', async () => {
    const order = {
      name: '월간',
      amount: 0,
      displayAmount: 9900,
      customerId: 'mina20',
      buyer: { name: '김미나' },
      period: { interval: '1m' },
      pg: 'smartro_v2',
      merchantUid: 'own1',
    }
    const shop = await open({ firstOrder: () => order })
    const { body } = await shop.call('POST /intents', {})
    expect(body).toMatchObject(order)
    const plain = await open()
    expect((await plain.call('POST /intents', {})).body.merchantUid).toMatch(/^[\dA-Za-z]{1,40}$/)
    expect(await shop.confirm(await shop.register())).toMatchObject({ code: 'issued' })
    expect(await shop.call('POST /intents', {})).toMatchObject({ status: 409, code: 'already-paid' })
  })

  it('refuses a number of the shop’s own of whose payment a part was refunded, whatever PortOne calls it', async () => {
    const shop = await open({ firstOrder: () => ({ name: '월간', amount: 9900, merchantUid: 'partly' }) })
    const { impUid } = await shop.register()
    await iamport.cancelPayment({ impUid, amount: 3_000 })
    Object.assign(sandbox.payments.find(({ imp_uid }) => imp_uid === impUid) ?? {}, { status: 'cancelled' })
    expect(await shop.call('POST /intents', {})).toMatchObject({ status: 409, code: 'already-paid' })
  })

  it('and when a window of it failed afterwards', async () => {
    const paid = await open().then((shop) => shop.register())
    const payment = await iamport.payment(paid.impUid)
    if (!payment) throw new Error('the payment is missing')
    const { merchantUid } = payment
    const newestFirst = [
      { ...payment, impUid: 'imp_window', status: 'failed' as const },
      { ...payment, status: 'cancelled' as const, cancelAmount: 3_000 },
    ]
    const shop = await open({
      firstOrder: () => ({ name: '월간', amount: 9900, merchantUid }),
      iamport: {
        ...iamport,
        paymentByMerchantUid: async (_, status) => newestFirst.find((one) => !status || one.status === status) ?? null,
      },
    })
    expect(await shop.call('POST /intents', {})).toMatchObject({ status: 409, code: 'already-paid' })
  })

  it.each([8900, 0])('fixes the newest amount of the shop’s own order number: %s after 9,900', async (newest) => {
    let amount = 9900
    const shop = await open({ firstOrder: () => ({ name: '월간', amount, merchantUid: `repriced-${newest}` }) })
    await shop.call('POST /intents', {})
    amount = newest
    expect(await shop.confirm(await shop.register())).toMatchObject({ code: 'issued', body: { charged: newest } })
  })
})
