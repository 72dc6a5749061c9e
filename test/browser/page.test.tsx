import { act, cleanup, render, screen, waitFor } from '@testing-library/react'
import jQuery from 'jquery'
import { StrictMode } from 'react'
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { loadIamport } from '../../src/iamport/loadIamport.ts'
import { BillingKeyButton, type BillingKeyOutcome, BillingKeyProvider, type BillingKeyRequest } from '../../src/index.ts'
import { freshPage } from './freshPage.ts'

const sandboxUrl = inject('sandboxUrl')
const scriptUrl = `${sandboxUrl}/v1/iamport.js`
const userCode = 'imp00000000'
let number = 0
const newRequest = (): BillingKeyRequest => {
  number += 1
  return { customerUid: `card-${Date.now()}-${number}`, merchantUid: `issue-${Date.now()}-${number}`, name: '월간', amount: 0 }
}

beforeEach(freshPage)
afterEach(cleanup)

describe('the page', () => {
  it('loads one script and calls init once for three providers and ten buttons under StrictMode', async () => {
    const once = `${scriptUrl}?once`
    let inits = 0
    Object.defineProperty(window, 'IMP', {
      configurable: true,
      get: () => held,
      set: (imp) => {
        const { init } = imp
        held = {
          ...imp,
          init(code: string) {
            inits += 1
            init(code)
          },
        }
      },
    })
    let held: unknown
    render(
      <StrictMode>
        {[4, 3, 3].map((buttons, at) => (
          <BillingKeyProvider key={at} userCode={userCode} scriptUrl={once} redirectUrl="/done">
            {Array.from({ length: buttons }, (_, index) => (
              <BillingKeyButton key={index} request={newRequest()} />
            ))}
          </BillingKeyProvider>
        ))}
      </StrictMode>,
    )
    await waitFor(() => expect(inits).toBe(1))
    await loadIamport({ userCode, scriptUrl: once })
    expect(document.querySelectorAll('script[src*="iamport.js"]')).toHaveLength(1)
    expect(inits).toBe(1)
    // React 19's preload is what the tag then uses
    expect(await (await fetch(`${sandboxUrl}/counted/loads?once`)).text()).toBe('1')
    expect(screen.getAllByRole('button')).toHaveLength(10)
  })

  it('settles when the overlay is closed without a callback (sdk-facts 7)', async () => {
    const onOutcome = vi.fn<(outcome: BillingKeyOutcome) => void>()
    render(
      <BillingKeyProvider userCode={userCode} scriptUrl={scriptUrl} pg="jtnet" redirectUrl="/done">
        <BillingKeyButton request={newRequest()} onOutcome={onOutcome} />
      </BillingKeyProvider>,
    )
    screen.getByRole('button').click()
    const close = await waitFor(() => document.querySelector<HTMLElement>('.imp-close') ?? Promise.reject(new Error('not open')))
    act(() => close.click())
    await waitFor(() => expect(onOutcome).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 'cancelled', by: 'closed' })))
  })
})

describe('loadIamport', () => {
  const load = (path: string, rest = {}) => loadIamport({ userCode, scriptUrl: `${sandboxUrl}${path}`, ...rest })

  it.each([
    ['/broken/404.js', 'sdk-load-failed'],
    ['/broken/html.js', 'sdk-load-failed'],
    ['/broken/empty.js', 'sdk-load-failed'],
    ['/broken/never.js', 'sdk-load-timeout'],
  ])('refuses %s with %s and leaves no tag behind (sdk-facts 27)', async (path, code) => {
    const swallow = (event: ErrorEvent) => event.preventDefault()
    window.addEventListener('error', swallow)
    await expect(load(path, { loadTimeoutMs: path.endsWith('never.js') ? 500 : 10_000 })).rejects.toMatchObject({
      name: 'BillingKeyError',
      code,
    })
    window.removeEventListener('error', swallow)
    expect(document.querySelector(`script[src$="${path}"]`)).toBeNull()
  })

  it('gives the window and the way out the pointer that a dialog of the shop’s has taken from the page', async () => {
    document.body.style.pointerEvents = 'none' // what Radix's modal dialogs do
    const onOutcome = vi.fn<(outcome: BillingKeyOutcome) => void>()
    render(
      <BillingKeyProvider userCode={userCode} scriptUrl={scriptUrl} pg="jtnet" redirectUrl="/done">
        <BillingKeyButton request={newRequest} onOutcome={onOutcome} quiet />
      </BillingKeyProvider>,
    )
    await act(async () => screen.getByRole('button').click())
    const wayOut = await waitFor(() => {
      const button = document.querySelector<HTMLElement>('.rbk-abandon')
      if (!button || !document.querySelector('#imp-iframe-wrapper iframe')) throw new Error('no window yet')
      return button
    })
    const hitAt = (x: number, y: number) => document.elementFromPoint(x, y)
    const { x, y, width, height } = wayOut.getBoundingClientRect()
    expect(hitAt(x + width / 2, y + height / 2)).toBe(wayOut)
    expect(document.querySelector('#imp-iframe-wrapper')?.contains(hitAt(innerWidth / 2, innerHeight / 3))).toBe(true)
    await act(async () => wayOut.click())
    await waitFor(() => expect(onOutcome).toHaveBeenCalled())
    expect(document.querySelector<HTMLElement>('#imp-iframe-wrapper')?.style.pointerEvents).toBe('')
    document.body.style.pointerEvents = ''
  })

  it('says in development that a window opened behind a modal <dialog>', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {})
    const open = (dialog: HTMLDialogElement | null) => {
      if (dialog && !dialog.open) dialog.showModal()
    }
    render(
      <BillingKeyProvider userCode={userCode} scriptUrl={scriptUrl} pg="jtnet" redirectUrl="/done">
        <dialog ref={open}>
          <BillingKeyButton request={newRequest} quiet />
        </dialog>
      </BillingKeyProvider>,
    )
    await act(async () => screen.getByRole('button').click())
    await waitFor(() => expect(said).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('<dialog>')))
    await act(async () => document.querySelector<HTMLElement>('.rbk-abandon')?.click())
  })

  it('tries again with a fresh tag after a failure (sdk-facts 27)', async () => {
    await expect(load('/broken/once.js')).rejects.toMatchObject({ code: 'sdk-load-failed' })
    await expect(load('/broken/once.js')).resolves.toHaveProperty('request_pay')
  })

  it('replaces a tag that has been dead since before (sdk-facts 27)', async () => {
    const dead = document.createElement('script')
    dead.type = 'text/plain'
    dead.src = scriptUrl
    document.head.append(dead)
    await expect(load('/v1/iamport.js', { loadTimeoutMs: 6_000 })).resolves.toHaveProperty('init')
    expect(dead.isConnected).toBe(false)
  })

  it('adopts a tag of the shop’s that is still loading', async () => {
    const theirs = document.createElement('script')
    theirs.src = scriptUrl
    document.head.append(theirs)
    await expect(load('/v1/iamport.js')).resolves.toHaveProperty('init')
    expect([...document.querySelectorAll('script[src*="iamport.js"]')]).toEqual([theirs])
  })

  it('adopts an SDK that is already there (sdk-facts 2)', async () => {
    await load('/v1/iamport.js')
    const imp: unknown = Reflect.get(window, 'IMP')
    expect(await load('/elsewhere.js')).toBe(imp)
    expect(document.querySelectorAll('script[src*="127.0.0.1"]')).toHaveLength(1)
  })

  it('hands nonce and crossorigin to the tag', async () => {
    await load('/v1/iamport.js', { nonce: 'n1', crossOrigin: 'anonymous' })
    const tag = document.querySelector<HTMLScriptElement>('script[src*="iamport.js"]')
    expect([tag?.nonce, tag?.crossOrigin]).toEqual(['n1', 'anonymous'])
  })

  it('refuses what an ad blocker, or the browser itself, does not let through', async () => {
    await expect(loadIamport({ userCode, scriptUrl: 'http://127.0.0.1:1/iamport.js' })).rejects.toMatchObject({
      code: 'sdk-load-failed',
      message: expect.stringContaining('ad blockers'),
    })
  })

  it('does nothing the second time the script runs, and initialises once (sdk-facts 2, 3)', async () => {
    const imp = await load('/v1/iamport.js')
    const again = document.createElement('script')
    again.src = `${scriptUrl}?again`
    await new Promise((resolve) => {
      again.onload = resolve
      document.head.append(again)
    })
    const init = vi.spyOn(imp, 'init')
    expect(await load('/v1/iamport.js')).toBe(imp)
    expect(init).not.toHaveBeenCalled()
  })

  it('initialises again for another merchant, and for a sub-merchant', async () => {
    const imp = await load('/v1/iamport.js')
    const calls: unknown[] = []
    vi.spyOn(imp, 'init').mockImplementation((...args) => calls.push(args))
    vi.spyOn(imp as Required<typeof imp>, 'agency').mockImplementation((...args) => calls.push(args))
    for (const merchant of [{ userCode }, { userCode: 'imp11111111' }, { userCode: 'imp11111111' }, { userCode, tierCode: 'A01' }])
      await loadIamport({ scriptUrl, ...merchant })
    expect(calls).toEqual([['imp11111111'], [userCode, 'A01']])
  })

  it('refuses a channelKey on a legacy SDK, which would open another PG (sdk-facts 21)', async () => {
    Object.assign(window, { jQuery })
    const onError = vi.fn()
    render(
      <BillingKeyProvider userCode={userCode} scriptUrl={`${sandboxUrl}/js/iamport.payment-1.2.0.js`} redirectUrl="/done">
        <BillingKeyButton request={{ ...newRequest(), pg: 'jtnet', channelKey: 'channel-key-1' }} onError={onError} />
      </BillingKeyProvider>,
    )
    screen.getByRole('button').click()
    await waitFor(() => expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'sdk-incompatible' })))
    expect(document.querySelector('#imp-iframe-wrapper iframe[src]')).toBeNull()
  })
})
