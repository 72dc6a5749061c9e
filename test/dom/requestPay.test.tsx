import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type OpenWindow, requestPay } from '../../src/iamport/requestPay.ts'
import type { Iamport } from '../../src/iamport/sdk.ts'
import { installFakeIamport, resetPage } from './fakeIamport.ts'

// test/browser/requestPay.test.tsx does it with the SDKs of the sandbox; here is what those never do
const original = window.alert
/** An alert out of the SDK's own script. */
const alertOfSdk = new Function('message', 'window.alert(message)\n//# sourceURL=https://cdn.iamport.kr/v1/iamport.js') as (
  message: string,
) => void
const params = { merchant_uid: 'order-1' } as Parameters<typeof requestPay>[1]
const onEnd = vi.fn()
const onLate = vi.fn()
const alert = vi.fn()
const windows: OpenWindow[] = []

beforeEach(() => {
  resetPage()
  window.alert = alert
})
afterEach(() => {
  for (const one of windows.splice(0)) one.abandon()
  window.alert = original
  document.body.replaceChildren()
  vi.clearAllMocks()
})

function open(during: () => void = () => {}, close?: () => void) {
  const { imp, calls } = installFakeIamport()
  const call = imp.request_pay
  vi.spyOn(imp, 'request_pay').mockImplementation((...of) => {
    call(...of)
    during()
  })
  const opened = requestPay(Object.assign(imp, close && { close }) as unknown as Iamport, params, { onEnd, onLate })
  windows.push(opened)
  return { ...opened, answer: (said: unknown) => calls[0]?.answer(said) }
}

describe('an alert', () => {
  it('of the page itself is shown, and ends no window', () => {
    open()
    window.alert('hello')
    expect(alert).toHaveBeenCalledExactlyOnceWith('hello')
    expect(onEnd).not.toHaveBeenCalled()
  })

  it('out of the SDK’s script ends a window that has not shown', () => {
    open()
    alertOfSdk('no such PG')
    expect(onEnd).toHaveBeenCalledExactlyOnceWith({ kind: 'sdk-alert', message: 'no such PG' })
    expect(alert).not.toHaveBeenCalled()
    expect(window.alert).toBe(alert)
  })

  it('out of the SDK’s script ends none that has shown', async () => {
    open()
    const overlay = document.createElement('div')
    overlay.className = 'imp-dialog'
    document.body.append(overlay)
    await new Promise((resolve) => setTimeout(resolve))
    alertOfSdk('press again')
    expect(alert).toHaveBeenCalledExactlyOnceWith('press again')
    expect(onEnd).not.toHaveBeenCalled()
  })

  it('during the call is its answer, and what is called back after it came late', () => {
    const { answer } = open(() => window.alert('no such PG'))
    expect(onEnd).toHaveBeenCalledExactlyOnceWith({ kind: 'sdk-alert', message: 'no such PG' })
    answer({ success: true })
    expect(onEnd).toHaveBeenCalledTimes(1)
    expect(onLate).toHaveBeenCalledExactlyOnceWith({ success: true })
  })

  it('that another script has replaced meanwhile stays theirs', () => {
    const { abandon } = open()
    const theirs = vi.fn()
    window.alert = theirs
    abandon()
    expect(window.alert).toBe(theirs)
  })

  it('of a script with no stack is the page’s own', () => {
    open()
    const stack = vi.spyOn(globalThis, 'Error').mockImplementation(function noStack() {
      return { stack: undefined }
    } as unknown as () => Error)
    window.alert('hello')
    stack.mockRestore()
    expect(alert).toHaveBeenCalledExactlyOnceWith('hello')
    expect(onEnd).not.toHaveBeenCalled()
  })
})

it('is one at a time, and opens again after its end', () => {
  const first = open()
  expect(() => open()).toThrow(expect.objectContaining({ code: 'window-busy' }))
  first.answer({ success: false })
  expect(() => open()).not.toThrow()
})

describe('an overlay', () => {
  /** Shows the overlay of the newer family, as the SDK does when it is called. */
  const show = async () => {
    const opened = open()
    const overlay = document.createElement('div')
    overlay.id = 'imp-iframe-wrapper'
    overlay.innerHTML = '<i class="imp-close"></i>'
    document.body.append(overlay)
    await Promise.resolve()
    return { ...opened, overlay, close: overlay.firstElementChild as HTMLElement }
  }

  it.each([
    ['is hidden by its style', (overlay: HTMLElement) => void overlay.style.setProperty('display', 'none')],
    ['is hidden by an attribute', (overlay: HTMLElement) => void overlay.setAttribute('hidden', '')],
    ['is taken away', (overlay: HTMLElement) => overlay.remove()],
  ])('that %s without a word has closed (sdk-facts 7)', async (_, goes) => {
    const { overlay } = await show()
    expect(onEnd).not.toHaveBeenCalled()
    goes(overlay)
    await vi.waitFor(() => expect(onEnd).toHaveBeenCalledExactlyOnceWith({ kind: 'closed' }))
  })

  it('whose X was pressed has closed, also where the SDK throws over it and leaves it there (sdk-facts 24, 35)', async () => {
    const { overlay, close } = await show()
    const broken = vi.fn((event: ErrorEvent) => event.preventDefault())
    window.addEventListener('error', broken)
    close.addEventListener('click', () => {
      throw new Error('minified')
    })
    close.click()
    window.removeEventListener('error', broken)
    expect(broken).toHaveBeenCalledTimes(1)
    await vi.waitFor(() => expect(onEnd).toHaveBeenCalledExactlyOnceWith({ kind: 'closed' }))
    expect(overlay.style.display).toBe('none')
  })

  it('whose X was pressed leaves the SDK the time to say how it ended', async () => {
    const { close, answer } = await show()
    close.click()
    answer({ success: false })
    expect(onEnd).toHaveBeenCalledExactlyOnceWith({ kind: 'answer', answer: { success: false } })
  })
})

it('a call that throws leaves nothing behind: no alert, nobody who listens, and the next one opens', () => {
  const spies = [document, window].flatMap((of) => [vi.spyOn(of, 'addEventListener'), vi.spyOn(of, 'removeEventListener')])
  const stopped = vi.spyOn(MutationObserver.prototype, 'disconnect')
  open(() => {
    throw new Error('inner')
  })
  const [added, removed, addedToWindow, removedFromWindow] = spies.map(({ mock }) => mock.calls.map(([type]) => type))
  expect(onEnd).toHaveBeenCalledExactlyOnceWith({ kind: 'sdk-threw', message: 'Error: inner' })
  expect([added, addedToWindow]).toEqual([['click'], ['pageshow']])
  expect([removed, removedFromWindow]).toEqual([added, addedToWindow])
  expect(stopped).toHaveBeenCalledTimes(1)
  for (const spy of [...spies, stopped]) spy.mockRestore()
  expect(window.alert).toBe(alert)
  expect(() => open()).not.toThrow()
})

it.each([
  ['closes', () => {}],
  [
    'throws',
    () => {
      throw new Error('minified')
    },
  ],
])('the way out has the SDK close its window, and takes the overlay away: it %s', (_, does) => {
  const close = vi.fn(does)
  const overlay = document.createElement('div')
  overlay.className = 'imp-dialog'
  document.body.append(overlay)
  open(undefined, close).abandon()
  expect(close).toHaveBeenCalledTimes(1)
  expect(overlay.style.display).toBe('none')
  expect(onEnd).toHaveBeenCalledExactlyOnceWith({ kind: 'closed' })
})

it('the way out serves an SDK that has no close()', () => {
  open().abandon()
  expect(onEnd).toHaveBeenCalledExactlyOnceWith({ kind: 'closed' })
})
