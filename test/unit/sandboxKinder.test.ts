import { describe, expect, it, vi } from 'vitest'
import { type Sandbox, testCards } from '../../src/sandbox/index.ts'
import { at, open, typed } from './openSandbox.ts'

// Where the sandbox was kinder than PortOne's contract, or said something that it does not.
const buyer = { buyer_name: '김하나', buyer_email: 'hana@shop.example', buyer_tel: '010-0000-0000' }
const pgs = ['jtnet', 'smartro_v2', 'welcome', 'paymentwall']
const refused = { code: -1, response: null }
const row = { merchant_uid: 's1', schedule_at: at + 60, amount: 500, name: 'n' }

describe('a charge', () => {
  it.each([
    ['instalments of less than 50,000 won', { card_quota: 2 }],
    ['more instalments than there are', { card_quota: 61, amount: 50_000 }],
    ['a flag that is text', { use_card_point: 'yes' }],
    ['a flag that is a number', { interest_free_by_merchant: 1 }],
    ['a count that is text', { product_count: '2' }],
    ['a count below 0', { product_count: -1 }],
    ['more tax than money', { vat: 9_901 }],
    ['half a won in a currency that there is not', { currency: 'krw', amount: 0.5 }],
  ])('is refused with %s', async (_, change) => {
    const { sandbox, again, keyIn } = await open()
    await keyIn()
    expect(await again('m', change)).toMatchObject({ status: 400, ...refused })
    expect(sandbox.payments).toEqual([])
    expect((await again('m', { card_quota: 2, amount: 50_000, product_count: 1, use_card_point: false })).code).toBe(0)
  })

  it.each([
    ['smartro_v2', 'buyer_tel'],
    ['smartro_v2', 'buyer_email'],
    ['paymentwall', 'buyer_email'],
  ])('of a key of %s needs %s, a scheduled one too', async (pg, name) => {
    const { sandbox, json, again } = await open({ pgs })
    await json('POST', '/subscribe/customers/c', { ...typed, pg, cvc: '123' })
    const rest = { ...buyer, [name]: undefined }
    expect(await again('m', rest)).toMatchObject({ ...refused, message: expect.stringContaining(name) })
    const plan = (more: object) => json('POST', '/subscribe/payments/schedule', { customer_uid: 'c', schedules: [{ ...row, ...more }] })
    expect(await plan(rest)).toMatchObject({ ...refused, message: expect.stringContaining(name) })
    expect([sandbox.payments, sandbox.schedules]).toEqual([[], []])
    expect([(await again('m', buyer)).code, (await plan(buyer)).code]).toEqual([0, 0])
  })
})

it.each(['209912', '2099/12', '99-12', '2099-13', '2099-1'])('a card typed at the shop is good until no %j', async (expiry) => {
  const { json } = await open()
  expect(await json('POST', '/subscribe/customers/c', { ...typed, expiry })).toMatchObject({ status: 400, ...refused })
})

it.each([
  'customers/c/payments?',
  `customers/c/schedules?from=${at}&to=${at + 99}&`,
  `payments/schedule/customers/c?from=${at}&to=${at + 99}&`,
])('the pages of %s have 20 rows, whatever is asked for', async (path) => {
  const { json, send, again, keyIn } = await open()
  await keyIn()
  for (let order = 0; order < 21; order += 1) await again(`m${order}`)
  const schedules = Array.from({ length: 21 }, (_, index) => ({ ...row, merchant_uid: `s${index}` }))
  await json('POST', '/subscribe/payments/schedule', { customer_uid: 'c', schedules })
  const rowsOf = async (query: string) => {
    const { response } = await send('GET', `/subscribe/${path}${query}`)
    const { list = response } = response as { readonly list?: unknown }
    return (list as unknown[]).length
  }
  expect([await rowsOf('limit=100'), await rowsOf('limit=100&page=2')]).toEqual([20, 1])
})

it.each([`payments/schedule?schedule_from=${at + 99}&schedule_to=${at}`, `payments/schedule/customers/c?from=${at + 99}&to=${at}`])(
  'no schedules are searched backwards: %s',
  async (path) => {
    const { send } = await open()
    expect(await send('GET', `/subscribe/${path}`)).toMatchObject({ status: 400, ...refused })
  },
)

it.each(['krw', '원', 'KR'])('no amount is prepared in %j', async (currency) => {
  const { json } = await open()
  expect(await json('POST', '/payments/prepare', { merchant_uid: 'm', amount: 100, currency })).toMatchObject({ status: 400, ...refused })
})

describe('what the contract asks of a PG', () => {
  const ksnet = { ...buyer, product_type: 'digital' }
  const onetime = { ...typed, ...buyer, merchant_uid: 'm', amount: 900, name: 'n' }
  it.each([
    ['ksnet', 'customers/c', typed, ['birth', 'pwd_2digit']],
    ['welcome', 'customers/c', { ...typed, customer_name: '김하나' }, ['customer_name']],
    ['paymentwall', 'customers/c', { ...typed, cvc: '123' }, ['cvc']],
    ['welcome', 'payments/onetime', onetime, ['buyer_name']],
    ['html5_inicis', 'payments/onetime', onetime, ['name', 'buyer_name', 'buyer_email', 'buyer_tel']],
    ['paymentwall', 'payments/onetime', { ...onetime, cvc: '123' }, ['cvc', 'buyer_email']],
    ['ksnet', 'payments/onetime', { ...onetime, product_type: 'real' }, ['product_type', 'buyer_name']],
  ])('%s is told at %s', async (pg, path, whole, names) => {
    const { sandbox, json } = await open({ pgs: [pg] })
    for (const name of names)
      expect(await json('POST', `/subscribe/${path}`, { ...whole, [name]: undefined })).toMatchObject({
        ...refused,
        message: expect.stringContaining(name),
      })
    expect([sandbox.payments, sandbox.billingKeys.size]).toEqual([[], 0])
    expect((await json('POST', `/subscribe/${path}`, whole)).code).toBe(0)
  })

  it('ksnet is told what is sold, and nobody is told a kind of product or receipt that there is not', async () => {
    const { again, json } = await open({ pgs: ['ksnet'] })
    await json('POST', '/subscribe/customers/c', typed)
    expect(await again('m', buyer)).toMatchObject({ ...refused, message: expect.stringContaining('product_type') })
    expect(await again('m', { ...ksnet, product_type: 'books' })).toMatchObject({ status: 400, ...refused })
    expect(await again('m', { ...ksnet, cash_receipt_type: 'nobody' })).toMatchObject({ status: 400, ...refused })
    expect(await again('m', { ...ksnet, channel_key: 'x'.repeat(56) })).toMatchObject({ status: 400, ...refused })
    expect((await again('m', { ...ksnet, cash_receipt_type: 'person' })).code).toBe(0)
  })

  it('naverpay is told why money goes back', async () => {
    const { json } = await open({ pgs: ['naverpay'] })
    await json('POST', '/subscribe/payments/onetime', onetime)
    const cancel = { merchant_uid: 'm', amount: 100 }
    expect(await json('POST', '/payments/cancel', cancel)).toMatchObject({ ...refused, message: expect.stringContaining('reason') })
    expect((await json('POST', '/payments/cancel', { ...cancel, reason: '단순변심' })).code).toBe(0)
  })

  it('tosspayments gets a key without a customer_id too, and one that was given is answered', async () => {
    const { sandbox, json, send } = await open({ pgs: ['tosspayments'] })
    expect(await json('POST', '/subscribe/customers/c', typed)).toMatchObject({ code: 0, response: { customer_id: null } })
    await json('POST', '/subscribe/customers/c', { ...typed, customer_id: 'member-1' })
    await json('POST', '/subscribe/payments/schedule', { customer_uid: 'c', schedules: [row] })
    for (const path of ['/subscribe/customers/c', '/subscribe/payments/schedule/s1'])
      expect(await send('GET', path)).toMatchObject({ response: { customer_id: 'member-1' } })
    sandbox.advance(60)
    expect(sandbox.payments).toMatchObject([{ merchant_uid: 's1', status: 'paid' }])
  })

  it('has what is free of tax in its balance, less what was given back of it', async () => {
    const { json, again, keyIn, send } = await open()
    await keyIn()
    await again('m', { amount: 9_900, tax_free: 4_400 })
    const { response } = (await send('GET', '/payments/find/m')) as { response: { imp_uid: string } }
    const primary = async () =>
      ((await send('GET', `/payments/${response.imp_uid}/balance`)) as { response: { primary: unknown } }).response.primary
    expect(await primary()).toEqual({ tax_free: 4_400, supply: 5_000, vat: 500, service: 0 })
    await json('POST', '/payments/cancel', { merchant_uid: 'm', amount: 5_500, tax_free: 3_300 })
    expect(await primary()).toEqual({ tax_free: 1_100, supply: 3_000, vat: 300, service: 0 })
    await json('POST', '/payments/cancel', { merchant_uid: 'm' })
    expect(await primary()).toEqual({ tax_free: 0, supply: 0, vat: 0, service: 0 })
  })

  it.each(['POST', 'PUT', 'DELETE'])('the balance of a payment takes no %s', async (method) => {
    const { send } = await open()
    expect(await send(method, '/payments/imp_1/balance')).toMatchObject({ status: 405, ...refused })
  })
})

describe('a schedule', () => {
  const plan = async (body: object) => {
    const { sandbox, json } = await open({ pgs: ['smartro_v2', 'jtnet'] })
    await json('POST', '/subscribe/customers/c', { ...typed, card_number: later, pg: 'jtnet' })
    const answer = await json('POST', '/subscribe/payments/schedule', { customer_uid: 'c', schedules: [row], ...body })
    return { answer, sandbox }
  }
  const later = testCards.find(({ id }) => id === 'later-declined')?.number

  it('is refused when its card does not bear the amount that it is tried with', async () => {
    const { answer, sandbox } = await plan({ checking_amount: 100 })
    expect(answer).toMatchObject({ ...refused, message: '잔액이 부족합니다.' })
    expect(sandbox.schedules).toEqual([])
    expect((await plan({ checking_amount: -1 })).answer).toMatchObject({ status: 400, ...refused })
    expect((await plan({ checking_amount: 0 })).answer.code).toBe(0)
  })

  it('keeps no card that was typed with one that is refused', async () => {
    const schedules = [{ ...row, ...buyer, merchant_uid: 's-1' }]
    const { answer, sandbox } = await plan({ ...typed, customer_uid: 'd', schedules })
    expect(answer).toMatchObject(refused)
    expect([...sandbox.billingKeys.keys()]).toEqual(['c'])
    const fine = await plan({ ...typed, customer_uid: 'd', schedules: [{ ...row, ...buyer }] })
    expect([...fine.sandbox.billingKeys.keys()]).toEqual(['c', 'd'])
  })
})

describe('a refund', () => {
  it.each([{ tax_free: 101 }, { tax_free: -1 }, { vat_amount: 101 }])('of 100 won is refused with %j', async (change) => {
    const { sandbox, json, again, keyIn } = await open()
    await keyIn()
    await again('m')
    expect(await json('POST', '/payments/cancel', { merchant_uid: 'm', amount: 100, ...change })).toMatchObject({ status: 400, ...refused })
    expect(sandbox.payments).toMatchObject([{ cancel_amount: 0 }])
  })

  it('is told at the address of the console, not at the charge’s own', async () => {
    const heard: unknown[] = []
    const { sandbox, json, again, keyIn } = await open({ sendNotice: (address, { status }) => void heard.push([address, status]) })
    await keyIn()
    await again('m', { notice_url: 'http://own.example/' })
    const refund = (amount: number) => json('POST', '/payments/cancel', { merchant_uid: 'm', amount, enable_webhook: true })
    await refund(100)
    sandbox.noticeUrl = 'http://console.example/'
    await refund(0)
    await vi.waitFor(() => expect(heard).toHaveLength(2))
    expect(heard).toEqual([
      ['http://own.example/', 'paid'],
      ['http://console.example/', 'cancelled'],
    ])
  })
})

it('searches payments of every status by the time of what became of each', async () => {
  const { sandbox, again, send, json, keyIn, renew } = await open()
  await keyIn()
  await again('early')
  sandbox.advance(86_400)
  await renew()
  await json('POST', '/payments/cancel', { merchant_uid: 'early' })
  await again('late')
  const found = await send('GET', `/payments/status/all?from=${at + 86_400}`)
  expect((found.response as { list: object[] }).list).toMatchObject([{ merchant_uid: 'late' }, { merchant_uid: 'early' }])
})

describe('the window', () => {
  const ask = async (sandbox: Sandbox, params: object, path = '/sandbox/requests') => {
    const whole = { merchant_uid: 'm', customer_uid: 'c', name: 'n', amount: 100, ...params }
    const asked = { userCode: sandbox.userCode, origin: 'javascript:1', mobile: true, params: whole }
    const init = { method: 'POST', headers: { 'content-type': 'application/json' } }
    const send = async (to: string, body: object) =>
      (await sandbox.fetch(new Request(`http://sandbox${to}`, { ...init, body: JSON.stringify(body) }))).json()
    const opened = await send(path, asked)
    return opened.failure ?? send(opened.path, { number: typed.card_number })
  }

  it('asks for the amount and the currency that were prepared', async () => {
    const { sandbox, json, send } = await open()
    await json('POST', '/payments/prepare', { merchant_uid: 'm', amount: 100, currency: 'USD' })
    expect(await send('GET', '/payments/prepare/m')).toMatchObject({ response: { merchant_uid: 'm', amount: 100, currency: 'USD' } })
    for (const params of [{}, { currency: 'KRW' }, { currency: 'USD', amount: 1 }])
      expect(await ask(sandbox, params)).toMatchObject({ error_code: 'F0005' })
    expect(await ask(sandbox, { currency: 'USD' })).toMatchObject({ answer: { merchant_uid: 'm' } })
  })

  it.each([0, -1, {}, true, 'won', ''])('takes no %j for a currency', async (currency) => {
    const { sandbox } = await open()
    expect(await ask(sandbox, { currency })).toMatchObject({ error_code: 'F0003' })
  })

  it.each<{ pg: unknown }>([{ pg: {} }, { pg: { toString: 1 } }, { pg: 7 }, { pg: ['jtnet'] }])('opens for no PG of %j', async ({ pg }) => {
    const { sandbox } = await open()
    expect(await ask(sandbox, { pg })).toMatchObject({ imp_success: false, error_coe: 'F1001' })
  })

  it.each(['javascript:alert(1)', ' JavaScript:alert(1)', 'data:text/html,1'])('sends nobody to %s', async (m_redirect_url) => {
    const { sandbox } = await open()
    const said = await ask(sandbox, { m_redirect_url })
    expect(said).toMatchObject({ answer: { merchant_uid: 'm' } })
    expect(said.redirect).toBeUndefined()
  })
})
