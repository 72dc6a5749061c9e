import jQuery from 'jquery'
import { beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { commands } from 'vitest/browser'
import { toReport } from '../../src/billing/outcome.ts'
import { loadIamport, readyIamport } from '../../src/iamport/loadIamport.ts'
import { requestPay, type WindowEnd } from '../../src/iamport/requestPay.ts'
import { currentIamport, type Iamport } from '../../src/iamport/sdk.ts'
import type { TestCardId } from '../../src/sandbox/testCards.ts'
import { freshPage } from './freshPage.ts'

const sandboxUrl = inject('sandboxUrl')
const userCode = 'imp00000000'
let number = 0
const newParams = (change = {}) => {
  number += 1
  const id = `${Date.now()}-${number}`
  return { pg: 'jtnet', pay_method: 'card', customer_uid: `card-${id}`, merchant_uid: `issue-${id}`, name: '월간', amount: 0, ...change }
}
/** The overlays of both families. */
const overlays = () => document.querySelectorAll<HTMLElement>('.imp-dialog, #imp-iframe-wrapper')
const overlay = () => [...overlays()].find((dialog) => dialog.style.display !== 'none')
const whenOpen = () =>
  vi.waitFor(
    () => {
      if (!overlay()) throw new Error('no window')
    },
    { timeout: 10_000 },
  )
async function inWindow(card: TestCardId | null) {
  await whenOpen()
  await commands.inWindow(overlay()?.querySelector('iframe')?.src ?? '', card)
}
const register = () => inWindow('approved')
/** A window, and a promise of how it ends. */
function openWindow(imp: Iamport, params: ReturnType<typeof newParams>, onLate: (answer: unknown) => void = () => {}) {
  let resolve: (end: WindowEnd) => void = () => {}
  const end = new Promise<WindowEnd>((settle) => {
    resolve = settle
  })
  return { ...requestPay(imp, params, { onEnd: (how) => resolve(how), onLate }), end }
}
const isPending = (open: { end: Promise<WindowEnd> }) =>
  Promise.race([open.end, new Promise((resolve) => setTimeout(resolve, 600, 'pending'))])

beforeEach(freshPage)

describe.each([
  ['v1', '/v1/iamport.js'],
  ['legacy 1.1.5', '/js/iamport.payment-1.1.5.js'],
  ['legacy 1.2.0', '/js/iamport.payment-1.2.0.js'],
])('requestPay on the SDK %s', (version, path) => {
  let imp: Iamport
  const deadX = version === 'legacy 1.2.0'
  const onLate = vi.fn()
  beforeEach(async () => {
    onLate.mockReset()
    Object.assign(window, { jQuery })
    imp = await loadIamport({ userCode, scriptUrl: `${sandboxUrl}${path}` })
  })
  const open = (params: ReturnType<typeof newParams> = newParams()) => {
    const attempt = { merchantUid: params.merchant_uid, customerUid: params.customer_uid, amount: params.amount, pg: params.pg }
    const opening = openWindow(imp, params, onLate)
    const outcome = opening.end.then((end) => (end.kind === 'answer' ? toReport(end.answer, attempt, 'callback') : end))
    return { ...opening, outcome }
  }

  it('answers with a key and what was charged (sdk-facts 8, 10)', async () => {
    const { outcome } = open(newParams({ amount: 9900 }))
    await register()
    expect(await outcome).toMatchObject({
      status: 'reported',
      charged: 9900,
      card: { name: '현대카드', number: '9410-****-****-0001' },
    })
    expect(overlay()).toBeUndefined()
  })

  it('answers with a refusal and with a cancellation (sdk-facts 10, 12)', async () => {
    const refused = open()
    await inWindow('over-limit')
    expect(await refused.outcome).toMatchObject({ status: 'failed', code: 'J202', stage: 'in-window' })
    const cancelled = open()
    await inWindow(null)
    expect(await cancelled.outcome).toMatchObject({ status: 'cancelled', by: 'customer' })
  })

  it('hears of a failure before the window through the callback, on a phone too (sdk-facts 9, 11, 25)', async () => {
    const userAgent = vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue('iPhone Mobile')
    freshPage()
    Object.assign(window, { jQuery })
    imp = await loadIamport({ userCode, scriptUrl: `${sandboxUrl}${path}` })
    userAgent.mockRestore()
    expect(await open(newParams({ pg: 'not-registered' })).outcome).toMatchObject({
      status: 'failed',
      code: 'F1001',
      impUid: null,
      stage: 'before-window',
    })
  })

  it('is told that no PG is registered (sdk-facts 25)', async () => {
    imp.init('imp99999999')
    expect(await open().outcome).toMatchObject({ status: 'failed', code: 'NOT_READY', stage: 'before-window' })
  })

  it('leads out of an overlay whose X tells nobody, or throws and leaves it there (sdk-facts 7, 24, 35)', async () => {
    const attempt = open()
    await whenOpen()
    const broken = vi.fn((event: ErrorEvent) => event.preventDefault())
    window.addEventListener('error', broken)
    overlay()?.querySelector<HTMLElement>('.imp-close')?.click()
    window.removeEventListener('error', broken)
    expect(broken).toHaveBeenCalledTimes(deadX ? 1 : 0)
    expect(await attempt.end).toEqual({ kind: 'closed' })
    expect(overlay()).toBeUndefined()
    // and the next attempt opens
    const next = open()
    await register()
    expect(await next.outcome).toMatchObject({ status: 'reported' })
  })

  const hearsBehindDeadX = async () => {
    const attempt = open()
    await whenOpen()
    delete imp.close // and so the frame lives on behind what the customer closed
    window.addEventListener('error', (event) => event.preventDefault(), { once: true })
    overlay()?.querySelector<HTMLElement>('.imp-close')?.click()
    expect(await attempt.end).toEqual({ kind: 'closed' })
    for (const dialog of overlays()) dialog.style.display = 'block'
    await register()
    await vi.waitFor(() => expect(onLate).toHaveBeenCalledOnce(), { timeout: 10_000 })
  }
  // the others' X works
  if (deadX) it('hears of a success behind a dead X (sdk-facts 24)', hearsBehindDeadX)

  it('hands on a success that was under way when the customer was let out (sdk-facts 24)', async () => {
    const attempt = open()
    await whenOpen()
    const frame = [...overlays()].flatMap((dialog) => [...dialog.querySelectorAll('iframe')]).find((known) => known.src)
    const id = /window\/(\w+)/.exec(frame?.src ?? '')?.[1]
    expect(id).toBeDefined()
    // this SDK has no close(), or not one that ends the window in time
    delete imp.close
    attempt.abandon()
    expect(await attempt.end).toEqual({ kind: 'closed' })
    expect(document.body.className).toBe('')
    for (const dialog of overlays()) dialog.style.display = 'block'
    await register()
    await vi.waitFor(() => expect(onLate).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ imp_uid: expect.any(String) })), {
      timeout: 10_000,
    })
  })

  it('takes the SDK’s alert for the answer it stands for, and lets the page’s own through (sdk-facts 5)', async () => {
    const shown = vi.spyOn(window, 'alert').mockImplementation(() => {})
    const spied = window.alert
    expect(await open(newParams({ name: '' })).end).toMatchObject({ kind: 'sdk-alert', message: '필수 파라미터가 누락되었습니다.' })
    expect(shown).not.toHaveBeenCalled()
    const attempt = open()
    await whenOpen()
    window.alert('장바구니를 비웠습니다')
    expect(shown).toHaveBeenCalledExactlyOnceWith('장바구니를 비웠습니다')
    attempt.abandon()
    expect(window.alert).toBe(spied)
    shown.mockRestore()
  })

  it('says what the SDK complains about when init was never called (sdk-facts 5)', async () => {
    freshPage()
    Object.assign(window, { jQuery })
    const script = document.createElement('script')
    script.src = `${sandboxUrl}${path}`
    await new Promise((resolve) => {
      script.onload = resolve
      document.head.append(script)
    })
    imp = currentIamport() as Iamport
    expect(await open().end).toMatchObject({ kind: 'sdk-alert', message: expect.stringContaining('init') })
  })

  it('refuses a second window, which the SDK would take for the first one’s (sdk-facts 4, 6)', async () => {
    imp.init(userCode) // not ready yet: the SDK remembers only its last call
    const first = open()
    expect(() => open()).toThrow(expect.objectContaining({ code: 'window-busy' }))
    await register()
    expect(await first.outcome).toMatchObject({ status: 'reported' })
  })

  it('does not take the messages of other frames for its own (sdk-facts 30)', async () => {
    const swallow = (event: ErrorEvent) => event.preventDefault()
    window.addEventListener('error', swallow)
    const attempt = open()
    await whenOpen()
    window.postMessage('wallet')
    window.postMessage({ result: { request_id: 'req_1', answer: { success: true, imp_uid: 'imp_forged' } } })
    window.postMessage({ sandboxRequest: 'x', result: { answer: { imp_uid: 'imp_forged' } } })
    expect(await isPending(attempt)).toBe('pending')
    window.removeEventListener('error', swallow)
    attempt.abandon()
  })

  it('does not initialise the merchant twice, which would end an open window (sdk-facts 3)', async () => {
    const init = vi.spyOn(imp, 'init')
    const attempt = open()
    await whenOpen()
    expect(readyIamport({ userCode })).toBe(imp)
    expect(init).not.toHaveBeenCalled()
    expect(() => readyIamport({ userCode: 'imp11111111' })).toThrow(expect.objectContaining({ code: 'window-busy' }))
    attempt.abandon()
    // afterwards the other merchant may have its turn
    readyIamport({ userCode: 'imp11111111' })
    expect(init).toHaveBeenCalledExactlyOnceWith('imp11111111')
    await vi.waitFor(() => expect(overlays()).not.toHaveLength(0))
  })
})

it('leads out of the newer family’s wrapper, and out of what a phone hides behind it (sdk-facts 7, 26)', async () => {
  const wrapper = document.createElement('div')
  wrapper.id = 'imp-iframe-wrapper'
  const stuck = {
    init() {},
    request_pay() {
      document.body.append(wrapper)
      document.body.classList.add('imp-payment-progress')
    },
  }
  const attempt = openWindow(stuck, newParams())
  expect(await isPending(attempt)).toBe('pending')
  attempt.abandon()
  expect(await attempt.end).toEqual({ kind: 'closed' })
  expect(wrapper.style.display).toBe('none')
  expect(document.body.className).toBe('')
  wrapper.remove()
})

it.each(['1.1.5', '1.2.0'])('says that the legacy SDK %s wants jQuery, and works once it is there (sdk-facts 1, 29)', async (version) => {
  const load = () => loadIamport({ userCode, scriptUrl: `${sandboxUrl}/js/iamport.payment-${version}.js` })
  await expect(load()).rejects.toMatchObject({ code: 'sdk-incompatible', message: expect.stringContaining('load jQuery first') })
  Object.assign(window, { jQuery })
  await expect(load()).resolves.toHaveProperty('request_pay')
})
