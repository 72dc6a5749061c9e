import { expect, test } from '@playwright/test'
import { expectAccessible } from './a11y.ts'
import { leaveLanding, open, paymentWindow, phone, register, signIn, starts, take } from './customer.ts'

test('registers a card with a first payment', async ({ page }) => {
  await page.goto('/')
  await page.getByLabel('이름').fill('김민아')
  await page.getByRole('button', { name: '체험 회원으로 시작' }).click()
  await expect(page.getByRole('heading', { level: 1, name: '이용권 고르기' })).toBeVisible()
  await register(page, 'approved', 'now')
  await expect(page.getByText('카드를 등록하고 9,900원을 결제했어요.')).toBeVisible()
  await expectAccessible(page)
  await leaveLanding(page)
  await expect(page.getByText('9,900원 · 결제 완료')).toHaveCount(1)
  await expect(page.getByRole('region', { name: '등록한 카드' }).getByText('9410-****-****-0001')).toBeVisible()
  await page.getByRole('button', { name: '현대카드 0001 삭제' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: '삭제' }).click()
  await expect(page.getByText('등록한 카드가 없어요.')).toBeVisible()
  await page.reload()
  await expect(page.getByText('9,900원 · 결제 완료')).toHaveCount(1)
})

test('opens no window before the customer has agreed', async ({ page }) => {
  let intents = 0
  page.on('request', (request) => {
    if (request.url().endsWith('/intents')) intents += 1
  })
  await signIn(page)
  await page.getByRole('button', { name: starts.trial }).click()
  await expect(page.getByRole('alert').getByText('정기결제에 동의해 주세요.')).toBeVisible()
  await expect(page.getByRole('checkbox')).toBeFocused()
  expect(intents).toBe(0)
  const { member } = await (await page.request.get('/api/shop')).json()
  const refused = await page.request.post('/api/billing/intents', { data: { plan: 'trial', member: member.id } })
  expect(await refused.json()).toMatchObject({ error: { code: 'not-agreed' } })
})

test('says in Korean why a card was declined, and can be tried again', async ({ page }) => {
  await signIn(page)
  await register(page, 'declined')
  await expect(page.getByRole('alert').getByText('카드를 등록하지 못했어요.')).toBeVisible()
  await expect(page.getByText('이유: 카드사에서 거절된 카드입니다.')).toBeVisible()
  await expectAccessible(page)
  if (phone(page)) await page.getByRole('button', { name: '다시 시도' }).click()
  await register(page, 'approved')
  await expect(page.getByText('카드를 등록했어요.')).toBeVisible()
})

test('says that the limit was exceeded', async ({ page }) => {
  await signIn(page)
  await register(page, 'over-limit', 'now')
  await expect(page.getByText('이유: 이용한도를 초과했습니다.')).toBeVisible()
  await leaveLanding(page)
  await expect(page.getByRole('heading', { level: 1, name: '이용권 고르기' })).toBeVisible()
})

test('says that the customer cancelled, and the button works again', async ({ page }) => {
  await signIn(page)
  await open(page)
  await paymentWindow(page).getByRole('button', { name: '취소' }).click()
  await expect(page.getByText('카드 등록을 취소했어요. 결제된 금액은 없어요.')).toBeVisible()
  await leaveLanding(page)
  await register(page, 'approved')
  await expect(page.getByText('카드를 등록했어요.')).toBeVisible()
})

test('the back button leads out of the window to a page that works', async ({ page }) => {
  await signIn(page)
  await open(page)
  await expect(paymentWindow(page).getByLabel('카드번호')).toBeVisible()
  if (phone(page)) await page.goBack()
  else {
    const wayOut = page.getByRole('button', { name: '결제창 닫기' })
    await wayOut.click()
    await expect(page.locator('#imp-iframe-wrapper')).not.toHaveAttribute('style', /border-bottom/)
  }
  await expect(page.getByRole('button', { name: starts.trial })).toBeEnabled()
  await register(page, 'approved')
  await expect(page.getByText('카드를 등록했어요.')).toBeVisible()
})

test('two tabs of one member come to one payment', async ({ page, context }) => {
  await signIn(page)
  const other = await context.newPage()
  await other.goto('/')
  await open(page, 'now')
  await open(other, 'now')
  for (const tab of [page, other]) await take(tab, 'approved')
  await expect(page.getByText('카드를 등록하고 9,900원을 결제했어요.')).toBeVisible()
  // on a phone its own way back may still be under way, and end on the landing
  await expect(async () => {
    await other.goto('/')
    await expect(other.getByText('9,900원 · 결제 완료')).toHaveCount(1, { timeout: 3_000 })
  }).toPass()
})

test('answers a page without an origin of its own with 403, and a body that is no JSON with 400', async ({ request }) => {
  const headers = { origin: 'null', 'content-type': 'text/plain', 'sec-fetch-site': 'cross-site' }
  const sandboxed = await request.post('/api/session', { headers, data: JSON.stringify({ name: '김민아' }) })
  expect(sandboxed.status()).toBe(403)
  const broken = await request.post('/api/session', { headers: { 'content-type': 'application/json' }, data: Buffer.from('{') })
  expect(broken.status()).toBe(400)
})

test('runs under a strict Content-Security-Policy with Trusted Types', async ({ page }) => {
  const refused: string[] = []
  page.on('console', (message) => {
    if (/Content Security Policy|TrustedScript/i.test(message.text())) refused.push(message.text())
  })
  const response = await page.goto('/')
  expect(response?.headers()['content-security-policy']).toContain("require-trusted-types-for 'script'")
  await signIn(page)
  await register(page, 'approved')
  await expect(page.getByText('카드를 등록했어요.')).toBeVisible()
  expect(refused).toEqual([])
})

test('what was pressed offline is said to have failed, and is not done later', async ({ page, context }) => {
  await signIn(page)
  await register(page, 'approved')
  await expect(page.getByText('카드를 등록했어요.')).toBeVisible()
  await leaveLanding(page)
  await page.getByRole('button', { name: '해지하기' }).click()
  await context.setOffline(true)
  await page.getByRole('dialog').getByRole('button', { name: '해지하기' }).click()
  await expect(page.getByRole('alert').getByText('처리하지 못했어요.')).toBeVisible()
  await context.setOffline(false)
  await page.reload()
  await expect(page.locator('.badge')).toHaveText('무료 이용 중')
})

test('says that a session has ended, and that what was pressed may not be done', async ({ page, context }) => {
  await signIn(page)
  await register(page, 'approved')
  await leaveLanding(page)
  await expect(page.getByRole('button', { name: '해지하기' })).toBeVisible()
  await context.clearCookies()
  await page.getByRole('button', { name: '해지하기' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '해지하기' }).click()
  await expect(page.getByRole('alert').filter({ hasText: '로그인이 끝났어요' })).toBeVisible()
  await page.getByRole('button', { name: '체험 회원으로 시작' }).click()
  await expect(page.getByRole('heading', { level: 1, name: '이용권 고르기' })).toBeVisible()
  await context.setOffline(true)
  await page.getByRole('button', { name: '로그아웃' }).click()
  await expect(page.getByRole('alert').filter({ hasText: '처리하지 못했어요' })).toBeVisible()
  await context.setOffline(false)
  await page.getByRole('button', { name: '로그아웃' }).click()
  await expect(page.getByLabel('이름')).toBeVisible()
  await expect(page.getByText('로그인이 끝났어요')).toHaveCount(0)
})

test('has no page of another address, and says so', async ({ page }) => {
  const response = await page.goto('/nothing-here')
  expect(response?.status()).toBe(404)
  await expect(page.getByRole('heading', { level: 1, name: '없는 페이지예요' })).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('link', { name: '내 이용권으로 가기' }).click()
  await expect(page.getByLabel('이름')).toBeVisible()
})

test('says so when the shop cannot be reached, and tries again', async ({ page }) => {
  await page.route('**/api/shop', (route) => route.abort())
  await page.goto('/')
  await expect(page.getByRole('alert')).toHaveText('가게에 연결하지 못했어요. 인터넷 연결을 확인해 주세요.')
  await expectAccessible(page)
  await page.unroute('**/api/shop')
  await page.getByRole('button', { name: '다시 시도' }).click()
  await expect(page.getByLabel('이름')).toBeVisible()
})
