// In Chromium, on one page each: this library beside the same button written by hand, and beside a bare script tag.
import { serve } from '@hono/node-server'
import { build } from 'esbuild'
import { chromium } from 'playwright'
import { createSandbox } from '../dist/sandbox/index.js'
import { compare, median, root } from './figures.mjs'

const bundle = async (alias = {}) =>
  (
    await build({
      entryPoints: [`${root}bench/pages/page.jsx`],
      bundle: true,
      format: 'iife',
      jsx: 'automatic',
      minify: true,
      write: false,
      tsconfigRaw: {},
      alias,
      define: { 'process.env.NODE_ENV': '"production"' },
    })
  ).outputFiles[0].text

// an SDK that is there already, and answers at once
const scripted = `window.calls = []
window.IMP = { init() {}, request_pay({ merchant_uid }, answer) {
  calls.push({ at: performance.now() })
  if (!window.holds) setTimeout(answer, 0, { success: true, imp_uid: 'imp_1', merchant_uid, pg_provider: 'jtnet' })
} }`
const sandboxSdk = '/v1/iamport.js'
const app = '<script defer src="/app.js"></script>'
const heads = { ours: app, hand: app, bare: `<script async src="${sandboxSdk}" onload="IMP.init('imp00000000')"></script>` }

/** The shop: pages, SDK, and a server that confirms whatever it is asked about. */
async function openShop(apps) {
  const sandbox = createSandbox()
  const answer = (text, type) => new Response(text, { headers: { 'content-type': `${type}; charset=utf-8` } })
  const fetch = async (request) => {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname === '/')
      return answer(
        `<!doctype html><meta charset="utf-8"><title>bench</title>${heads[searchParams.get('who')]}<div id="root"></div>`,
        'text/html',
      )
    if (pathname === '/sdk.js') return answer(scripted, 'text/javascript')
    if (pathname === '/app.js') return answer(apps.production, 'text/javascript')
    if (pathname === '/profiled.js') return answer(apps.profiled, 'text/javascript')
    if (pathname === '/api/billing/confirm') {
      const { merchantUid } = await request.json()
      const issued = { status: 'issued', customerUid: `card-of-${merchantUid}`, impUid: 'imp_1', charged: 0, currency: 'KRW', card: null }
      return answer(JSON.stringify(issued), 'application/json')
    }
    return sandbox.fetch(request)
  }
  return new Promise((resolve) => {
    const server = serve({ fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => resolve({ url: `http://127.0.0.1:${port}/`, server }))
  })
}

export async function browserFigures(print) {
  const add = async (what, unit, peers, measure) => print(await compare([[what, unit, 'less']], peers, measure))
  const apps = { production: await bundle(), profiled: await bundle({ 'react-dom/client': 'react-dom/profiling' }) }
  const { url, server } = await openShop(apps)
  const browser = await chromium.launch({
    ...(process.env.CHROMIUM_PATH ? { executablePath: process.env.CHROMIUM_PATH } : {}),
    args: ['--no-sandbox', '--disable-quic'],
  })
  /** A fresh page of a contender, with what Chromium counts. */
  const open = async (query, before = () => {}) => {
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.addInitScript(before)
    const cdp = await context.newCDPSession(page)
    await cdp.send('Performance.enable')
    await page.goto(`${url}?${query}`)
    const metric = async (name) => (await cdp.send('Performance.getMetrics')).metrics.find((one) => one.name === name).value
    const collect = async () => {
      for (let round = 0; round < 3; round += 1) await cdp.send('HeapProfiler.collectGarbage')
    }
    return { page, metric, collect, close: () => context.close() }
  }
  const ready = (page) => page.waitForFunction(() => document.querySelector('#root button')?.disabled === false)

  try {
    await add('From navigation to a usable SDK (`IMP.init` has returned)', 'ms', ['hand', 'bare'], (who) => usable(open, who))
    await add('From the click to `request_pay`', 'ms', ['hand'], async (who) => {
      const { page, close } = await open(`who=${who}`)
      await ready(page)
      const took = await page.evaluate(() => {
        window.holds = true
        return window.bench.click()
      })
      await close()
      if (took === null) throw new Error(`${who} did not call in the task of the click`)
      return took
    })
    await add('Commits of one cycle: click, window, confirm, outcome', 'commits', ['hand'], async (who) => {
      const { page, close } = await open(`who=${who}`)
      await page.route('**/app.js', (route) => route.continue({ url: `${url}profiled.js` }))
      await page.reload()
      await ready(page)
      const commits = await page.evaluate(async () => {
        await window.bench.cycle()
        const before = window.bench.commits()
        await window.bench.cycle()
        return window.bench.commits() - before
      })
      await close()
      return commits
    })
    await add('Scripting of 100 cycles', 'ms', ['hand'], async (who) => {
      const { page, metric, close } = await open(`who=${who}`)
      await ready(page)
      await page.evaluate(() => window.bench.cycle())
      const before = await metric('ScriptDuration')
      await page.evaluate(async () => {
        for (let cycle = 0; cycle < 100; cycle += 1) await window.bench.cycle()
      })
      const took = (await metric('ScriptDuration')) - before
      await close()
      return took * 1_000
    })
    const thousandFigures = [
      ['1,000 buttons mounted and unmounted', 'ms', 'less', ({ took }) => took],
      ['… the heap after three times of it, beside before', 'KB', 'less', ({ kept }) => kept],
    ]
    print(await compare(thousandFigures, ['hand'], (who) => thousand(open, ready, who)))
    await add('Scripting of 60 frames that change a page of 20,000 nodes, the window open', 'ms', ['hand'], async (who) => {
      const { page, metric, close } = await open(`who=${who}`)
      await ready(page)
      await page.evaluate(() => {
        window.holds = true
        const overlay = Object.assign(document.createElement('div'), { id: 'imp-iframe-wrapper' })
        overlay.append(document.createElement('iframe'))
        document.body.append(overlay)
        window.bench.click()
      })
      await page.evaluate(() => window.bench.churn(20_000, 5))
      const before = await metric('ScriptDuration')
      await page.evaluate(() => window.bench.churn(20_000, 60))
      const took = (await metric('ScriptDuration')) - before
      await close()
      return took * 1_000
    })
  } finally {
    await browser.close()
    server.close()
  }
}

/** Wraps `init` of whatever SDK comes, and says when it has returned. */
function watchInit() {
  let imp
  Object.defineProperty(window, 'IMP', {
    configurable: true,
    get: () => imp,
    set(made) {
      const { init } = made
      made.init = function (...given) {
        init.apply(this, given)
        window.usable ??= performance.now()
      }
      imp = made
    },
  })
}

async function usable(open, who) {
  const { page, close } = await open(`who=${who}&sdk=${encodeURIComponent(sandboxSdk)}`, watchInit)
  const took = await (await page.waitForFunction(() => window.usable)).jsonValue()
  await close()
  return took
}

async function thousand(open, ready, who) {
  const { page, metric, collect, close } = await open(`who=${who}`)
  await ready(page)
  const round = () =>
    page.evaluate(() => {
      const began = performance.now()
      window.bench.show(1_000)
      window.bench.show(1)
      return performance.now() - began
    })
  await round()
  await collect()
  const before = await metric('JSHeapUsedSize')
  const times = [await round(), await round(), await round()]
  await collect()
  const kept = ((await metric('JSHeapUsedSize')) - before) / 1_024
  await close()
  return { took: median(times), kept }
}
