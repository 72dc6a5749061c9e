import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { takeLanding } from '../../src/attempt/landing.ts'
import { reportFrom } from '../../src/attempt/leftovers.ts'
import { attemptsOfPage, recheckPage } from '../../src/attempt/page.ts'
import { keepOnlyFor, markTold, type PendingAttempt, pendingAttempt, pendingAttempts, remember } from '../../src/attempt/pending.ts'
import { Attempt, type AttemptSettings } from '../../src/attempt/runAttempt.ts'
import { callSafely } from '../../src/attempt/telling.ts'
import { unconfirmed } from '../../src/billing/confirm.ts'
import { type BillingKeyOutcome, type BillingKeyRequest, type Confirm, type ConfirmAnswer, isBillingKeyError } from '../../src/index.ts'
import { installFakeIamport, resetPage } from './fakeIamport.ts'

const requestOf = (merchantUid: string, amount = 0): BillingKeyRequest => ({
  customerUid: `card-${merchantUid}`,
  merchantUid,
  name: '월간',
  amount,
})
const earlier: PendingAttempt = {
  userCode: 'imp00000000',
  merchantUid: 'order-0',
  customerUid: 'card-0',
  amount: 0,
  currency: 'KRW',
  pg: 'jtnet',
  impUid: null,
  startedAt: Date.now(),
  failedAsks: 0,
  cameToNothing: false,
}
const issuedOf = (merchantUid: string | null, impUid: string | null): ConfirmAnswer => ({
  status: 'issued',
  customerUid: `card-${merchantUid}`,
  impUid: impUid ?? 'imp_1',
  charged: 0,
  currency: 'KRW',
  card: null,
})
const issued: Confirm = async ({ merchantUid, impUid }) => issuedOf(merchantUid, impUid)
const offline: Confirm = () => Promise.reject(new Error('offline'))

let fake: ReturnType<typeof installFakeIamport>
const attempts: Attempt[] = []
beforeEach(() => {
  resetPage()
  fake = installFakeIamport()
  vi.spyOn(console, 'error').mockImplementation(() => {})
})
afterEach(async () => {
  for (const one of attempts.splice(0)) {
    one.abandon() // its window
    await settle()
    one.abandon() // and what is asked about it then
    one.unmount()
  }
  await settle()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

const settingsOf = (confirm: Confirm | undefined): AttemptSettings => ({
  sdk: { userCode: 'imp00000000' },
  defaults: { pg: 'jtnet', redirectUrl: '/done' },
  confirm,
  confirmTimeoutMs: 15_000,
  fetchIntent: undefined,
  customerKey: undefined,
})

/** An attempt as a hook has it, and all that it told. */
function mounted(confirm?: Confirm, { listens = true, fetchIntent }: { listens?: boolean } & Partial<AttemptSettings> = {}) {
  const told: BillingKeyOutcome[] = []
  const errors: unknown[] = []
  const settings = () => ({ ...settingsOf(confirm), fetchIntent })
  const attempt = new Attempt({
    settings,
    onOutcome: () => (listens ? (outcome) => void told.push(outcome) : undefined),
    onError: () => (listens ? (error) => void errors.push(error) : undefined),
  })
  attempts.push(attempt)
  attempt.mount()
  return { attempt, told, errors }
}
const settle = () => new Promise<void>((resolve) => setTimeout(resolve))
const refusal = 'imp_success=false&merchant_uid=order-0&error_msg=no'
const consumerOf = (confirm?: Confirm, told: BillingKeyOutcome[] = []) => ({
  settings: () => settingsOf(confirm),
  onOutcome: () => (outcome: BillingKeyOutcome) => void told.push(outcome),
  onError: () => undefined,
  replaceUrl: () => undefined,
})

/** A page of the same tab on which PortOne's query has arrived. */
async function landed(query: string, confirm?: Confirm) {
  Reflect.deleteProperty(window, Symbol.for('react-billing-key.page'))
  history.replaceState(null, '', `/done?${query}`)
  const told: BillingKeyOutcome[] = []
  const landing = takeLanding(consumerOf(confirm, told))
  await settle()
  return { told, shown: landing?.getSnapshot().outcome }
}
const succeed = (at: number) =>
  fake.calls[at]?.answer({ success: true, imp_uid: `imp_${at}`, merchant_uid: fake.calls[at]?.params.merchant_uid })
const scripts = () => document.querySelectorAll('script').length
const failure = (status: unknown, code: unknown) => Object.assign(new Error('no'), { status, code })

describe('a request that cannot be had', () => {
  it.each([
    ['failed', failure(400, 'no')],
    ['failed', failure(499, 'no')],
    ['error', failure(399, 'no')],
    ['error', failure(500, 'no')],
    ['error', failure('403', 'no')],
    ['error', failure(403, 7)],
    ['error', { status: 403, code: 'no', message: 'no' }],
  ])('ends as %s where it throws %o', async (end, thrown) => {
    const { attempt, told, errors } = mounted(issued)
    const how = attempt
      .issue(() => Promise.reject(thrown))
      .then(
        ({ status }) => status,
        (error: unknown) => isBillingKeyError(error) && 'error',
      )
    expect(await how).toBe(end)
    expect(told).toMatchObject(end === 'failed' ? [{ status: 'failed', code: 'no', stage: 'before-window' }] : [])
    expect(errors).toMatchObject(end === 'failed' ? [] : [{ code: 'request-failed' }])
  })

  it('is said to be wrong before anything is loaded', async () => {
    Reflect.deleteProperty(window, 'IMP')
    const { attempt } = mounted(issued)
    await expect(attempt.issue(requestOf('order-1', -1))).rejects.toMatchObject({ code: 'invalid-request' })
    expect(scripts()).toBe(0)
  })

  it('shows its newest error, has settled by it, and opens when it is right', async () => {
    const { attempt, errors } = mounted(issued)
    await expect(attempt.issue(() => requestOf('order-1', -1))).rejects.toMatchObject({ code: 'invalid-request' })
    expect(attempt.getSnapshot()).toMatchObject({ phase: 'settled', error: errors[0] })
    await expect(attempt.issue(() => requestOf('order-1', -2))).rejects.toMatchObject({ code: 'invalid-request' })
    expect(errors).toHaveLength(2)
    expect(attempt.getSnapshot().error).toBe(errors[1])
    void attempt.issue(() => requestOf('order-1'))
    expect(fake.calls).toHaveLength(1)
  })
})

describe('the SDK at the moment it is called', () => {
  it.each([
    ['https://cdn.iamport.kr/js/iamport.payment-1.2.0.js', 'channel-key-1', ['sdk-incompatible']],
    ['https://cdn.iamport.kr/js/iamport.payment-1.2.0.js', undefined, []],
    ['https://cdn.iamport.kr/v1/iamport.js', 'channel-key-1', []],
    ['https://shop.example/vendor.js', 'channel-key-1', []],
  ])('%s with the channelKey %s ends in %j', async (src, channelKey, codes) => {
    document.head.append(Object.assign(document.createElement('script'), { type: 'text/plain', src }))
    const { attempt, errors } = mounted(issued)
    void attempt.issue({ ...requestOf('order-1'), channelKey }).catch(() => {})
    await settle()
    expect(errors.map((error) => isBillingKeyError(error) && error.code)).toEqual(codes)
    expect(fake.calls).toHaveLength(1 - codes.length)
  })

  it.each([
    ['jtnet', undefined, 1],
    ['jtnet', true, 0],
    ['payco', undefined, 0],
    ['kicc', undefined, 0],
  ] as const)('a click that was spent on waiting opens the window of %s with popup: %s %s times', async (pg, popup, windows) => {
    vi.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValue(1_001)
    const { attempt } = mounted(issued)
    void attempt.issue(async () => ({ ...requestOf('order-1'), pg, popup })).catch(() => {})
    await settle()
    expect(fake.calls).toHaveLength(windows)
    expect(attempt.getSnapshot().phase).toBe(windows === 1 ? 'window-open' : 'ready')
  })

  it('has gone while the request was fetched', async () => {
    let give: (request: BillingKeyRequest) => void = () => {}
    const end = mounted(issued).attempt.issue(() => new Promise((resolve) => (give = resolve)))
    await settle()
    Reflect.deleteProperty(window, 'IMP')
    give(requestOf('order-1'))
    await expect(end).rejects.toMatchObject({ code: 'sdk-load-failed' })
  })
})

it('prepare() loads the SDK ahead, once', () => {
  Reflect.deleteProperty(window, 'IMP')
  const { attempt } = mounted(issued)
  attempt.prepare()
  attempt.prepare()
  expect(scripts()).toBe(1)
})

describe('the page', () => {
  it('forgets an attempt whose component has gone, and not one that is under way', async () => {
    const { attempts: known } = attemptsOfPage()
    let answer: (said: ConfirmAnswer) => void = () => {}
    const first = mounted(() => new Promise((resolve) => (answer = resolve))).attempt
    const second = mounted(issued)
    void first.issue(requestOf('order-1'))
    first.unmount()
    await settle()
    succeed(0)
    await settle()
    expect(first.getSnapshot().phase).toBe('confirming')
    expect(known.has(first)).toBe(true)
    await expect(second.attempt.issue(requestOf('order-2'))).rejects.toMatchObject({ code: 'window-busy' })
    answer(issuedOf('order-1', 'imp_0'))
    await settle()
    expect(known.has(first)).toBe(false)
    second.attempt.unmount()
    await settle()
    expect(known.size).toBe(0)
  })

  it('reports nothing of a second click where nobody listens to errors', async () => {
    const reported = vi.fn()
    vi.stubGlobal('reportError', reported)
    void mounted(issued).attempt.issue(requestOf('order-1'))
    await expect(mounted(issued, { listens: false }).attempt.issue(requestOf('order-2'))).rejects.toMatchObject({ code: 'window-busy' })
    expect(reported).not.toHaveBeenCalled()
  })

  it('reports what a listener throws as a rejection that nobody handles, where there is no reportError', async () => {
    vi.stubGlobal('reportError', undefined)
    const rejected = vi.spyOn(Promise, 'reject').mockReturnValue(new Promise(() => {}))
    const thrown = new Error('of the shop')
    callSafely(() => {
      throw thrown
    })
    expect(rejected).toHaveBeenCalledExactlyOnceWith(thrown)
  })

  it('asks no server any more about an order of a member who has gone', async () => {
    keepOnlyFor('member-1')
    const confirm = vi.fn<Confirm>(() => new Promise(() => {}))
    void mounted(confirm).attempt.issue(requestOf('order-1'))
    succeed(0)
    await settle()
    const [, signal] = confirm.mock.calls[0] ?? []
    expect(signal?.aborted).toBe(false)
    keepOnlyFor('member-2')
    recheckPage()
    expect(signal?.aborted).toBe(true)
  })
})

it('the shop’s order comes back with a window that was only closed', async () => {
  const { attempt, told } = mounted(async () => ({ status: 'none' }), { fetchIntent: async () => requestOf('order-1') })
  void attempt.issue({ order: { plan: 'monthly' } })
  await settle()
  attempt.abandon()
  await settle()
  expect(told).toMatchObject([{ status: 'cancelled', order: { plan: 'monthly' } }])
})

it.each([undefined, null, 401])('a server that fails with %s is one that could not be reached', async (failed) => {
  const { attempt, told } = mounted(() => Promise.reject(failed))
  void attempt.issue(requestOf('order-1'))
  succeed(0)
  await settle()
  expect(told).toMatchObject([{ status: 'unconfirmed', reason: 'unreachable' }])
})

describe('an order that the customer did not pay', () => {
  it.each([
    ['cancelled in the window', { success: false, error_code: 'F400', error_msg: '[결제포기] 사용자가 결제를 취소하셨습니다' }, 0],
    ['whose window was only closed', null, 1],
  ])('is kept where its landing may still come: one %s', async (_, answer, kept) => {
    const { attempt, told } = mounted(async () => ({ status: 'none' }))
    void attempt.issue(requestOf('order-1'))
    if (answer) fake.calls[0]?.answer({ ...answer, merchant_uid: 'order-1' })
    else attempt.abandon()
    await settle()
    expect(told).toMatchObject([{ status: 'cancelled', by: answer ? 'customer' : 'closed' }])
    expect(pendingAttempts()).toHaveLength(kept)
  })
})

describe('an order from before', () => {
  it('counts an ask that failed as the customer’s, when their click waited for it', async () => {
    remember(earlier)
    await expect(mounted(offline).attempt.issue(requestOf('order-1'))).resolves.toMatchObject({ status: 'unconfirmed' })
    expect(pendingAttempt('order-0')).toMatchObject({ failedAsks: 1 })
  })

  it.each(['KRW', 'USD'])('is reported in its own currency, %s', (currency) => {
    expect(reportFrom({ ...earlier, currency, impUid: 'imp_0' })).toMatchObject({ status: 'reported', currency })
  })

  it.each(['in its window', 'at the server'])('is left alone by what looks after leftovers, while it is %s', async (where) => {
    const confirm = vi.fn<Confirm>(() => new Promise(() => {}))
    void mounted(confirm).attempt.issue(requestOf('order-1'))
    if (where === 'at the server') succeed(0)
    await settle()
    const asks = confirm.mock.calls.length
    mounted(confirm).attempt.lookAfterLeftovers()
    await settle()
    expect(confirm).toHaveBeenCalledTimes(asks)
  })

  it('that the server says is no key is forgotten in silence, and the click goes on', async () => {
    remember(earlier)
    const { attempt, told } = mounted(async () => ({ status: 'failed', code: 'not-yours', message: '' }))
    void attempt.issue(requestOf('order-1'))
    await settle()
    expect(fake.calls).toHaveLength(1)
    expect(pendingAttempt('order-0')).toBeNull()
    expect(told).toEqual([])
  })

  it('is not taken for nothing after hours, as long as nobody could be asked', async () => {
    remember({ ...earlier, startedAt: Date.now() - 7_200_000 })
    await expect(mounted(offline).attempt.issue(requestOf('order-1'))).resolves.toMatchObject({ status: 'unconfirmed' })
    expect(fake.calls).toHaveLength(0)
    expect(pendingAttempt('order-0')).toMatchObject({ cameToNothing: false })
  })

  it('is kept with the number of its key, as long as nobody can be told', async () => {
    remember(earlier)
    mounted(async () => issuedOf('order-0', 'imp_7'), { listens: false }).attempt.lookAfterLeftovers()
    await settle()
    expect(pendingAttempt('order-0')).toMatchObject({ impUid: 'imp_7' })
  })

  it('is told to one that shows nothing else, and as unconfirmed to nobody else', async () => {
    const confirm = vi.fn<Confirm>(offline)
    const first = mounted(confirm)
    await first.attempt.issue(() => Promise.reject(failure(403, 'no')))
    remember(earlier)
    first.attempt.lookAfterLeftovers()
    await settle()
    expect(confirm).toHaveBeenCalledTimes(1)
    expect(first.told).toMatchObject([{ status: 'failed', code: 'no' }])
    confirm.mockImplementation(issued)
    const second = mounted(confirm)
    first.attempt.lookAfterLeftovers()
    await settle()
    expect(second.attempt.getSnapshot()).toMatchObject({ phase: 'settled', outcome: { status: 'issued', merchantUid: 'order-0' } })
    expect(first.told).toHaveLength(1)
  })

  it('is left to the landing by what looks after leftovers, while its result is in the address', async () => {
    remember(earlier)
    history.replaceState(null, '', '/done?imp_uid=imp_0&merchant_uid=order-0')
    const confirm = vi.fn(issued)
    mounted(confirm).attempt.lookAfterLeftovers()
    await settle()
    expect(confirm).not.toHaveBeenCalled()
  })

  it('is asked about by PortOne’s number, when its new window says no, and is this click’s own', async () => {
    remember({ ...earlier, impUid: 'imp_9', cameToNothing: true })
    const confirm = vi.fn(issued)
    const { attempt, told } = mounted(confirm)
    const end = attempt.issue(requestOf('order-0'))
    expect(fake.calls).toHaveLength(1)
    fake.calls[0]?.answer({ success: false, merchant_uid: 'order-0', error_code: 'E', error_msg: '이미 결제된 주문번호입니다' })
    await expect(end).resolves.toMatchObject({ status: 'issued', impUid: 'imp_9', recovered: false })
    expect(confirm).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ impUid: 'imp_9' }), expect.anything())
    expect(told).toHaveLength(1)
  })

  it.each([
    ['is a key, when the server knows one', issuedOf('order-0', 'imp_9'), { status: 'issued', impUid: 'imp_9' }],
    ['is what its new window says, when the server knows none', { status: 'none' } as const, { status: 'failed', code: 'E' }],
  ])('that may have been paid in a window that was closed %s', async (_, said, end) => {
    remember({ ...earlier, cameToNothing: true })
    const confirm = vi.fn<Confirm>(async () => said)
    const { attempt, told } = mounted(confirm)
    const ended = attempt.issue(requestOf('order-0'))
    fake.calls[0]?.answer({ success: false, merchant_uid: 'order-0', error_code: 'E', error_msg: '이미 결제된 주문번호입니다' })
    await expect(ended).resolves.toMatchObject(end)
    expect(confirm).toHaveBeenCalledTimes(1)
    expect(told).toMatchObject([end])
  })

  it.each([null, 'imp_9'])('is asked about, with its number %s, also where its second window refuses by the landing', async (impUid) => {
    remember({ ...earlier, amount: 9_900, impUid, isAgain: true })
    const confirm = vi.fn(issued)
    const { told } = await landed(refusal, confirm)
    expect(confirm).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ impUid }), expect.anything())
    expect(told).toMatchObject([{ status: 'issued', merchantUid: 'order-0' }])
  })

  it.each([null, 'imp_1'])(
    'is asked about, with its number %s, and not with that of the payment its second window refused',
    async (impUid) => {
      const declined = { status: 'failed', code: 'declined', message: '' } as const
      const confirm = vi.fn<Confirm>(async (claim) => (claim.impUid === impUid ? issuedOf('order-0', 'imp_1') : declined))
      remember({ ...earlier, amount: 9_900, impUid, isAgain: true })
      expect(await landed(`imp_uid=imp_2&${refusal}`, confirm)).toMatchObject({ shown: { status: 'issued', impUid: 'imp_1' } })
      remember({ ...earlier, amount: 9_900, impUid, cameToNothing: true })
      const end = mounted(confirm).attempt.issue(requestOf('order-0', 9_900))
      fake.calls[0]?.answer({ success: false, imp_uid: 'imp_2', merchant_uid: 'order-0', error_code: 'E', error_msg: '한도 초과' })
      await expect(end).resolves.toMatchObject({ status: 'issued', impUid: 'imp_1' })
    },
  )

  it('is unconfirmed, and its number kept, where its second window refuses and the server knows of no payment', async () => {
    const none: Confirm = async () => ({ status: 'none' })
    remember({ ...earlier, amount: 9_900, impUid: 'imp_1', isAgain: true })
    expect(await landed(`imp_uid=imp_2&${refusal}`, none)).toMatchObject({ told: [{ status: 'unconfirmed', reason: 'not-yet' }] })
    expect(pendingAttempt('order-0')).toMatchObject({ impUid: 'imp_1' })
    remember({ ...earlier, amount: 9_900, impUid: 'imp_1', cameToNothing: true })
    const end = mounted(none).attempt.issue(requestOf('order-0', 9_900))
    fake.calls[0]?.answer({ success: false, imp_uid: 'imp_2', merchant_uid: 'order-0', error_code: 'E', error_msg: '한도 초과' })
    await expect(end).resolves.toMatchObject({ status: 'unconfirmed', impUid: 'imp_1' })
    expect(pendingAttempt('order-0')).toMatchObject({ impUid: 'imp_1' })
  })

  it('is never asked about by the number of the payment its second window refused', async () => {
    const confirm = vi.fn<Confirm>(async () => ({ status: 'none' }))
    remember({ ...earlier, isAgain: true })
    expect(await landed(`imp_uid=imp_2&${refusal}`, confirm)).toMatchObject({ told: [{ status: 'failed', message: 'no' }] })
    expect(confirm).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ impUid: null }), expect.anything())
  })

  it('stays reported where its second window refuses and nobody can be asked', async () => {
    remember({ ...earlier, impUid: 'imp_1', isAgain: true })
    expect(await landed(refusal)).toMatchObject({ told: [{ status: 'reported', impUid: 'imp_1' }] })
  })

  it('is asked about by the number of its second window, where that contradicts itself', async () => {
    const confirm = vi.fn(issued)
    remember({ ...earlier, impUid: 'imp_1', cameToNothing: true })
    const end = mounted(confirm).attempt.issue(requestOf('order-0'))
    fake.calls[0]?.answer({ success: true, imp_uid: 'imp_2', merchant_uid: 'order-0', error_code: 'E', error_msg: '실패' })
    await expect(end).resolves.toMatchObject({ status: 'issued', impUid: 'imp_2' })
  })

  it('stays open to what its first window may have been paid, also after its second one was refused', async () => {
    const confirm = vi.fn<Confirm>(async () => ({ status: 'none' }))
    remember({ ...earlier, amount: 9_900, cameToNothing: true })
    const { attempt } = mounted(confirm)
    for (const status of ['failed', 'issued']) {
      const end = attempt.issue(requestOf('order-0', 9_900))
      fake.calls.at(-1)?.answer({ success: false, merchant_uid: 'order-0', error_code: 'E', error_msg: '이미 결제된 주문번호입니다' })
      await expect(end).resolves.toMatchObject({ status })
      confirm.mockImplementation(issued)
    }
  })

  it('whose end becomes known by another attempt’s question is shown as what it is', async () => {
    const confirm = vi.fn<Confirm>(offline)
    const first = mounted(confirm)
    const end = first.attempt.issue(requestOf('order-1'))
    succeed(0)
    await expect(end).resolves.toMatchObject({ status: 'unconfirmed' })
    confirm.mockImplementation(issued)
    mounted(confirm).attempt.lookAfterLeftovers()
    await settle()
    expect(first.attempt.getSnapshot()).toMatchObject({ phase: 'settled', outcome: { status: 'issued', merchantUid: 'order-1' } })
    expect(first.told.map(({ status }) => status)).toEqual(['unconfirmed', 'issued'])
  })
})

describe('a refusal that Back to the PG brings to the landing', () => {
  const success = 'imp_success=true&imp_uid=imp_9&merchant_uid=order-0'

  it('takes nothing back of a success that nobody could confirm', async () => {
    remember({ ...earlier, amount: 9_900 })
    expect(await landed(success, offline)).toMatchObject({ told: [{ status: 'unconfirmed' }] })
    expect(await landed(refusal, offline)).toMatchObject({ told: [], shown: { status: 'unconfirmed' } })
    expect(pendingAttempt('order-0')).toMatchObject({ impUid: 'imp_9' })
    expect(await landed(refusal, issued)).toMatchObject({ told: [{ status: 'issued', impUid: 'imp_9' }] })
  })

  it('is not shown of an order whose key was told of, and asks nobody', async () => {
    remember({ ...earlier, amount: 9_900 })
    expect(await landed(success, issued)).toMatchObject({ told: [{ status: 'issued' }] })
    const confirm = vi.fn(issued)
    expect(await landed(refusal, confirm)).toMatchObject({ told: [], shown: { status: 'issued', impUid: 'imp_9' } })
    expect(confirm).not.toHaveBeenCalled()
  })

  it.each([
    ['was closed', { cameToNothing: true }, null],
    ['is unconfirmed', {}, 'unconfirmed'],
  ])('is asked about, where the window %s before', async (_, change, before) => {
    remember({ ...earlier, ...change })
    if (before) markTold(unconfirmed(reportFrom(earlier), 'unreachable', 0, false))
    expect(await landed(refusal, async () => ({ status: 'none' }))).toMatchObject({ shown: { status: 'failed', message: 'no' } })
    remember({ ...earlier, cameToNothing: true })
    expect(await landed(refusal, issued)).toMatchObject({ told: [{ status: 'issued' }] })
  })

  it.each([true, false])('leaves a window to be asked about, also after an earlier refusal: it had come to nothing: %s', async (closed) => {
    remember({ ...earlier, cameToNothing: closed })
    if (!closed) markTold(unconfirmed(reportFrom(earlier), 'sign-in', 0, false))
    expect(await landed(refusal, async () => ({ status: 'none' }))).toMatchObject({ told: [{ status: 'failed' }] })
    Reflect.deleteProperty(window, Symbol.for('react-billing-key.page'))
    vi.spyOn(performance, 'getEntriesByType').mockReturnValueOnce([{ type: 'reload' }] as never)
    expect(takeLanding(consumerOf())?.getSnapshot()).toMatchObject({ outcome: { status: 'failed' } })
    const confirm = vi.fn(issued)
    expect(await landed(`imp_uid=imp_2&${refusal}`, confirm)).toMatchObject({ told: [{ status: 'issued', impUid: 'imp_1' }] })
    expect(confirm).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ impUid: null }), expect.anything())
  })

  it('is asked about, where the server knew of no payment before and nobody was told', async () => {
    remember({ ...earlier, amount: 9_900, cameToNothing: true })
    expect(await landed(refusal, issued)).toMatchObject({ told: [{ status: 'issued' }] })
  })

  it('is not shown in place of what the merchant’s server refused', async () => {
    remember({ ...earlier, amount: 9_900 })
    const said = { status: 'failed', code: 'other-amount', message: '고객센터에 문의해 주세요.' } as const
    await landed(success, async () => said)
    expect(await landed(refusal, issued)).toMatchObject({ told: [], shown: said })
  })

  it('takes nothing back of a success that nobody could be asked about, and is asked about where somebody can be', async () => {
    remember({ ...earlier, amount: 9_900 })
    const reported = { status: 'reported', impUid: 'imp_9', customerUid: 'card-0', charged: 9_900 }
    expect(await landed(success)).toMatchObject({ told: [reported] })
    for (const query of [refusal, 'imp_success=true&imp_uid=&merchant_uid=order-0'])
      expect(await landed(query)).toMatchObject({ told: [], shown: reported })
    const confirm = vi.fn(issued)
    expect(await landed(refusal, confirm)).toMatchObject({ told: [{ status: 'issued', impUid: 'imp_9' }] })
    expect(confirm).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ impUid: 'imp_9', customerUid: 'card-0' }), expect.anything())
  })

  it('leaves the attempt to what lands after it, which blocks the next click as long as nobody can say', async () => {
    remember({ ...earlier, amount: 9_900, token: 'token-0' })
    expect(await landed(refusal, offline)).toMatchObject({ told: [{ status: 'failed' }] })
    const confirm = vi.fn<Confirm>(offline)
    // Back to the PG, and another card
    expect(await landed(success, confirm)).toMatchObject({ shown: { status: 'unconfirmed', amount: 9_900 } })
    expect(confirm).toHaveBeenCalledWith(
      { merchantUid: 'order-0', customerUid: 'card-0', impUid: 'imp_9', token: 'token-0' },
      expect.anything(),
    )
    expect(await landed(refusal, confirm)).toMatchObject({ told: [], shown: { status: 'unconfirmed' } })
    await expect(mounted(confirm).attempt.issue(requestOf('order-1'))).resolves.toMatchObject({ merchantUid: 'order-0' })
    expect(fake.calls).toHaveLength(0)
    expect(await landed(refusal, issued)).toMatchObject({ told: [{ status: 'issued', impUid: 'imp_9' }] })
  })

  it.each([refusal, `imp_uid=imp_2&${refusal}`])(
    'takes nothing back of an order that this tab knows only from its landing: %s',
    async (query) => {
      expect(await landed(success, offline)).toMatchObject({ told: [{ status: 'unconfirmed' }] })
      expect(await landed(query, offline)).toMatchObject({ told: [], shown: { status: 'unconfirmed' } })
      const confirm = vi.fn(issued)
      expect(await landed(query, confirm)).toMatchObject({ told: [{ status: 'issued', impUid: 'imp_9' }] })
      expect(confirm).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ impUid: 'imp_9' }), expect.anything())
    },
  )

  it('is not asked about by the number of an earlier refusal, of an order that only its landings told of', async () => {
    const declined = { status: 'failed', code: 'declined', message: '' } as const
    expect(await landed(`imp_uid=imp_1&${refusal}`, async () => declined)).toMatchObject({ told: [{ status: 'failed' }] })
    await landed(success, offline)
    const confirm = vi.fn<Confirm>(async ({ impUid }) => (impUid === null ? issuedOf('order-0', 'imp_9') : declined))
    expect(await landed(`imp_uid=imp_2&${refusal}`, confirm)).toMatchObject({ told: [{ status: 'issued', impUid: 'imp_9' }] })
  })

  it('is the window’s own word, where it had said nothing before', async () => {
    remember({ ...earlier, amount: 9_900 })
    const confirm = vi.fn(issued)
    expect(await landed(refusal, confirm)).toMatchObject({ told: [{ status: 'failed', message: 'no' }] })
    expect(confirm).not.toHaveBeenCalled()
  })
})

it('asks by the number that is known, where a success lands without one', async () => {
  remember({ ...earlier, impUid: 'imp_9' })
  const confirm = vi.fn(issued)
  await landed('success=true&merchant_uid=order-0', confirm)
  expect(confirm).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ impUid: 'imp_9' }), expect.anything())
})

it('tells of each key that lands without an order number', async () => {
  for (const impUid of ['imp_1', 'imp_2'])
    expect(await landed(`imp_success=true&imp_uid=${impUid}`, issued)).toMatchObject({ told: [{ status: 'issued', impUid }] })
})

describe('a reload of the landing', () => {
  beforeEach(() => {
    vi.spyOn(performance, 'getEntriesByType').mockReturnValue([{ type: 'reload' } as PerformanceNavigationTiming])
  })

  it('shows nothing of an earlier order, where the one that landed last had no number', async () => {
    remember(earlier)
    await landed(refusal)
    await landed('imp_success=true&imp_uid=imp_2', issued)
    expect(await landed('', issued)).toEqual({ told: [], shown: undefined })
  })

  it('finds an order whose plus came back as a space', async () => {
    remember({ ...earlier, merchantUid: 'order+0' })
    await landed('imp_success=true&imp_uid=imp_9&merchant_uid=order%200', issued)
    expect(await landed('', offline)).toMatchObject({ told: [], shown: { status: 'issued', merchantUid: 'order+0' } })
  })
})

describe('a late success', () => {
  it.each(['imp_0', undefined])(
    'with number %s is asked about as what its own window was opened for, also while a second one is open',
    async (imp_uid) => {
      const confirm = vi.fn<Confirm>(async () => ({ status: 'none' }))
      const { attempt } = mounted(confirm)
      const closed = attempt.issue({ ...requestOf('order-1'), token: 'token-1' })
      attempt.abandon()
      await closed
      confirm.mockImplementation(issued)
      const end = attempt.issue({ ...requestOf('order-1'), customerUid: 'another', token: 'token-2' })
      fake.calls[0]?.answer({ success: true, imp_uid, merchant_uid: 'order-1' })
      await expect(end).resolves.toMatchObject({ status: 'issued', customerUid: 'card-order-1' })
      const claim = { merchantUid: 'order-1', customerUid: 'card-order-1', impUid: imp_uid ?? null, token: 'token-1' }
      expect(confirm).toHaveBeenLastCalledWith(claim, expect.anything())
    },
  )

  it('without PortOne’s number leaves the one that a second window has told', async () => {
    const confirm = vi.fn<Confirm>(async () => ({ status: 'none' }))
    const first = mounted(confirm).attempt
    const second = mounted(confirm).attempt
    const closed = first.issue(requestOf('order-1'))
    first.abandon()
    await closed
    confirm.mockImplementation(offline)
    const end = second.issue(requestOf('order-1'))
    succeed(1)
    await expect(end).resolves.toMatchObject({ status: 'unconfirmed' })
    for (const ask of ['first', 'second']) {
      second.recheck()
      await settle()
      expect(pendingAttempt('order-1'), ask).toMatchObject({ impUid: 'imp_1' })
    }
    expect(pendingAttempt('order-1')).toMatchObject({ failedAsks: 2 })
    fake.calls[0]?.answer({ success: true, merchant_uid: 'order-1' })
    expect(pendingAttempt('order-1')).toMatchObject({ impUid: 'imp_1', failedAsks: 0, cameToNothing: false })
    fake.calls[0]?.answer({ success: true, imp_uid: 'imp_9', merchant_uid: 'order-1' })
    expect(pendingAttempt('order-1')).toMatchObject({ impUid: 'imp_9' })
  })

  it('is asked about by who has the order’s second window, where nobody could be asked about the first', async () => {
    const first = mounted()
    const second = mounted(issued)
    void first.attempt.issue(requestOf('order-1'))
    first.attempt.abandon()
    const end = second.attempt.issue(requestOf('order-1'))
    succeed(0)
    await expect(Promise.race([end, settle()])).resolves.toMatchObject({ status: 'issued', impUid: 'imp_0' })
  })

  it('is its own attempt’s, also while the window of another is open', async () => {
    const confirm: Confirm = async ({ merchantUid, impUid }) => (impUid === null ? { status: 'none' } : issuedOf(merchantUid, impUid))
    const first = mounted(confirm)
    const end = first.attempt.issue(requestOf('order-1'))
    first.attempt.abandon()
    await expect(end).resolves.toMatchObject({ status: 'cancelled' })
    const second = mounted(confirm)
    void second.attempt.issue(requestOf('order-2'))
    succeed(0)
    await settle()
    expect(first.told).toMatchObject([{ status: 'cancelled' }, { status: 'issued', merchantUid: 'order-1', recovered: false }])
    expect(second.told).toEqual([])
    expect(second.attempt.getSnapshot().phase).toBe('window-open')
  })

  it('without PortOne’s number is asked about by its order, and lost by no reload', async () => {
    const confirm = vi.fn<Confirm>(async () => ({ status: 'none' }))
    const { attempt, told } = mounted(confirm)
    const end = attempt.issue(requestOf('order-1'))
    attempt.abandon()
    await expect(end).resolves.toMatchObject({ status: 'cancelled' })
    expect(pendingAttempt('order-1')).toMatchObject({ cameToNothing: true })
    confirm.mockImplementation(issued)
    fake.calls[0]?.answer({ success: true, merchant_uid: 'order-1' })
    expect(pendingAttempt('order-1')).toMatchObject({ cameToNothing: false, impUid: null })
    await settle()
    expect(told).toMatchObject([{ status: 'cancelled' }, { status: 'issued', merchantUid: 'order-1' }])
  })

  it('is not ended by the end of the question that was asked without its number', async () => {
    const answers: ((said: ConfirmAnswer) => void)[] = []
    const { attempt, told } = mounted(() => new Promise((resolve) => answers.push(resolve)))
    void attempt.issue(requestOf('order-1', 9_900))
    attempt.abandon()
    await settle()
    succeed(0)
    await settle()
    expect(answers).toHaveLength(2)
    answers[0]?.({ status: 'none' })
    await settle()
    expect(attempt.getSnapshot().phase).toBe('confirming')
    answers[1]?.(issuedOf('order-1', 'imp_0'))
    await settle()
    expect(told).toMatchObject([{ status: 'issued', impUid: 'imp_0' }])
  })

  it.each([
    ['asks again with the number, when the server knows of no payment without it', { status: 'none' } as const, 2],
    ['takes a key for what it is', issuedOf('order-1', 'imp_9'), 1],
  ])('that another one heard meanwhile: %s', async (_, said, asks) => {
    const answers: ((said: ConfirmAnswer) => void)[] = []
    const confirm = vi.fn<Confirm>(() => new Promise((resolve) => answers.push(resolve)))
    const { attempt, told } = mounted(confirm)
    void attempt.issue(requestOf('order-1', 9_900))
    attempt.abandon()
    await settle()
    remember({ ...earlier, ...pendingAttempt('order-1'), impUid: 'imp_9' })
    answers[0]?.(said)
    await settle()
    expect(confirm).toHaveBeenCalledTimes(asks)
    answers[1]?.(issuedOf('order-1', 'imp_9'))
    await settle()
    expect(confirm).toHaveBeenLastCalledWith(expect.objectContaining({ impUid: asks === 2 ? 'imp_9' : null }), expect.anything())
    expect(told).toMatchObject([{ status: 'issued', impUid: 'imp_9', recovered: false }])
  })

  it('ends a click whose request is still fetched, where no server confirms', async () => {
    const first = mounted()
    const second = mounted()
    void first.attempt.issue(requestOf('order-1'))
    first.attempt.abandon()
    let fetched: (request: BillingKeyRequest) => void = () => {}
    const end = second.attempt.issue(() => new Promise((resolve) => (fetched = resolve)))
    succeed(0)
    await expect(end).resolves.toMatchObject({ status: 'reported', merchantUid: 'order-1', recovered: true })
    fetched(requestOf('order-2'))
    await settle()
    expect(fake.calls).toHaveLength(1)
    expect(first.told.map(({ status }) => status)).toEqual(['cancelled', 'reported'])
  })
})

it('a click that waits for the landing opens its window, when that comes to no key', async () => {
  let answer: (said: ConfirmAnswer) => void = () => {}
  const confirm: Confirm = () => new Promise((resolve) => (answer = resolve))
  const landing = mounted(confirm).attempt
  attemptsOfPage().attempts.delete(landing)
  attemptsOfPage().landing = landing
  const { merchantUid, customerUid } = earlier
  landing.takeOver(
    {
      type: 'landed',
      report: reportFrom({ ...earlier, impUid: 'imp_0' }),
      attempt: { merchantUid, amount: 0, canAsk: true, failedAsks: 0 },
    },
    { merchantUid, customerUid, impUid: 'imp_0', token: undefined },
    confirm,
  )
  const { attempt, told } = mounted(confirm)
  void attempt.issue(requestOf('order-1'))
  await settle()
  expect(attempt.getSnapshot().phase).toBe('preparing')
  answer({ status: 'failed', code: 'not-yours', message: '' })
  await settle()
  expect(told).toEqual([])
  expect(fake.calls).toHaveLength(1)
})
