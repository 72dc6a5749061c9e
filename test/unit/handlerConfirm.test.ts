import { afterEach, describe, expect, it, vi } from 'vitest'
import type { BillingHandlerOptions } from '../../src/server/index.ts'
import { signingKey, startDirectShop } from './directShop.ts'

const { sandbox, iamport, pay, make, call, register } = await startDirectShop()
afterEach(() => {
  vi.useRealTimers()
})

describe('intents, and what /confirm makes of them', () => {
  it('refuses what does not fit, each with its own code', async () => {
    const handler = make()
    const { body: intent } = await call(handler, 'POST', '/intents', {})
    const confirm = (body: unknown) =>
      call(handler, 'POST', '/confirm', body).then((answer) => answer.body.error?.code ?? answer.body.status)
    expect(await confirm({ token: intent.token, impUid: null })).toBe('none')
    expect(await confirm({ token: `${intent.token}x`, impUid: null })).toBe('invalid-token')
    expect(await confirm({ token: intent.token, impUid: 'imp_nothing' })).toBe('unknown-payment')
    const { imp_uid } = await pay({ customer_uid: 'elsewhere', merchant_uid: 'elsewhere', name: 'x', amount: 0 })
    expect(await confirm({ token: intent.token, impUid: imp_uid })).toBe('other-order')
    const stolen = await pay({ customer_uid: 'stolen', merchant_uid: intent.merchantUid, name: 'x', amount: 9900 })
    expect(await confirm({ token: intent.token, impUid: stolen.imp_uid })).toBe('other-key')
  })

  it('says none of a window that closed without a word while PortOne holds only a refusal, and issued when one of two was paid', async () => {
    const handler = make()
    const { intent, impUid } = await register(handler)
    const paid = await iamport.payment(impUid)
    if (!paid) throw new Error('the payment is missing')
    const failed = { ...paid, impUid: 'imp_refused', status: 'failed' as const, failReason: '한도 초과' }
    const holding = (...newestFirst: readonly (typeof paid)[]) =>
      make('mina', {
        iamport: {
          ...iamport,
          payment: async () => failed,
          paymentByMerchantUid: async (_, status) => newestFirst.find((one) => status === undefined || one.status === status) ?? null,
        },
      })
    const confirm = async (shop: typeof handler, window: string | null) =>
      (await call(shop, 'POST', '/confirm', { token: intent.token, impUid: window })).body
    expect(await confirm(holding(failed), null)).toEqual({ status: 'none' })
    expect(await confirm(holding(failed), 'imp_refused')).toEqual({ status: 'failed', code: 'declined', message: '한도 초과' })
    expect(await confirm(holding(failed, paid), null)).toMatchObject({ status: 'issued', impUid })
    const partly = { ...paid, status: 'cancelled' as const, cancelAmount: 3_000 }
    expect(await confirm(holding(failed, partly), null)).toMatchObject({ status: 'issued', impUid })
  })

  it('finds the payment that is made between its questions, whatever fails after it', async () => {
    const handler = make()
    const { intent, impUid } = await register(handler)
    const paid = await iamport.payment(impUid)
    if (!paid) throw new Error('the payment is missing')
    const failed = { ...paid, impUid: 'imp_refused', status: 'failed' as const }
    let newestFirst = [failed]
    const changing: typeof iamport = {
      ...iamport,
      paymentByMerchantUid: async (_, status) => {
        const found = newestFirst.find((one) => status === undefined || one.status === status) ?? null
        newestFirst = [failed, paid as never, failed]
        return found
      },
    }
    const { body } = await call(make('mina', { iamport: changing }), 'POST', '/confirm', { token: intent.token, impUid: null })
    expect(body).toMatchObject({ status: 'issued', impUid })
  })

  it('signs the currency of the first order', async () => {
    const order = { name: 'Monthly', amount: 9900 }
    const codes = await Promise.all(
      [{ ...order, currency: 'USD' }, order].map(async (firstOrder) => {
        const handler = make('mina', { firstOrder: () => firstOrder, onError: () => undefined })
        const { intent, impUid } = await register(handler)
        Object.assign(sandbox.payments.find(({ imp_uid }) => imp_uid === impUid) ?? {}, { currency: 'USD' })
        const { body } = await call(handler, 'POST', '/confirm', { token: intent.token, impUid })
        return body.error?.code ?? body.status
      }),
    )
    expect(codes).toEqual(['issued', 'other-amount'])
  })

  it('finds the intent with PortOne when the customer came back in another browser (sdk-facts 17)', async () => {
    const { body: intent } = await call(make(), 'POST', '/intents', {})
    const window = {
      customer_uid: intent.customerUid,
      merchant_uid: intent.merchantUid,
      name: 'x',
      amount: 9900,
      custom_data: intent.customData,
    }
    const { imp_uid } = await pay(window)
    expect((await call(make(), 'POST', '/confirm', { impUid: imp_uid })).body).toMatchObject({
      status: 'issued',
      customerUid: intent.customerUid,
    })
    expect((await call(make('other'), 'POST', '/confirm', { impUid: imp_uid })).body.error.code).toBe('not-yours')
    const foreign = await pay({ customer_uid: 'f', merchant_uid: 'f', name: 'x', amount: 0, custom_data: { intent: 'forged' } })
    expect((await call(make(), 'POST', '/confirm', { impUid: foreign.imp_uid })).body.error.code).toBe('invalid-token')
  })

  it.each(['..', 'a/b', '\ud800', 'x'.repeat(65)])('asks PortOne about no payment that cannot be one (%j)', async (impUid) => {
    const payment = vi.fn(iamport.payment)
    const onError = vi.fn()
    const handler = make('mina', { iamport: { ...iamport, payment }, onError })
    const { body: intent } = await call(handler, 'POST', '/intents', {})
    const confirm = (body: unknown) => call(handler, 'POST', '/confirm', body).then((answer) => answer.body.error?.code)
    expect(await confirm({ token: intent.token, impUid })).toBe('unknown-payment')
    expect(await confirm({ impUid })).toBe('invalid-token')
    expect(payment).not.toHaveBeenCalled()
    expect(onError).not.toHaveBeenCalled()
  })

  it('makes PortOne refuse a window with another amount', async () => {
    const { body: intent } = await call(make(), 'POST', '/intents', {})
    expect(await pay({ customer_uid: intent.customerUid, merchant_uid: intent.merchantUid, name: 'x', amount: 1 })).toMatchObject({
      imp_uid: null,
      error_code: 'F0005',
    })
  })

  it('makes a new customer_uid for every intent, so that no key takes another’s place (sdk-facts 19)', async () => {
    const intents = await Promise.all([1, 2, 3].map(() => call(make(), 'POST', '/intents', {})))
    expect(new Set(intents.map(({ body }) => body.customerUid)).size).toBe(3)
    expect(new Set(intents.map(({ body }) => body.merchantUid)).size).toBe(3)
  })

  it('takes intents signed with an older key, until that is dropped', async () => {
    const next = 'the-next-signing-key-has-32-characters-too'
    const { body: intent } = await call(make(), 'POST', '/intents', { free: true })
    const confirm = (keys: BillingHandlerOptions['signingKey']) =>
      call(make('mina', { signingKey: keys }), 'POST', '/confirm', { token: intent.token }).then(
        ({ body }) => body.error?.code ?? body.status,
      )
    expect(await confirm([next, signingKey])).toBe('none')
    expect(await confirm([next])).toBe('invalid-token')
    expect(() => make('mina', { signingKey: [next, 'short'] })).toThrow(/32 characters/)
  })

  it('asks for an intent’s signature and not for its age: what was paid late was paid', async () => {
    const { intent, impUid } = await register()
    vi.useFakeTimers({ now: Date.now() + 30 * 86_400_000, toFake: ['Date'] })
    const late = await call(make(), 'POST', '/confirm', { token: intent.token })
    const paid = await call(make(), 'POST', '/confirm', { token: intent.token, impUid })
    vi.useRealTimers()
    expect(late.body).toMatchObject({ status: 'issued', impUid })
    expect(paid.body).toMatchObject({ status: 'issued', customerUid: intent.customerUid })
  })

  it('refuses another amount, a refunded payment, and a key that has gone', async () => {
    const code = async ({ intent, impUid }: Awaited<ReturnType<typeof register>>) => {
      const { status, body } = await call(make(), 'POST', '/confirm', { token: intent.token, impUid })
      return [status, body.error?.code ?? body.status]
    }
    const handler = make()
    const { body: free } = await call(handler, 'POST', '/intents', { free: true })
    const { imp_uid } = await pay({ customer_uid: free.customerUid, merchant_uid: free.merchantUid, amount: 100 })
    expect(await code({ intent: free, impUid: imp_uid })).toEqual([422, 'other-amount'])
    const refunded = await register()
    await iamport.cancelPayment({ impUid: refunded.impUid })
    expect(await code(refunded)).toEqual([422, 'cancelled'])
    // PortOne's documents name no status of a payment of which a part was refunded
    const partly = await register()
    await iamport.cancelPayment({ impUid: partly.impUid, amount: 3_000 })
    Object.assign(sandbox.payments.find((payment) => payment.imp_uid === partly.impUid) ?? {}, { status: 'cancelled' })
    expect(await code(partly)).toEqual([200, 'issued'])
    const removed = await register()
    await iamport.deleteBillingKey(removed.intent.customerUid)
    expect(await code(removed)).toEqual([422, 'no-key'])
    const waiting = await register()
    Object.assign(sandbox.payments.find((payment) => payment.imp_uid === waiting.impUid) ?? {}, { status: 'ready' })
    expect(await code(waiting)).toEqual([200, 'pending'])
  })
})
