import { describe, expect, it, vi } from 'vitest'
import { expectCharged, type FaultName, findTestCard, type Sandbox, type SandboxOptions } from '../../src/sandbox/index.ts'
import { at, open, typed } from './openSandbox.ts'

type Answered = { response: Record<string, unknown> & Record<string, unknown>[] }
const rowsOf = (answer: unknown) => (answer as Answered).response
const day = 86_400
const card = typed.card_number
const row = (merchant_uid: string, schedule_at: number, more: object = {}) => ({
  merchant_uid,
  schedule_at,
  amount: 500,
  name: 'n',
  ...more,
})

describe('the PG of a key', () => {
  const pgs = ['jtnet', 'kakaopay', 'smartro_v2']

  it('is the one that issued it, in the window and at the shop, and the first of the merchant where none or a strange one is named', async () => {
    const { sandbox, json, send, again } = await open({ pgs })
    const pgOf = async (uid: string) => rowsOf(await send('GET', `/subscribe/customers/${uid}`)).pg_provider
    await sandbox.register({ customerUid: 'c', merchantUid: 'w', pg: 'kakaopay.MID' })
    expect(await pgOf('c')).toBe('kakaopay')
    expect(rowsOf(await again('m')).pg_provider).toBe('kakaopay')
    for (const [pg, expected] of [
      ['kakaopay', 'kakaopay'],
      ['kakaopay.MID', 'kakaopay'],
      ['payco', 'jtnet'],
      ['', 'jtnet'],
    ]) {
      await json('POST', '/subscribe/customers/d', { ...typed, pg })
      expect(await pgOf('d'), pg).toBe(expected)
    }
    const paid = await json('POST', '/subscribe/payments/onetime', { ...typed, merchant_uid: 'o', amount: 5, pg: 'kakaopay' })
    expect(rowsOf(paid).pg_provider).toBe('kakaopay')
  })

  it('makes its rules for order numbers those of later charges too', async () => {
    const { json, again } = await open({ pgs })
    await json('POST', '/subscribe/customers/c', { ...typed, pg: 'smartro_v2' })
    const buyer = { buyer_name: '김하나', buyer_email: 'hana@shop.example', buyer_tel: '010-0000-0000' }
    expect((await again('m-1', buyer)).code).toBe(-1)
    expect((await again('m1', buyer)).code).toBe(0)
  })
})

describe('schedules', () => {
  const plan = (json: Awaited<ReturnType<typeof open>>['json'], ...schedules: object[]) =>
    json('POST', '/subscribe/payments/schedule', { customer_uid: 'c', schedules })

  it('are charged at their own times when the clock leaps over several', async () => {
    const { sandbox, json, keyIn } = await open({ clock: () => at + 0.3 })
    await keyIn()
    await plan(json, row('s2', at + 60 * day), row('s1', at + 30 * day))
    sandbox.advance(90 * day)
    expect(sandbox.payments.map(({ merchant_uid, paid_at }) => [merchant_uid, paid_at])).toEqual([
      ['s1', at + 30 * day],
      ['s2', at + 60 * day],
    ])
    expect(sandbox.schedules.map(({ executed_at }) => executed_at)).toEqual([at + 60 * day, at + 30 * day])
    expect(sandbox.now()).toBe(at + 90 * day)
  })

  it('say what has become of their payment, a refund too', async () => {
    const { sandbox, json, send, keyIn } = await open()
    await keyIn()
    await plan(json, row('s1', at + 60))
    const statusOf = async () => rowsOf(await send('GET', '/subscribe/payments/schedule/s1')).payment_status
    expect(await statusOf()).toBe(null)
    sandbox.advance(60)
    expect(await statusOf()).toBe('paid')
    await json('POST', '/payments/cancel', { merchant_uid: 's1', amount: 200 })
    expect(await statusOf()).toBe('paid')
    await json('POST', '/payments/cancel', { merchant_uid: 's1' })
    expect(await statusOf()).toBe('cancelled')
  })

  it('are paid for by the buyer that they name, else by the customer that was told with the card', async () => {
    const { sandbox, json } = await open()
    await json('POST', '/subscribe/customers/c', { ...typed, customer_name: '김하나', customer_tel: '010-0000-0000' })
    await plan(json, row('s1', at + 1), row('s2', at + 1, { buyer_name: '이두리', custom_data: 'x' }))
    sandbox.advance(1)
    expect(sandbox.payments).toMatchObject([
      { buyer_name: '김하나', buyer_tel: '010-0000-0000', channel: 'api', customer_uid_usage: 'payment.scheduled' },
      { buyer_name: '이두리', buyer_tel: '010-0000-0000', custom_data: 'x' },
    ])
  })

  it('charge the key there is, whatever card is typed with them', async () => {
    const { sandbox, json, keyIn } = await open()
    await keyIn()
    const other = { ...typed, card_number: '9410-0000-0000-0004' }
    await json('POST', '/subscribe/payments/schedule', { customer_uid: 'c', ...other, schedules: [row('s', at + 1)] })
    sandbox.advance(1)
    expect(sandbox.payments).toMatchObject([{ status: 'paid', card_name: findTestCard(card)?.company }])
  })

  it('are listed newest first unless the query says otherwise, three months at most', async () => {
    const { json, send, keyIn } = await open()
    await keyIn()
    await plan(json, row('s1', at + day), row('s3', at + 3 * day), row('s2', at + 2 * day))
    const list = async (path: string) => rowsOf(await send('GET', path)).map(({ merchant_uid }) => merchant_uid)
    const all = `/subscribe/payments/schedule?schedule_from=${at}&schedule_to=${at + 9 * day}`
    expect(await list(all)).toEqual(['s3', 's2', 's1'])
    expect(await list(`${all}&sorting=scheduled`)).toEqual(['s1', 's2', 's3'])
    expect(await list(`/subscribe/customers/c/schedules?from=${at}&to=${at + 9 * day}`)).toEqual(['s3', 's2', 's1'])
    expect((await send('GET', `/subscribe/customers/c/schedules?from=${at}&to=${at + 93 * day}`)).status).toBe(400)
  })

  it('that were revoked can be set again or charged now, as those that failed; those that wait cannot', async () => {
    const { sandbox, json, keyIn } = await open()
    await keyIn()
    await plan(json, row('s1', at + day), row('s2', at + day), row('s3', at + day))
    const on = (order: string, what: string, body: object = {}) => json('POST', `/subscribe/payments/schedule/${order}/${what}`, body)
    expect((await on('s3', 'retry')).status).toBe(400)
    expect((await on('s3', 'reschedule', { schedule_at: at + 2 * day })).status).toBe(400)
    // one order number alone, in JSON
    for (const merchant_uid of ['s1', 's2'])
      expect((await json('POST', '/subscribe/payments/unschedule', { customer_uid: 'c', merchant_uid })).code).toBe(0)
    expect(rowsOf(await on('s1', 'retry'))).toMatchObject({ merchant_uid: 's1', status: 'paid' })
    expect((await on('s1', 'retry')).status).toBe(400)
    const moved = { schedule_status: 'scheduled', schedule_at: at + 2 * day, revoked_at: 0 }
    expect(rowsOf(await on('s2', 'reschedule', { schedule_at: at + 2 * day }))).toMatchObject(moved)
    sandbox.advance(2 * day)
    expect(sandbox.payments.map(({ merchant_uid }) => merchant_uid)).toEqual(['s1', 's3', 's2'])
  })
})

describe('webhooks', () => {
  /** What the shop hears, in order. */
  const hear = (options: SandboxOptions = {}) => {
    const heard: unknown[] = []
    return {
      heard,
      options: { ...options, sendNotice: (_: string, { merchant_uid }: { merchant_uid?: unknown }) => void heard.push(merchant_uid) },
    }
  }

  it('come late, twice or never by the header of one charge', async () => {
    const { heard, options } = hear()
    const { sandbox, again, keyIn } = await open(options)
    await keyIn()
    sandbox.noticeUrl = 'http://shop.example/'
    for (const fault of ['webhook-late', 'webhook-twice', 'webhook-never']) await again(fault, {}, { 'x-sandbox-fault': fault })
    await again('plain')
    await vi.waitFor(() => expect(heard).toEqual(['webhook-twice', 'webhook-twice', 'plain']))
    sandbox.advance(61)
    await vi.waitFor(() => expect(heard.at(-1)).toBe('webhook-late'))
    expect(heard).toHaveLength(4)
  })

  it('are all sent, also when more wait than are remembered', async () => {
    const { heard, options } = hear()
    const { sandbox, again, keyIn } = await open(options)
    await keyIn()
    sandbox.noticeUrl = 'http://shop.example/'
    sandbox.faults.set('webhook-late', true)
    for (let order = 0; order < 700; order += 1) await again(`m${order}`)
    sandbox.faults.set('webhook-late', false)
    expect(sandbox.webhooks).toHaveLength(700)
    sandbox.advance(61)
    await vi.waitFor(() => expect(new Set(heard).size).toBe(700))
    await again('one-more')
    await vi.waitFor(() => expect(heard).toHaveLength(701))
    expect(sandbox.webhooks).toHaveLength(500)
    expect(sandbox.webhooks.at(-1)?.notice.merchant_uid).toBe('one-more')
  })
})

describe('the header x-sandbox-fault', () => {
  it.each(['nonsense', 'toString', '', 'sdk-blocked', 'window-closed'])('says in a sentence that it does not know %j', async (fault) => {
    const { sandbox, again, keyIn } = await open()
    await keyIn()
    const answer = await again('m', {}, { 'x-sandbox-fault': fault })
    expect(answer).toMatchObject({ status: 400, code: -1, message: expect.stringContaining('webhook-twice') })
    expect(sandbox.payments).toEqual([])
  })

  it('keeps the card of a one-time payment whose approval is pending until it is paid', async () => {
    const { sandbox, json } = await open()
    const body = { ...typed, merchant_uid: 'm', amount: 5, customer_uid: 'c', buyer_name: '김하나' }
    const pending: FaultName = 'pending'
    const answer = await json('POST', '/subscribe/payments/onetime', body, { 'x-sandbox-fault': pending })
    expect(rowsOf(answer)).toMatchObject({ status: 'ready', paid_at: 0, fail_reason: null, card_name: findTestCard(card)?.company })
    expect(sandbox.billingKeys.size).toBe(0)
    sandbox.advance(2)
    expect(sandbox.payments).toMatchObject([{ status: 'paid' }])
    expect(sandbox.billingKeys.get('c')).toMatchObject({ customer: { customer_name: '김하나' } })
  })
})

describe('what an SDK asks for', () => {
  const post = async (sandbox: Sandbox, path: string, body: string) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
    const answer = await sandbox.fetch(new Request(`http://sandbox${path}`, init))
    const said = (await answer.json()) as { path?: string; answer?: unknown; problem?: string; closed?: true; failure?: unknown }
    return { status: answer.status, ...said }
  }
  const ask = (sandbox: Sandbox, params: object) => {
    const whole = { merchant_uid: 'm', customer_uid: 'c', name: 'n', amount: 100, ...params }
    return post(sandbox, '/sandbox/requests', JSON.stringify({ userCode: sandbox.userCode, origin: 'https://shop.example', params: whole }))
  }

  it('takes no more than a window needs, nor a call of the REST API than a megabyte', async () => {
    const { sandbox, json } = await open()
    const ask = (length: number) => {
      const params = { customer_uid: 'c', merchant_uid: `m${length}`, name: 'n', amount: 0, custom_data: 'x'.repeat(length) }
      return post(sandbox, '/sandbox/requests', JSON.stringify({ userCode: sandbox.userCode, origin: 'https://shop.example', params }))
    }
    expect((await ask(100_001)).status).toBe(400)
    expect((await ask(50_000)).status).toBe(200)
    const order = { customer_uid: 'c', merchant_uid: 'm', amount: 1, name: 'n', custom_data: 'x'.repeat(1_000_000) }
    expect(await json('POST', '/subscribe/payments/again', order)).toMatchObject({ status: 400, code: -1, response: null })
  })

  it.each(['', '{', '[]', 'null', '1', '{}', '{"params":1}', '{"params":{}}', '{"params":{},"origin":1}'])('is no %j', async (body) => {
    const { sandbox } = await open()
    expect(await post(sandbox, '/sandbox/requests', body)).toMatchObject({ status: 400, problem: expect.any(String) })
    const { path } = await ask(sandbox, {})
    if (!body.startsWith('{"') && body !== '{}') expect((await post(sandbox, String(path), body)).answer).toBeUndefined()
    expect(sandbox.payments).toEqual([])
  })

  it.each([
    [{ merchant_uid: {} }],
    [{ merchant_uid: '' }],
    [{ name: [] }],
    [{ customer_uid: {} }],
    [{ buyer_name: { first: 'a' } }],
    [{ merchant_uid: 1e20 + 0.5, customer_uid: 'c'.repeat(81) }],
    [{ customer_uid: undefined, amount: 0 }],
    [{ m_redirect_url: 'nonsense', amount: -1 }],
  ])('is refused with a word when it holds %j', async (params) => {
    const { sandbox } = await open()
    expect(await ask(sandbox, params)).toMatchObject({ status: 200, failure: { error_code: 'F0003', error_msg: expect.any(String) } })
  })

  it('is a payment like any other without a customer_uid: no key, and the whole amount whatever the PG', async () => {
    const { sandbox } = await open({ pgs: ['html5_inicis'] })
    const { path } = await ask(sandbox, { customer_uid: undefined })
    expect((await post(sandbox, String(path), JSON.stringify({ number: card }))).answer).toMatchObject({ paid_amount: 100 })
    expect(sandbox.payments).toMatchObject([{ amount: 100, customer_uid: null, customer_uid_usage: null }])
    expect([...sandbox.billingKeys.keys()]).toEqual([])
  })

  it('is forgotten by a reset, also while its card is slow', async () => {
    const { sandbox } = await open()
    const { path } = await ask(sandbox, {})
    const slow = post(sandbox, String((await ask(sandbox, { merchant_uid: 's' })).path), JSON.stringify({ number: '9410-0000-0000-0007' }))
    // so that it is under way; where this machine is too busy for that, it is gone as the other
    await new Promise((resolve) => setTimeout(resolve, 200))
    sandbox.reset()
    expect(await post(sandbox, String(path), JSON.stringify({ number: card }))).toMatchObject({ problem: 'gone' })
    expect((await slow).answer).toBeUndefined()
    expect(sandbox.payments).toEqual([])
  })

  it('is remembered a thousand times at most, those that ended going first', async () => {
    const { sandbox } = await open()
    const pathOf = async (merchant_uid: string) => String((await ask(sandbox, { merchant_uid })).path)
    const send = (path: string) => post(sandbox, path, '{"cancel":true}')
    const [first, ended] = [await pathOf('first'), await pathOf('ended')]
    expect(await send(ended)).toMatchObject({ answer: { error_code: 'J001' } })
    for (let other = 2; other < 1_000; other += 1) await pathOf(`m${other}`)
    expect(await send(ended)).toMatchObject({ answer: { error_code: 'J001' } })
    await pathOf('one-more')
    expect(await send(ended)).toMatchObject({ problem: 'gone' })
    expect(await (await sandbox.fetch(new Request(`http://sandbox${first}`))).text()).toContain('first')
    await pathOf('another')
    expect(await send(first)).toMatchObject({ problem: 'gone' })
  })

  it('has the same numbers with the same seed, the windows too', async () => {
    const paths = async () => [(await ask((await open()).sandbox, {})).path, (await ask((await open()).sandbox, {})).path]
    const [one, other] = await paths()
    expect(one).toBe(other)
  })
})

it('answers PortOne’s envelope to a call that it does not have', async () => {
  const { send } = await open()
  for (const path of ['/certifications/imp_1', '/vbanks/holder', '/nothing'])
    expect(await send('GET', path)).toMatchObject({ status: 404, code: -1, response: null })
})

describe('faults of a charge', () => {
  const later = (merchant_uid: string, schedule_at = at + 60) => ({
    customer_uid: 'c',
    schedules: [{ merchant_uid, schedule_at, amount: 9_900, name: 'n' }],
  })
  it('strike what is scheduled too, while they are switched on and as often', async () => {
    const { sandbox, json, again, keyIn } = await open()
    await keyIn()
    for (const [order, seconds] of [
      ['s1', 60],
      ['s2', 120],
      ['s3', 180],
    ] as const)
      await json('POST', '/subscribe/payments/schedule', later(order, at + seconds))
    sandbox.faults.set('declined', 1)
    sandbox.advance(60)
    expect(sandbox.schedules[0]).toMatchObject({ schedule_status: 'executed', payment_status: 'failed', fail_reason: '카드사 거절' })
    expect(sandbox.faults.active()).toEqual([])
    sandbox.faults.set('pending', 1)
    sandbox.advance(60)
    expect(sandbox.schedules[1]).toMatchObject({ schedule_status: 'executed', payment_status: 'ready' })
    // paid a second later, at its own time, also when the clock leaps
    sandbox.advance(60)
    expect(sandbox.schedules.map(({ payment_status }) => payment_status)).toEqual(['failed', 'paid', 'paid'])
    expect(sandbox.payments.map(({ status, paid_at }) => [status, paid_at])).toEqual([
      ['failed', 0],
      ['paid', at + 121],
      ['paid', at + 180],
    ])
    sandbox.faults.set('declined', true)
    expect((await again('m')).response).toMatchObject({ status: 'failed' })
    sandbox.faults.set('declined', false)
    expect((await again('m')).response).toMatchObject({ status: 'paid' })
  })

  it('has a pending charge of a schedule paid at its own time when the clock leaps over both', async () => {
    const { sandbox, json, keyIn } = await open()
    await keyIn()
    await json('POST', '/subscribe/payments/schedule', later('s'))
    sandbox.faults.set('pending', true)
    sandbox.advance(3_600)
    expect(sandbox.payments).toMatchObject([{ status: 'paid', started_at: at + 60, paid_at: at + 61 }])
  })

  it('strike a schedule that is tried again, by header', async () => {
    const { sandbox, json, keyIn } = await open()
    await keyIn()
    await json('POST', '/subscribe/payments/schedule', later('s'))
    await json('POST', '/subscribe/payments/unschedule', { customer_uid: 'c' })
    const retry = (fault?: string) =>
      json('POST', '/subscribe/payments/schedule/s/retry', {}, fault === undefined ? {} : { 'x-sandbox-fault': fault })
    expect((await retry('declined')).response).toMatchObject({ status: 'failed' })
    expect((await retry()).response).toMatchObject({ status: 'paid' })
    expect(sandbox.payments).toHaveLength(2)
  })

  it('strike the webhook of a refund, by header', async () => {
    const heard: unknown[] = []
    const { sandbox, json, again, keyIn } = await open({ sendNotice: (_, { status }) => void heard.push(status) })
    sandbox.noticeUrl = 'http://shop.example/'
    await keyIn()
    await again('m')
    const refund = (fault: string) =>
      json('POST', '/payments/cancel', { merchant_uid: 'm', amount: 100, enable_webhook: true }, { 'x-sandbox-fault': fault })
    await refund('webhook-never')
    expect(heard).toEqual(['paid'])
    await refund('webhook-twice')
    expect(heard).toEqual(['paid', 'paid', 'paid'])
  })
})

it('makes what is scheduled by itself while its clock runs, and saves it', async () => {
  let seconds = at
  let saved = ''
  const save = (text: string) => {
    saved = text
  }
  const { sandbox, json, keyIn } = await open({ clock: () => seconds, save })
  vi.useFakeTimers()
  try {
    await keyIn()
    const schedules = [{ merchant_uid: 's', schedule_at: at + 86_400, amount: 9_900, name: 'n' }]
    await json('POST', '/subscribe/payments/schedule', { customer_uid: 'c', schedules })
    await vi.advanceTimersByTimeAsync(5_000)
    expect(sandbox.payments).toEqual([])
    // the machine slept
    seconds += 86_400
    await vi.advanceTimersByTimeAsync(1_000)
    expectCharged(sandbox, 's', 9_900)
    expect(saved).toContain('"payment_status":"paid"')
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})

describe('a moment', () => {
  const latest = Date.parse('9999-12-31T23:59:59Z') / 1000
  it.each([latest + 1, (at + 60) * 1_000, 1e15 - 1])('is in seconds, and none of the calendar is %s', async (moment) => {
    const { sandbox, send, json, keyIn } = await open()
    await keyIn()
    const schedule = (schedule_at: number) =>
      json('POST', '/subscribe/payments/schedule', {
        customer_uid: 'c',
        schedules: [{ merchant_uid: 's', schedule_at, amount: 100, name: 'n' }],
      })
    const refused = { status: 400, code: -1, message: expect.stringContaining('초 단위') }
    expect(await schedule(moment)).toMatchObject(refused)
    expect(await schedule(at + 60)).toMatchObject({ code: 0 })
    expect(await json('PUT', '/subscribe/payments/schedule/s', { schedule_at: moment })).toMatchObject(refused)
    for (const query of [
      `/payments/status/paid?to=${moment}`,
      `/payments/status/paid?from=${moment}`,
      `/subscribe/payments/schedule?schedule_from=${moment}&schedule_to=${moment}`,
      `/subscribe/customers/c/schedules?from=${moment}&to=${moment}`,
    ])
      expect(await send('GET', query), query).toMatchObject(refused)
    expect(sandbox.schedules).toMatchObject([{ schedule_at: at + 60 }])
  })

  it('is none after the calendar, however often the clock is moved', async () => {
    const { sandbox } = await open()
    const move = (seconds: number) => {
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ seconds }) }
      return sandbox.fetch(new Request('http://sandbox/sandbox/clock', init))
    }
    expect((await move(latest - at + 1)).status).toBe(400)
    expect(() => sandbox.advance(latest - at + 1)).toThrow(RangeError)
    expect(sandbox.now()).toBe(at)
    expect((await move(latest - at)).status).toBe(200)
    expect((await move(1)).status).toBe(400)
    expect(sandbox.now()).toBe(latest)
  })
})
