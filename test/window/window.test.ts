import axeSource from 'axe-core/axe.min.js?raw'
import type { Frame, Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { pgRules } from '../../src/billing/pg.ts'
import { pgNames } from '../../src/billing/pgNames.ts'
import { approve, type TestCardId, testCards } from '../../src/sandbox/index.ts'
import { openShops, pc, phone, resultOf, windowOf } from './browser.ts'

const { sandbox, press, visit } = openShops({ pgs: Object.keys(pgRules) })

/** What axe-core finds, in words. The window's own policy lets no script in: its frame is asked from outside of it. */
async function accessibility(frame: Frame): Promise<string[]> {
  await frame.evaluate(axeSource)
  return frame.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }
    const { violations } = await axe.run()
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  })
}
const focused = (frame: Frame) => frame.evaluate(() => (document.activeElement as HTMLElement).dataset.action ?? document.activeElement?.id)
async function tabTo(page: Page, frame: Frame, action: string) {
  for (let presses = 0; presses < 40; presses++) {
    if ((await focused(frame)) === action) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not reach ${action}`)
}

it.each(['light', 'dark'] as const)(
  'has nothing that axe-core finds, empty, wrong and filled in, in both languages, %s',
  async (colorScheme) => {
    for (const language of ['ko', 'en']) {
      const frame = await windowOf(await press({ ...phone, colorScheme }, { language, amount: 9_900 }))
      const found = await accessibility(frame)
      await frame.locator('[data-action=approve]').click()
      await frame.locator('[aria-invalid=true]').first().waitFor()
      found.push(...(await accessibility(frame)))
      await frame.locator('[data-card=approved]').click()
      found.push(...(await accessibility(frame)))
      expect(found).toEqual([])
    }
  },
)

it('is driven by the keyboard alone, and keeps the focus', async () => {
  const page = await press(pc, { amount: 9_900 })
  const frame = await windowOf(page)
  expect(await focused(frame)).toBe('title')
  await page.keyboard.press('Shift+Tab')
  expect(await focused(frame)).toBe('approve')
  await page.keyboard.press('Tab')
  expect(await focused(frame)).toBe('language')
  await tabTo(page, frame, 'agree-all')
  await page.keyboard.press('Space')
  await tabTo(page, frame, 'number')
  await page.keyboard.type(sandboxCard('approved'))
  await page.keyboard.press('Tab')
  await page.keyboard.type('1240')
  await page.keyboard.press('Tab')
  await page.keyboard.type('12')
  await page.keyboard.press('Tab')
  await page.keyboard.type('1234567890')
  expect(await frame.locator('#number').inputValue()).toMatch(/^(\d{4}-){3}\d{4}$/)
  expect(await frame.locator('#expiry').inputValue()).toBe('12/40')
  // the key is not let go: the frame has gone by then, and nobody would say that it is up
  await page.keyboard.down('Enter')
  expect(await resultOf(page)).toContain('성공')
  expect(sandbox.payments[0]).toMatchObject({ amount: 9_900, status: 'paid' })
})
const sandboxCard = (id: TestCardId) => testCards.find((card) => card.id === id)?.number.replaceAll('-', '') ?? ''

it('chooses a test card by arrow keys, and Esc and the X cancel', async () => {
  const page = await press(pc)
  const frame = await windowOf(page)
  await frame.locator('[value=approved]').focus()
  await page.keyboard.press('ArrowRight')
  await expect.poll(() => frame.locator('#does').innerText()).toBe('카드사가 거절해서 등록되지 않아요.')
  await page.keyboard.down('Escape')
  expect(await resultOf(page)).toContain('취소하셨습니다')
  const other = await press(phone)
  await (await windowOf(other)).locator('[data-action=close]').click()
  expect(await resultOf(other)).toContain('취소하셨습니다')
})

it('ties each error to its field, begins at the first, and lets each go when it is mended', async () => {
  const page = await press(pc)
  const frame = await windowOf(page)
  const said = (field: string) => frame.locator(`#${field}-error`).innerText()
  await frame.locator('[data-action=approve]').click()
  await expect.poll(() => said('agreed')).toBe('필수 약관에 모두 동의해 주세요.')
  expect(await frame.evaluate(() => (document.activeElement as HTMLInputElement).name)).toBe('term')
  expect(await said('password')).toBe('비밀번호 앞 2자리를 입력해 주세요.')
  await frame.locator('[data-card=approved]').click()
  expect(await frame.locator('[aria-invalid=true]').count()).toBe(0)
  await frame.locator('#expiry').fill('0120')
  await frame.locator('#birth').fill('901301')
  await frame.locator('[data-action=approve]').click()
  await expect.poll(() => said('expiry')).toBe('유효기간이 지난 카드입니다.')
  expect(await said('birth')).toBe('생년월일 6자리 또는 사업자등록번호 10자리를 확인해 주세요.')
  expect(await focused(frame)).toBe('expiry')
  expect(await frame.locator('#expiry').getAttribute('aria-describedby')).toBe('expiry-error')
  await frame.locator('[data-action=language]').click()
  expect(await said('expiry')).toBe('This card has expired.')
  await frame.locator('#expiry').fill('1240')
  expect(await said('expiry')).toBe('')
  expect(sandbox.payments).toEqual([])
})

it('stays open after an answer that is none, and goes on when it is pressed again', async () => {
  const page = await press(pc, { amount: 9_900 })
  const frame = await windowOf(page)
  const unsaved = { code: -1, message: 'shop.json cannot be written (ENOSPC).', response: null }
  await page.route('**/sandbox/window/*', (route) => route.fulfill({ status: 500, json: unsaved }), { times: 1 })
  await approve(page)
  await expect.poll(() => frame.locator('#said').innerText()).toContain('통신이 원활하지 않습니다')
  expect(await page.locator('#result').innerText()).toBe('')
  await approve(page)
  expect(await resultOf(page)).toContain('성공')
})

it.each(['/v1/iamport.js', '/js/iamport.payment-1.2.0.js'])(
  'says that no window opens where the sandbox cannot remember it, with %s',
  async (sdk) => {
    const page = await visit(pc, { sdk })
    const said: string[] = []
    page.on('dialog', (dialog) => {
      said.push(dialog.message())
      return dialog.dismiss()
    })
    const unsaved = { code: -1, message: 'shop.json cannot be written (ENOSPC).', response: null }
    const headers = { 'access-control-allow-origin': '*' }
    await page.route('**/sandbox/requests', (route) =>
      route.request().method() === 'POST' ? route.fulfill({ status: 500, json: unsaved, headers }) : route.continue(),
    )
    await page.getByRole('button', { name: '정기결제 신청' }).click()
    await expect.poll(() => said).toEqual(['결제창을 열지 못했습니다.'])
    expect(await page.locator('iframe:visible').count()).toBe(0)
  },
)

it('sends no card anywhere that is not a test card', async () => {
  const page = await press(pc)
  const frame = await windowOf(page)
  const sent: string[] = []
  page.on('request', (request) => sent.push(`${request.url()} ${request.postData()}`))
  await frame.locator('[data-card=approved]').click()
  await frame.locator('#number').fill('4111111111111111')
  expect(await frame.locator('#brand').innerText()).toBe('VISA')
  await frame.locator('[data-action=approve]').click()
  await expect.poll(() => frame.locator('#number-error').innerText()).toContain('테스트 카드번호가 아닙니다.')
  expect(sent).toHaveLength(1)
  expect(sent.join()).not.toMatch(/4111/)
})

it('names each of the PGs, in both languages', { timeout: 300_000 }, async () => {
  const page = await press(phone)
  const frame = await windowOf(page)
  for (const [pg, { ko, en }] of Object.entries(pgNames)) {
    const base = new URL(frame.url()).origin
    const params = { pg, merchant_uid: 'names1', name: 'x', amount: 100, customer_id: 'c', m_redirect_url: base, buyer_email: 'a@b.kr' }
    const body = { userCode: sandbox.userCode, origin: base, mobile: true, params }
    const asked = await page.request.post(`${base}/sandbox/requests`, { data: body })
    await page.goto(base + (await asked.json()).path)
    expect(await page.locator('#pg').innerText()).toBe(ko)
    await page.locator('[data-action=language]').click()
    expect(await page.locator('#pg').innerText()).toBe(en)
    expect(await page.title()).toContain(en)
  }
  expect(Object.keys(pgNames)).toHaveLength(22)
})

it('fits 320 px without scrolling sideways', async () => {
  for (const language of ['ko', 'en']) {
    const page = await press({ ...phone, viewport: { width: 320, height: 568 } }, { language, amount: 9_900 })
    const frame = await windowOf(page)
    await frame.locator('[data-action=approve]').click()
    await frame.locator('[aria-invalid=true]').first().waitFor()
    expect(await frame.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
  }
})

describe('the test cards', () => {
  const results = {
    approved: '성공',
    declined: '카드사에서 거절된 카드입니다.',
    'over-limit': '이용한도를 초과했습니다.',
    expired: '유효기간이 지난 카드입니다.',
    'wrong-password': '카드 비밀번호가 일치하지 않습니다.',
    'later-declined': '성공',
    slow: '성공',
    closes: null,
    lost: null,
    pending: '성공',
  } satisfies Record<TestCardId, string | null>
  const registered: readonly TestCardId[] = ['approved', 'later-declined', 'slow', 'lost']

  it.each(testCards.map(({ id }) => id))('%s does what it says', async (id) => {
    const page = await press(pc, { amount: 9_900 })
    const frame = await windowOf(page)
    await frame.locator(`[data-card="${id}"]`).click()
    expect(await frame.locator('#does').innerText()).toBe(testCards.find((card) => card.id === id)?.does.ko)
    await frame.locator('[data-action=approve]').click()
    if (id === 'slow') {
      await frame.locator('#busy').waitFor()
      await page.keyboard.press('Escape')
      expect(sandbox.payments).toEqual([])
    }
    if (id === 'lost') await frame.locator('[data-action=back]').click()
    const wanted = results[id]
    if (wanted === null) {
      await page.locator('#imp-iframe-wrapper').waitFor({ state: 'hidden' })
      expect(await page.locator('#result').innerText()).toBe('')
    } else expect(await resultOf(page)).toContain(wanted)
    expect(sandbox.billingKeys.size).toBe(registered.includes(id) ? 1 : 0)
    expect(sandbox.payments.filter(({ status }) => status === 'paid')).toHaveLength(registered.includes(id) ? 1 : 0)
    if (id !== 'pending') return
    expect(sandbox.payments[0]).toMatchObject({ status: 'ready' })
    sandbox.advance(30)
    expect(sandbox.payments[0]).toMatchObject({ status: 'paid' })
    expect(sandbox.billingKeys.size).toBe(1)
  })
})

it('says the currency that is asked for, and no other', async () => {
  const frame = await windowOf(await press(pc, { pg: 'paymentwall', amount: 1_234, currency: 'USD' }))
  const said = async () =>
    [await frame.locator('#total').innerText(), await frame.locator('#submit').innerText()].map((text) => text.replace(/\s/g, ' '))
  expect(await said()).toEqual(['USD 1,234.00', 'USD 1,234.00 결제하고 등록'])
  await frame.locator('[data-action=language]').click()
  expect(await said()).toEqual(['USD 1,234.00', 'Pay USD 1,234.00 and register'])
  await frame.locator('[data-action=cancel]').click()
  const won = await windowOf(await press(pc, { amount: 1_234 }))
  expect(await won.locator('#submit').innerText()).toBe('1,234원 결제하고 등록')
})

it('keeps no whole card number', async () => {
  await approve(await press(pc))
  await expect.poll(() => sandbox.billingKeys.size).toBe(1)
  expect(JSON.stringify([...sandbox.billingKeys, sandbox.payments])).not.toContain('0000-0000')
})

it('closes without a word while that fault is switched on', async () => {
  sandbox.faults.set('window-closed', 1)
  const page = await press(pc)
  await approve(page)
  await page.locator('#imp-iframe-wrapper').waitFor({ state: 'hidden' })
  expect(sandbox.payments).toEqual([])
  expect(await page.locator('#result').innerText()).toBe('')
})
