import { inspect } from 'node:util'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type AccessToken, IamportApiError } from '../../src/server/index.ts'
import { contractCalls } from './portoneSchemas.ts'
import { startSandbox } from './startSandbox.ts'

const { sandbox, exchanges, connections, faults, client, pay, baseUrl } = await startSandbox({ sendNotice: () => {} })
const iamport = client()
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => Promise.reject(new Error('did not fail')),
    (error: unknown) => error,
  )
const count = (path: RegExp) => exchanges.filter((exchange) => path.test(exchange.path)).length
const order = { customerUid: 'card-1', merchantUid: 'order-1', amount: 9900, name: '월간' }

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('createIamportClient', () => {
  it('makes every call of the contract, and reads every answer', async () => {
    const { imp_uid } = await pay({ customer_uid: 'card-1', merchant_uid: 'issue-1' })
    expect(await iamport.payment(imp_uid)).toMatchObject({ impUid: imp_uid, status: 'paid', customerUid: 'card-1', amount: 0 })
    expect(await iamport.payment('imp_none')).toBeNull()
    await iamport.preparePayment('order-0', 9900)
    const paid = await iamport.again({
      ...order,
      buyer: { name: '김민아', email: 'mina@example.com', tel: '010-1234-5678', addr: '서울', postcode: '06236' },
      customData: '{"a":1}',
      noticeUrl: 'https://shop.example/webhook',
      taxFree: 900,
      vatAmount: 900,
      cardQuota: 0,
      currency: 'KRW',
    })
    expect(paid).toMatchObject({ status: 'paid', cardNumber: '9410-****-****-0001' })
    expect(await iamport.paymentByMerchantUid('order-1')).toMatchObject({ impUid: paid.impUid })
    expect(await iamport.paymentByMerchantUid('order-1', 'failed')).toBeNull()
    expect(
      await iamport.cancelPayment({ impUid: paid.impUid, amount: 900, checksum: 9900, reason: '일부 환불', taxFree: 0 }),
    ).toMatchObject({
      status: 'paid',
      cancelAmount: 900,
    })
    expect(await failure(iamport.cancelPayment({ merchantUid: 'order-1', checksum: 9900 }))).toMatchObject({ code: -1, httpStatus: 200 })
    expect(await iamport.cancelPayment({ merchantUid: 'order-1' })).toMatchObject({ status: 'cancelled', cancelAmount: 9900 })
    expect(await iamport.billingKey('card-1')).toMatchObject({ customerUid: 'card-1', cardName: '현대카드' })
    expect(await iamport.billingKey('none')).toBeNull()
    expect(await iamport.billingKeys(['card-1', 'none'])).toHaveLength(1)
    expect(await iamport.billingKeys(['none'])).toEqual([])
    expect(await iamport.billingKeys([])).toEqual([])

    const at = Math.floor(Date.now() / 1000) + 3600
    const plan = [1, 2, 3].map((month) => ({ merchantUid: `plan-${month}`, scheduleAt: at + month * 86_400, amount: 9900, name: '월간' }))
    expect(await iamport.schedule('card-1', plan)).toHaveLength(3)
    expect(await iamport.unschedule('card-1', ['plan-3'])).toMatchObject([{ merchantUid: 'plan-3', status: 'revoked' }])
    sandbox.advance(86_400 + 7200)
    expect(await iamport.scheduled('plan-1')).toMatchObject({ status: 'executed', paymentStatus: 'paid', impUid: expect.any(String) })
    expect(await iamport.scheduled('plan-2')).toMatchObject({ status: 'scheduled', paymentStatus: null, impUid: null })
    expect(await iamport.scheduled('none')).toBeNull()
    expect(await iamport.schedules('card-1', { from: at, to: at + 90 * 86_400 })).toHaveLength(3)
    expect(await iamport.paymentByMerchantUid('plan-1')).toMatchObject({ status: 'paid', amount: 9900 })

    const month = { from: at - 86_400, to: at + 86_400 * 30, page: 1, limit: 1 }
    expect(await iamport.paymentsByStatus('paid', month)).toMatchObject({ next: 2, payments: [{ status: 'paid' }] })

    await iamport.deleteBillingKey('card-1', { reason: '회원 요청', requester: 'customer' })
    expect(await iamport.billingKey('card-1')).toBeNull()
    expect(new Set(exchanges.map(({ call }) => call))).toEqual(new Set(contractCalls))
  })

  it('asks for one token however many callers there are, and again when it ends by PortOne’s clock', async () => {
    const fresh = client()
    const before = count(/getToken/)
    await Promise.all(Array.from({ length: 20 }, () => fresh.payment('none')))
    expect(count(/getToken/) - before).toBe(1)
    sandbox.advance(1801)
    // PortOne ended it, this machine does not know: replaced once
    expect(await fresh.payment('none')).toBeNull()
    expect(count(/getToken/) - before).toBe(2)
    faults.push({ kind: 'unauthorized', path: /payments/ }, { kind: 'unauthorized', path: /payments/ })
    expect(await failure(fresh.payment('none'))).toMatchObject({ httpStatus: 401 })
  })

  it('renews a token in its last minute', async () => {
    const fresh = client()
    const token = await fresh.getToken()
    const before = count(/getToken/)
    vi.useFakeTimers({ now: Date.now() + 1_730_000, toFake: ['Date'] })
    expect(await fresh.getToken()).toBe(token)
    expect(count(/getToken/)).toBe(before)
    vi.setSystemTime(Date.now() + 20_000)
    await fresh.getToken()
    vi.useRealTimers()
    expect(count(/getToken/)).toBe(before + 1)
  })

  it('shares a token between machines, and does without the store when that is down', async () => {
    let kept: AccessToken | null = null
    const tokenStore = {
      get: () => kept,
      set: (token: AccessToken) => {
        kept = token
      },
    }
    const before = count(/getToken/)
    await client({ tokenStore }).payment('none')
    await client({ tokenStore }).payment('none')
    expect(count(/getToken/) - before).toBe(1)
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const down = (token?: AccessToken) => Promise.reject(new Error(`redis is down: SET ${token?.value}`))
    const alone = client({ tokenStore: { get: () => down(), set: down } })
    expect(await alone.payment('none')).toBeNull()
    const words = 'react-billing-key token store: this machine has a token of its own.'
    expect(logged.mock.calls).toEqual([[`${words} redis is down: SET undefined`], [`${words} redis is down: SET …`]])
    const silent = () => new Promise<never>(() => {})
    expect(await client({ tokenStore: { get: silent, set: silent } }).payment('none')).toBeNull()
    expect(logged).toHaveBeenLastCalledWith(`${words} no answer for 1000 ms`)
    logged.mockRestore()
  })

  it('tries reads again when PortOne is busy, and what moves money never', async () => {
    await pay({ customer_uid: 'card-2', merchant_uid: 'issue-2' })
    await iamport.payment('none') // the token may have ended
    const reads = () => count(/find\/retried/)
    faults.push({ kind: 'server-error', path: /find/ }, { kind: 'too-many-requests', path: /find/ })
    expect(await iamport.paymentByMerchantUid('retried')).toBeNull()
    expect(reads()).toBe(3)
    faults.push({ kind: 'server-error', path: /again/ })
    const charges = count(/again/)
    expect(await failure(iamport.again({ ...order, customerUid: 'card-2', merchantUid: 'order-2' }))).toMatchObject({
      httpStatus: 502,
      code: null,
    })
    expect(count(/again/) - charges).toBe(1)
    expect(faults).toEqual([])
  })

  it('waits as long as PortOne asks it to', async () => {
    const at: number[] = []
    const fetch = async (input: RequestInfo | URL, init?: RequestInit) => {
      if (!String(input).includes('getToken')) at.push(Date.now())
      return at.length === 1 ? new Response(null, { status: 429, headers: { 'retry-after': '1' } }) : globalThis.fetch(input, init)
    }
    expect(await client({ fetch }).payment('none')).toBeNull()
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(990)
  })

  it('uses one connection for one call after the other', async () => {
    await iamport.payment('none')
    const before = connections.count
    for (let call = 0; call < 10; call += 1) await iamport.payment('none')
    expect(connections.count).toBe(before)
  })

  it('finds payments of test channels only where it is meant to', async () => {
    const { imp_uid } = await pay({ customer_uid: 'card-3', merchant_uid: 'issue-3' })
    expect(await client({ includeSandbox: false }).payment(imp_uid)).toBeNull()
    expect(await client().payment(imp_uid)).toMatchObject({ impUid: imp_uid })
  })

  it('keeps a deadline, and gives up when it is told to', async () => {
    faults.push({ kind: 'timeout', ms: 2_000, path: /find/ })
    expect(await failure(client({ timeoutMs: 200 }).paymentByMerchantUid('slow'))).toMatchObject({
      httpStatus: 0,
      message: expect.stringMatching(/Timeout/),
    })
    faults.push({ kind: 'timeout', ms: 2_000, path: /find/ })
    const controller = new AbortController()
    const waiting = iamport.paymentByMerchantUid('slow', undefined, { signal: controller.signal })
    setTimeout(() => controller.abort(), 100)
    expect(await failure(waiting)).toMatchObject({ httpStatus: 0, message: expect.stringMatching(/Abort/) })
  })

  it('gives up waiting for a token too, and sends nothing then', async () => {
    faults.push({ kind: 'timeout', ms: 3_000, path: /getToken/ })
    const controller = new AbortController()
    const before = count(/again/)
    const waiting = failure(client().again(order, { signal: controller.signal }))
    controller.abort()
    expect(await waiting).toMatchObject({ path: '/users/getToken', sent: false })
    expect(count(/again/)).toBe(before)
  })

  it('knows whether a request can have left', async () => {
    expect(await failure(client({ baseUrl: 'http://127.0.0.1:2' }).payment('x'))).toMatchObject({ sent: false, httpStatus: 0 })
    await iamport.getToken()
    faults.push({ kind: 'reset' })
    expect(await failure(iamport.again(order))).toMatchObject({ sent: true })
  })

  it('sends the sub-merchant along', async () => {
    await client({ tierCode: 'A01' }).payment('none')
    expect(exchanges.at(-1)?.headers.get('tier')).toBe('A01')
  })

  it.each([
    ['no status', { imp_uid: 'i', merchant_uid: 'm', amount: 1, cancel_amount: 0, currency: 'KRW' }],
    ['an unknown status', { imp_uid: 'i', merchant_uid: 'm', amount: 1, cancel_amount: 0, currency: 'KRW', status: 'ok' }],
    ['an amount that is text', { imp_uid: 'i', merchant_uid: 'm', amount: '1', cancel_amount: 0, currency: 'KRW', status: 'paid' }],
    ['a list', []],
    ['nothing', null],
  ])('refuses a payment with %s', async (_, response) => {
    const fetch = async (input: RequestInfo | URL, init?: RequestInit) =>
      String(input).includes('getToken') ? globalThis.fetch(input, init) : Response.json({ code: 0, message: null, response })
    expect(await failure(client({ fetch }).again(order))).toMatchObject({
      name: 'IamportApiError',
      code: 0,
      path: '/subscribe/payments/again',
    })
  })

  it('shows neither secret nor token nor ids in its errors', async () => {
    const token = await iamport.getToken()
    faults.push({ kind: 'server-error' }, { kind: 'html' }, { kind: 'truncated' }, { kind: 'reset' }, { kind: 'refused' })
    const errors = [
      await failure(client({ impSecret: 'hidden-secret' }).payment('imp_hidden')),
      await failure(client({ impSecret: 'hidden-secret', baseUrl: 'http://127.0.0.1:2' }).billingKey('card-hidden')),
    ]
    for (let fault = 0; fault < 5; fault += 1) errors.push(await failure(iamport.again({ ...order, merchantUid: 'order-hidden' })))
    // answers that JSON.parse would quote
    const garbled = async () => new Response('{"code":0,"response":{"access_token":hidden-token}}')
    errors.push(await failure(client({ fetch: garbled }).getToken()))
    const shown = errors
      .map((error) => `${inspect(error, { depth: 10, showHidden: true })}${JSON.stringify(error)}${String(error)}`)
      .join('\n')
    expect(errors.every((error) => error instanceof IamportApiError)).toBe(true)
    expect(shown).not.toContain(token)
    expect(shown).not.toMatch(/hidden/)
    expect(shown).not.toContain(sandbox.impSecret)
  })

  it('does not start without a key, or in a browser', () => {
    expect(() => client({ impSecret: '' })).toThrow(/impSecret/)
    vi.stubGlobal('window', {})
    vi.stubGlobal('document', {})
    expect(() => client()).toThrow(/must not run in a browser/)
    vi.unstubAllGlobals()
    expect(baseUrl).toMatch(/^http/)
  })
})
