import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@playwright/test'
import { register, signIn } from './customer.ts'

const jQuery = readFileSync(fileURLToPath(import.meta.resolve('jquery/dist/jquery.min.js')), 'utf8')
// JSONP puts script tags into the page, which the demo's Trusted Types forbid
test.use({ bypassCSP: true })

for (const version of ['1.1.5', '1.2.0'])
  test(`registers a card on a phone with the legacy SDK ${version} (sdk-facts 8, 14, 29)`, async ({ page }) => {
    await page.route('**/v1/iamport.js', async (route) => {
      const sdk = await route.fetch({ url: route.request().url().replace('/v1/iamport.js', `/js/iamport.payment-${version}.js`) })
      await route.fulfill({ body: `${jQuery};${await sdk.text()}`, contentType: 'text/javascript' })
    })
    let landed = ''
    page.on('request', (request) => {
      if (request.url().includes('imp_success')) landed = request.url()
    })
    await signIn(page)
    await register(page, 'over-limit')
    await expect(page.getByText('이유: 이용한도를 초과했습니다.')).toBeVisible()
    expect(landed).toContain('imp_success=false')
    await page.getByRole('button', { name: '다시 시도' }).click()
    await register(page, 'approved', 'now')
    await expect(page.getByText('카드를 등록하고 9,900원을 결제했어요.')).toBeVisible()
    await expect(page).toHaveURL(/\/billing\/complete$/)
    expect(landed).toContain('imp_success=true')
  })
