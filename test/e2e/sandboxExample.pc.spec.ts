import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as listen } from 'node:net'
import { pathToFileURL } from 'node:url'
import { test } from '@playwright/test'
import { sandboxExamples } from '../sandboxExamples.ts'

// The example for Playwright in docs/sandbox.md, at a free port, with the built sandbox, and with a shop to press a button of.
const built = new URL('../../dist/sandbox/index.js', import.meta.url).href
const port = await new Promise<number>((resolve) => {
  const probe = listen().listen(0, '127.0.0.1', () => {
    const { port: free } = probe.address() as AddressInfo
    probe.close(() => resolve(free))
  })
})
const html = `<!doctype html><meta charset="utf-8"><title>shop</title><button>카드 등록하기</button>
<script src="http://127.0.0.1:${port}/v1/iamport.js"></script>
<script>
  IMP.init('imp00000000')
  document.querySelector('button').onclick = () =>
    IMP.request_pay({ pg: 'jtnet', customer_uid: 'card-1', merchant_uid: 'issue-' + Date.now(), name: '월간 이용권', amount: 0 }, () => {})
</script>`
const shop = createServer((_, response) => response.setHeader('content-type', 'text/html').end(html))
await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve))
shop.unref()
test.use({ baseURL: `http://127.0.0.1:${(shop.address() as AddressInfo).port}` })

const folder = new URL('../../test-results/examples/', import.meta.url)
mkdirSync(folder, { recursive: true })
const file = new URL(`playwright-${process.pid}.spec.ts`, folder)
const code = sandboxExamples().Playwright ?? ''
writeFileSync(file, code.replace('react-billing-key/sandbox', built).replace('4010', `${port}, hostname: '127.0.0.1'`))
await import(pathToFileURL(file.pathname).href)
