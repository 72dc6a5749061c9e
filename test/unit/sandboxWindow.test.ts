import { describe, expect, it } from 'vitest'
import { pgRules } from '../../src/billing/pg.ts'
import { createSandbox, findTestCard, type Sandbox, type TestCardId, testCards } from '../../src/sandbox/index.ts'
import { formProblems } from '../../src/sandbox/windowForm.ts'

const post = async (sandbox: Sandbox, path: string, body: unknown) => {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  return (await sandbox.fetch(new Request(`http://sandbox${path}`, init))).json()
}
const open = (sandbox: Sandbox, params: object, mobile = false) =>
  post(sandbox, '/sandbox/requests', {
    userCode: sandbox.userCode,
    origin: 'https://shop.example',
    mobile,
    params: { name: 'n', customer_uid: 'c', ...params },
  })
const numberOf = (id: TestCardId) => testCards.find((card) => card.id === id)?.number

it.each([
  ['https://evil.example', 'http://127.0.0.1/reboot', false],
  ['null', 'http://router/reboot', false],
  ['https://evil.example', 'http://[::1]/reboot', false],
  ['https://shop.example', 'https://shop.example/webhook', true],
  ['http://127.0.0.1:3000', 'http://127.0.0.1:3000/webhook', true],
])('a page of %s has %s posted to: %s', async (origin, notice_url, isPosted) => {
  const heard: string[] = []
  const sandbox = createSandbox({ sendNotice: (address) => heard.push(address) })
  const params = { customer_uid: 'c', merchant_uid: 'm', name: 'n', amount: 0, notice_url }
  const ask = async (path: string, body: object) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json', origin }, body: JSON.stringify(body) }
    return (await sandbox.fetch(new Request(`http://127.0.0.1:4010${path}`, init))).json()
  }
  const { path, failure } = await ask('/sandbox/requests', { userCode: sandbox.userCode, origin, mobile: false, params })
  if (isPosted) await ask(path, { number: numberOf('approved') })
  else expect(failure).toMatchObject({ error_code: 'F0003' })
  expect(heard).toEqual(isPosted ? [notice_url] : [])
})

describe('the payment window', () => {
  it('ends once, also when it is sent twice while the card is slow', async () => {
    const sandbox = createSandbox()
    const { path } = await open(sandbox, { merchant_uid: '1', amount: 100 })
    const sent = { number: numberOf('slow') }
    const [first, second] = await Promise.all([post(sandbox, path, sent), post(sandbox, path, sent)])
    expect(first).toEqual(second)
    expect(sandbox.payments).toHaveLength(1)
  })

  it('refuses an order that another window has paid meanwhile (sdk-facts 18)', async () => {
    const sandbox = createSandbox()
    const windows = [await open(sandbox, { merchant_uid: '1', amount: 100 }), await open(sandbox, { merchant_uid: '1', amount: 100 })]
    const answers = []
    for (const { path } of windows) answers.push((await post(sandbox, path, { number: numberOf('approved') })).answer)
    expect(answers).toEqual([expect.objectContaining({ status: 'paid' }), expect.objectContaining({ imp_uid: null, error_code: 'F0004' })])
    expect(sandbox.payments).toHaveLength(1)
  })

  it.each([
    [{ pg: 'danal', amount: 0 }, '결제금액이 0보다 커야 합니다.'],
    [{ pg: 'smartro_v2', m_redirect_url: 'https://shop.example' }, 'customer_id 값이 필요합니다.'],
    [{ pg: 'paymentwall', amount: 100 }, 'buyer_email 값이 필요합니다.'],
    [{ amount: 9.9 }, 'amount는 0 이상의 정수여야 합니다.'],
    [{ amount: '100' }, 'amount는 0 이상의 정수여야 합니다.'],
    [{ name: 'n'.repeat(41) }, 'name 값은 40자 이하여야 합니다.'],
    [{ buyer_tel: '0'.repeat(17) }, 'buyer_tel 값은 16자 이하여야 합니다.'],
  ])('does not open for %j (sdk-facts 18, 20)', async (params, message) => {
    const sandbox = createSandbox({ pgs: Object.keys(pgRules) })
    const { failure } = await open(sandbox, { pg: 'jtnet', merchant_uid: 'm1', ...params })
    expect(failure).toMatchObject({ imp_uid: null, error_msg: message })
  })

  it('opens as a popup where the PG does, on a PC, and where a shop asks for one that the PG may open', async () => {
    const sandbox = createSandbox({ pgs: ['jtnet', 'payco', 'html5_inicis'] })
    const popup = async (pg: string, mobile: boolean, params = {}) =>
      (await open(sandbox, { pg, merchant_uid: 'm', ...params }, mobile)).popup
    expect([await popup('payco', false), await popup('payco', true)]).toEqual([true, false])
    expect([await popup('html5_inicis', false), await popup('html5_inicis', false, { popup: true })]).toEqual([false, true])
    expect(await popup('jtnet', false, { popup: true })).toBe(false)
  })

  it('issues the key of a pending payment when it is paid, also after a restart', async () => {
    const saves: string[] = []
    const clock = '2027-01-01T00:00:00Z'
    const before = createSandbox({ clock, save: (state) => saves.push(state) })
    await before.register({ customerUid: 'c', merchantUid: '1', card: numberOf('pending') ?? null, amount: 100 })
    expect(before.billingKeys.size).toBe(0)
    const after = createSandbox({ clock, saved: saves.at(-1) ?? null })
    after.advance(29)
    expect(after.billingKeys.size).toBe(0)
    after.advance(1)
    expect(after.billingKeys.get('c')?.card.company).toBe('샌드박스카드')
    expect(after.payments[0]).toMatchObject({ status: 'paid', amount: 100 })
  })

  it('escapes what a shop calls its goods', async () => {
    const sandbox = createSandbox()
    const { path } = await open(sandbox, { merchant_uid: '1', amount: 0, name: '</script><img src=x>' })
    const page = await (await sandbox.fetch(new Request(`http://sandbox${path}`))).text()
    expect(page).not.toContain('<img')
    expect(page.match(/<\/script>/g)).toHaveLength(1)
  })
})

describe('formProblems', () => {
  const now = Date.UTC(2027, 0, 31, 14, 59) / 1000 // a minute to February in Korea
  const of = (form: object) => formProblems({ number: numberOf('approved'), ...form }, now, (number) => findTestCard(number) !== undefined)

  it('takes a card until its month ends in Korea', () => {
    expect(of({ expiry: '01/27' })).toBeNull()
    expect(of({ expiry: '12/26' })).toEqual({ expiry: 'past' })
    expect(formProblems({ number: numberOf('approved'), expiry: '01/27' }, now + 60, () => true)).toEqual({ expiry: 'past' })
  })

  it.each([
    [{ number: '' }, { number: 'missing' }],
    [{ number: '4111-1111-1111-1111' }, { number: 'unknown' }],
    [{ expiry: '13/30' }, { expiry: 'malformed' }],
    [{ birth: '900230' }, { birth: 'malformed' }],
    [{ birth: '000229' }, null],
    [{ birth: '123-45-67890' }, null],
    [{ birth: '123456789' }, { birth: 'malformed' }],
    [{ password: '0' }, { password: 'malformed' }],
    [{ password: '' }, { password: 'missing' }],
    [{ agreed: false }, { agreed: 'missing' }],
  ])('says of %j: %j', (form, problems) => {
    expect(of(form)).toEqual(problems)
  })
})
