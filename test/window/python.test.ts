import { mkdtempSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serve } from '@hono/node-server'
import { build } from 'esbuild'
import { chromium } from 'playwright'
import { expect, it, onTestFinished } from 'vitest'
import { approve, createSandbox } from '../../src/sandbox/index.ts'
import { hasPython, startPythonShop } from '../unit/pythonShop.ts'
import { pc, phone } from './browser.ts'

/** A folder with the page as a stranger's bundler makes it of dist/. */
async function builtPage() {
  const folder = mkdtempSync(join(tmpdir(), 'rbk-python-'))
  await build({
    entryPoints: [fileURLToPath(new URL('pythonPage.tsx', import.meta.url))],
    bundle: true,
    jsx: 'automatic',
    outfile: join(folder, 'page.js'),
    tsconfigRaw: {}, // not this repository's paths, which lead to src/
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'error',
  })
  writeFileSync(
    join(folder, 'index.html'),
    '<!doctype html><html lang="ko"><meta charset="utf-8"><div id="root"></div><script src="/page.js"></script></html>',
  )
  return folder
}

it.skipIf(!hasPython).each([
  ['a PC', pc],
  ['a phone', phone],
])('registers a card by the real button on %s, with a server in Python', async (_, device) => {
  const sandbox = createSandbox()
  const portone = await new Promise<string>((resolve) => {
    const server = serve({ fetch: sandbox.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }: AddressInfo) =>
      resolve(`http://127.0.0.1:${port}`),
    )
    onTestFinished(() => void server.close())
  })
  const { impKey, impSecret, userCode } = sandbox
  const shop = await startPythonShop({ portone, impKey, impSecret, folder: await builtPage() })
  onTestFinished(() => void shop.stop())
  const executablePath = process.env.CHROMIUM_PATH
  const browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: ['--no-sandbox', '--disable-quic'] })
  onTestFinished(() => browser.close())
  const page = await (await browser.newContext(device)).newPage()
  page.setDefaultTimeout(60_000)

  await page.goto(`${shop.url}/?${new URLSearchParams({ userCode, scriptUrl: `${portone}/v1/iamport.js` })}`)
  await page.getByRole('button', { name: '카드 등록하기' }).click()
  await approve(page)

  await page.getByText('카드를 등록하고 9,900원을 결제했어요').waitFor()
  expect([...sandbox.billingKeys.keys()]).toEqual([expect.stringMatching(/^card-/)])
  const listed = await page.evaluate(async () => (await fetch('/api/billing/keys')).json())
  expect(listed.keys).toMatchObject([{ customerUid: [...sandbox.billingKeys.keys()][0], card: { name: '현대카드' } }])
})
