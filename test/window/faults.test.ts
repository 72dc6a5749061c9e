import { expect, it } from 'vitest'
import { approve } from '../../src/sandbox/index.ts'
import { openShops, pc, phone } from './browser.ts'

const { sandbox, visit, press } = openShops({ pgs: ['jtnet', 'payco'] })
const sdks = ['/v1/iamport.js', '/js/iamport.payment-1.2.0.js']

it.each(sdks)('the switch sdk-blocked keeps %s away, and sdk-broken has it throw, each once', async (sdk) => {
  for (const [fault, said] of [
    ['sdk-blocked', 'error'],
    ['sdk-broken', 'Script error'],
  ] as const) {
    const page = await visit(pc, { sdk })
    sandbox.faults.set(fault, 1)
    const load = () =>
      page.evaluate(async () => {
        Reflect.deleteProperty(window, 'IMP')
        const more = document.createElement('script')
        more.src = [...document.scripts].find(({ src }) => src.includes('iamport'))?.src ?? ''
        const heard = new Promise<string>((resolve) => {
          window.onerror = (message) => resolve(String(message))
          more.onerror = () => resolve('error')
          more.onload = () => resolve('loaded')
        })
        document.head.append(more)
        return [await heard, 'IMP' in window]
      })
    expect(await load()).toEqual([expect.stringContaining(said), false])
    expect(await load()).toEqual(['loaded', true])
    expect(sandbox.faults.active()).toEqual([])
  }
})

it.each([
  ['a popup of', pc, 'payco'],
  ['the page of', phone, 'jtnet'],
  ['the overlay of', phone, 'payco'],
] as const)('the switch window-closed closes %s the next window without a word, and no other', async (_, device, pg) => {
  sandbox.faults.set('window-closed', 1)
  const page = await visit(device, { pg, amount: 9_900 })
  const url = page.url()
  await page.getByRole('button').click()
  const shown = pg === 'payco' && device === pc ? (page.context().pages()[1] ?? (await page.waitForEvent('popup'))) : page
  await approve(shown)
  if (shown !== page) await expect.poll(() => shown.isClosed()).toBe(true)
  await expect.poll(() => page.frames().filter((frame) => frame.url().includes('/sandbox/window/')).length).toBe(0)
  expect(page.url()).toBe(url)
  expect(await page.locator('#result').innerText()).toBe('')
  expect(sandbox.payments).toEqual([])
  expect(sandbox.faults.active()).toEqual([])
  const next = await press(pc)
  await approve(next)
  await expect.poll(() => sandbox.payments.length).toBe(1)
})
