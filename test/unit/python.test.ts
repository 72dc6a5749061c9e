import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiProblems } from './apiContract.ts'
import { hasPython, startPythonShop } from './pythonShop.ts'
import { startSandbox } from './startSandbox.ts'

const { sandbox, baseUrl, client, faults, pay, paidFor } = await startSandbox({ inFlightMs: 300 })

describe.skipIf(!hasPython)('a merchant’s server in Python, written from docs/http-api.md', () => {
  const shops: Awaited<ReturnType<typeof startPythonShop>>[] = []
  const start = async (database?: string) => {
    const { impKey, impSecret } = sandbox
    const shop = await startPythonShop({ portone: baseUrl, impKey, impSecret, ...(database ? { database } : {}) })
    shops.push(shop)
    return shop
  }
  let url = ''
  beforeAll(async () => {
    url = (await start()).url
  })
  afterAll(() => {
    for (const shop of shops) shop.stop()
  })

  /** Calls it as the hooks do, and holds what it answers against docs/openapi.json. */
  const ask = async (cookie: string, route: string, body?: unknown, headers: Record<string, string> = {}, base = url) => {
    const [method = '', path = ''] = route.split(' ')
    const response = await fetch(`${base}/api/billing${path}`, {
      method,
      headers: { 'content-type': 'application/json', 'x-billing-key': '1', cookie, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const answer = await response.json()
    expect(apiProblems(method, path, response.status, answer)).toEqual([])
    return { status: response.status, body: answer, code: answer.error?.code ?? answer.status }
  }
  /** Somebody who has opened the shop's page. */
  const customer = async () => {
    const [cookie = ''] = ((await fetch(url)).headers.get('set-cookie') ?? '').split(';')
    const call = (route: string, body?: unknown, headers?: Record<string, string>, base?: string) => ask(cookie, route, body, headers, base)
    /** An intent, and what the customer does with it in the window. */
    const open = async (change: object = {}, card?: string | null) => {
      const { body: intent } = await call('POST /intents', { plan: 'monthly' })
      const { customerUid, merchantUid, amount, customData } = intent
      const window = { customer_uid: customerUid, merchant_uid: merchantUid, amount, custom_data: customData }
      const { imp_uid: impUid } = await pay({ ...window, ...change }, card)
      return { intent, impUid: impUid as string, claim: { token: intent.token, merchantUid, customerUid, impUid } }
    }
    const addCard = async () => {
      const { intent, claim } = await open()
      expect((await call('POST /confirm', claim)).code).toBe('issued')
      return String(intent.customerUid)
    }
    return { call, open, addCard }
  }

  it('charges no order again that was refunded, whatever window failed under its number since', async () => {
    const { call, addCard } = await customer()
    const order = { customerUid: await addCard(), order: 'month-2' }
    faults.push({ kind: 'declined' })
    const { body } = await call('POST /charges', order)
    expect(await call('POST /charges', order)).toMatchObject({ code: 'paid' })
    await client().cancelPayment({ merchantUid: body.merchantUid, amount: 3_000 })
    // PortOne's documents name no status of a payment of which a part was refunded
    const payment = sandbox.payments.find(({ status, merchant_uid }) => status === 'paid' && merchant_uid === body.merchantUid)
    for (const status of ['cancelled', 'paid']) {
      Object.assign(payment ?? {}, { status })
      expect(await call('POST /charges', order)).toMatchObject({ code: 'paid' })
    }
    await client().cancelPayment({ merchantUid: body.merchantUid })
    // the newest of the order
    const failed = sandbox.payments.find(({ status, merchant_uid }) => status === 'failed' && merchant_uid === body.merchantUid)
    Object.assign(failed ?? {}, { started_at: sandbox.now() + 60 })
    expect(await client().paymentByMerchantUid(body.merchantUid)).toMatchObject({ status: 'failed' })
    expect(await call('POST /charges', order)).toMatchObject({ code: 'declined', body: { code: 'order-cancelled' } })
  })

  it('issues, confirms, lists, charges and removes', async () => {
    const { call, open } = await customer()
    const { intent, claim } = await open()
    expect(intent).toMatchObject({ name: '월간 이용권', amount: 9900 })
    const confirmed = await call('POST /confirm', claim)
    expect(confirmed).toMatchObject({
      status: 200,
      body: { status: 'issued', charged: 9900, card: { name: '현대카드', number: '9410-****-****-0001' } },
    })
    expect(await call('POST /confirm', claim)).toEqual(confirmed)
    expect(await call('POST /confirm', { ...claim, impUid: null })).toEqual(confirmed)
    expect(await call('POST /confirm', { ...claim, token: null })).toEqual(confirmed)
    expect((await call('GET /keys')).body.keys).toMatchObject([{ customerUid: intent.customerUid, card: { name: '현대카드' } }])
    const order = { customerUid: intent.customerUid, order: 'month-2', amount: 1, price: 1 }
    expect((await call('POST /charges', order)).body).toMatchObject({ status: 'paid', amount: 9900 })
    for (const _ of ['removed', 'removed before'])
      expect((await call(`DELETE /keys/${intent.customerUid}`)).body).toEqual({ customerUid: intent.customerUid })
    expect(sandbox.billingKeys.has(intent.customerUid)).toBe(false)
    expect((await call('GET /keys')).body.keys).toEqual([])
    expect((await call('POST /charges', order)).code).toBe('unknown-key')
  })

  it('says what PortOne holds of an attempt', async () => {
    const { call, open } = await customer()
    const { body: intent } = await call('POST /intents', {})
    expect((await call('POST /confirm', { token: intent.token, impUid: null })).body).toEqual({ status: 'none' })
    const declined = await open({}, '9410-0000-0000-0002')
    expect((await call('POST /confirm', declined.claim)).body).toMatchObject({ status: 'failed', message: expect.stringMatching(/./) })
    expect((await call('POST /confirm', { ...declined.claim, impUid: null })).body).toEqual({ status: 'none' })
    expect((await call('POST /confirm', { ...declined.claim, impUid: 'imp_unknown' })).code).toBe('unknown-payment')
    const other = await open()
    expect((await call('POST /confirm', { ...other.claim, token: declined.claim.token })).code).toBe('other-order')
    const [body, sign] = String(other.claim.token).split('.')
    for (const token of [`${body}.x${sign}`, `${body}x.${sign}`, 'x', '', null, 7, '카드'])
      expect((await call('POST /confirm', { ...other.claim, token, impUid: null })).code).toBe('invalid-token')
    expect((await call('POST /confirm', { ...other.claim, token: 'x' })).code).toBe('issued')
    expect((await (await customer()).call('POST /confirm', other.claim)).code).toBe('not-yours')
    expect((await call('POST /confirm', (await open({ customer_uid: 'own-name' })).claim)).code).toBe('other-key')
    await client().deleteBillingKey(other.intent.customerUid)
    expect((await call('POST /confirm', other.claim)).code).toBe('no-key')
  })

  it('charges an order once, from two processes that are asked at once', async () => {
    const { call, addCard } = await customer()
    const customerUid = await addCard()
    const second = await start(shops[0]?.database)
    const asked = [url, second.url, url, second.url, url, second.url]
    const answers = await Promise.all(asked.map((base) => call('POST /charges', { customerUid, order: 'month-2' }, {}, base)))
    const codes = answers.map(({ code }) => code)
    expect(codes).toContain('paid')
    expect(codes).not.toContain('declined')
    expect(paidFor(answers[0]?.body.merchantUid)).toMatchObject([{ amount: 9900 }])
    expect((await call('POST /charges', { customerUid, order: 'month-2' })).code).toBe('paid')
    expect(paidFor(answers[0]?.body.merchantUid)).toHaveLength(1)
  })

  it.each([
    ['carried out, its answer lost', { kind: 'reset', done: true }, 'paid', 'paid', 1],
    ['carried out, a gateway answers', { kind: 'html', done: true }, 'paid', 'paid', 1],
    ['lost on its way', { kind: 'reset' }, 'unknown', 'unknown', 0],
    ['declined', { kind: 'declined' }, 'declined', 'paid', 1],
    ['refused', { kind: 'refused' }, 'declined', 'paid', 1],
    ['turned away with an old token', { kind: 'unauthorized' }, 'paid', 'paid', 1],
  ] as const)('answers for a charge that is %s', async (_, fault, first, then, payments) => {
    const { call, addCard } = await customer()
    const customerUid = await addCard()
    faults.push(fault)
    const answer = await call('POST /charges', { customerUid, order: 'month-2' })
    expect(answer.code).toBe(first)
    expect((await call('POST /charges', { customerUid, order: 'month-2' })).code).toBe(then)
    expect(paidFor(answer.body.merchantUid)).toHaveLength(payments)
  })

  it('learns by webhook, and by its sweep, of a key that nobody came back for', async () => {
    const told = await customer()
    const { intent, impUid } = await told.open()
    const notice = { imp_uid: impUid, merchant_uid: 'whatever', status: 'failed' }
    expect((await ask('', 'POST /webhook', notice, { 'x-billing-key': '' })).body).toEqual({ status: 'paid' })
    expect((await told.call('GET /keys')).body.keys).toMatchObject([{ customerUid: intent.customerUid }])
    const form = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'cross-site' }
    expect((await ask('', 'POST /webhook', `imp_uid=${impUid}`, form)).body).toEqual({ status: 'paid' })
    expect((await ask('', 'POST /webhook', { imp_uid: 'imp_unknown' })).code).toBe('unknown-payment')
    expect((await ask('', 'POST /webhook', { imp_uid: 7 })).code).toBe('not-json')
    const silent = await customer()
    const missed = await silent.open()
    const refunded = await silent.open()
    await client().cancelPayment({ impUid: refunded.impUid, amount: 1_000 })
    Object.assign(sandbox.payments.find((payment) => payment.imp_uid === refunded.impUid) ?? {}, { status: 'cancelled' })
    expect(await shops[0]?.sweep()).toEqual([0, null])
    const uids = [missed, refunded].map(({ intent }) => intent.customerUid)
    expect((await silent.call('GET /keys')).body.keys.map(({ customerUid }: { customerUid: string }) => customerUid).sort()).toEqual(
      uids.sort(),
    )
  })

  it('believes no payment that somebody made for an order of another price', async () => {
    const { call, addCard } = await customer()
    const customerUid = await addCard()
    faults.push({ kind: 'declined' })
    const { body: order } = await call('POST /charges', { customerUid, order: 'month-2' })
    const { imp_uid } = await pay({ customer_uid: 'somebody', merchant_uid: order.merchantUid, amount: 1 })
    expect((await ask('', 'POST /webhook', { imp_uid })).body).toEqual({ status: 'paid' })
    expect((await call('POST /charges', { customerUid, order: 'month-2' })).body).toMatchObject({ code: 'order-paid-otherwise' })
  })

  const site = (headers: Record<string, string>) => ({ 'x-billing-key': '', ...headers })
  it.each([
    ['its own page', site({ 'sec-fetch-site': 'same-origin' }), 200],
    ['another site', site({ 'sec-fetch-site': 'cross-site' }), 403],
    ['another site that names the client’s header', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a page of a sibling host', site({ 'sec-fetch-site': 'same-site' }), 403],
    ['an old browser on another site', site({ origin: 'https://evil.example' }), 403],
    ['a sandboxed frame', site({ origin: 'null' }), 403],
    ['an old browser behind a proxy, with the client’s header', { origin: 'https://shop.example' }, 200],
    ['no browser', site({}), 200],
  ])('hears of %s', async (_, headers, status) => {
    const { call } = await customer()
    expect((await call('GET /keys', undefined, headers)).status).toBe(status)
  })

  it.each([
    ['who is not signed in', '', 'GET /keys', undefined, {}, 401, 'not-signed-in'],
    ['a form', 'own', 'POST /intents', '{}', { 'content-type': 'text/plain' }, 415, 'wrong-type'],
    ['what is no JSON', 'own', 'POST /intents', '{', {}, 400, 'not-json'],
    ['what is no object', 'own', 'POST /charges', '[]', {}, 400, 'not-json'],
    ['half a character', 'own', 'POST /charges', '{"customerUid":"\\ud800"}', {}, 400, 'not-json'],
    ['what is nested too deep', 'own', 'POST /intents', '['.repeat(9_000), {}, 400, 'not-json'],
    ['another path in the place of a number', 'own', 'POST /webhook', { imp_uid: '..' }, {}, 404, 'unknown-payment'],
    ['too much', 'own', 'POST /intents', { x: 'x'.repeat(20_000) }, {}, 413, 'too-large'],
    ['another plan', 'own', 'POST /intents', { plan: 'free' }, {}, 404, 'unknown-plan'],
    ['somebody else’s key', 'own', 'DELETE /keys/not-mine', undefined, {}, 404, 'unknown-key'],
    ['another route', 'own', 'GET /intents', undefined, {}, 404, 'no-such-route'],
  ])('refuses %s', async (_, who, route, body, headers, status, code) => {
    const call = who ? (await customer()).call : (at: string, sent: unknown, more: object) => ask('', at, sent, { ...more })
    expect(await call(route, body, headers)).toMatchObject({ status, code, body: { error: { message: expect.stringMatching(/[가-힣]/) } } })
  })

  it('answers in English where that is asked for', async () => {
    const { body } = await ask('', 'GET /keys', undefined, { 'accept-language': 'en-US,en;q=0.9,ko;q=0.8' })
    expect(body.error.message).toBe('Please sign in.')
  })

  it('says that PortOne is gone', async () => {
    const { call } = await customer()
    faults.push({ kind: 'server-error', path: /prepare/ })
    expect(await call('POST /intents', {})).toMatchObject({ status: 502, code: 'portone-unreachable' })
    expect(shops[0]?.complaints()).toContain('POST /api/billing/intents')
  })
})
