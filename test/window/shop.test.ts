import { describe, expect, it } from 'vitest'
import { approve, cancel, decline, expectCharged } from '../../src/sandbox/index.ts'
import { openShops, pc, phone, resultOf, windowOf } from './browser.ts'

const { sandbox, press } = openShops({ pgs: ['jtnet', 'payco'] })
const sdks = ['/v1/iamport.js', '/js/iamport.payment-1.1.5.js', '/js/iamport.payment-1.2.0.js']

describe.each(sdks)('a shop of plain HTML with %s', (sdk) => {
  it.each([
    ['a PC', pc],
    ['a phone', phone],
  ])('registers, is declined and is cancelled on %s', async (_, device) => {
    const registers = await press(device, { sdk, amount: 9_900 })
    await approve(registers)
    const result = await resultOf(registers)
    const order = sandbox.payments[0]?.merchant_uid ?? ''
    expect(result).toBe(`성공 ${expectCharged(sandbox, order, 9_900).imp_uid}`)
    expect(sandbox.payments[0]).toMatchObject({ buyer_tel: '02-1234-1234', channel: device === phone ? 'mobile' : 'pc' })
    expect(sandbox.billingKeys.has('gildong_0001_1234')).toBe(true)

    const declined = await press(device, { sdk })
    await decline(declined)
    expect(await resultOf(declined)).toBe('실패 카드사에서 거절된 카드입니다.')

    const cancelled = await press(device, { sdk })
    await cancel(cancelled)
    expect(await resultOf(cancelled)).toBe('실패 사용자가 결제를 취소하셨습니다.')
  })
})

it.each(sdks)('opens a popup where the PG does, with %s', async (sdk) => {
  const page = await press(pc, { sdk, pg: 'payco' })
  const popup = await page.waitForEvent('popup').catch(() => page.context().pages()[1])
  if (!popup) throw new Error('no popup')
  await approve(popup)
  expect(await resultOf(page)).toContain('성공 imp_')
  await expect.poll(() => popup.isClosed()).toBe(true)
})

it('is over the whole screen of a phone where the PG does not take the page away', async () => {
  const page = await press(phone, { pg: 'payco' })
  const frame = await windowOf(page)
  expect(frame).not.toBe(page.mainFrame())
  await approve(page)
  expect(await resultOf(page)).toContain('성공')
})

it.each(sdks)('has an X that only a shop’s own style shows, with %s (sdk-facts 7)', async (sdk) => {
  const page = await press(pc, { sdk })
  await windowOf(page)
  expect(await page.locator('.imp-close:visible').count()).toBe(0)
  await page.addStyleTag({ content: '.imp-close { display: block !important }' })
  expect(await page.locator('.imp-close:visible').count()).toBe(1)
})
