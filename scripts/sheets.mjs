// `npm run sheets`: every story and page of the built Storybook at 320, 768 and 1280 px, in both languages and themes, on
// contact sheets to be looked at, and each page of documents through axe (stories are, as tests) and for framed stories that
// do not follow its language and theme, or take the focus. `npm run sheets -- button 320`
// takes only what has these in its name and width.
import { createReadStream, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { extname, join } from 'node:path'
import { chromium as launcher } from 'playwright'
import { chromium, root } from './prepare.mjs'

const out = join(root, 'contact-sheets')
const site = join(root, 'storybook-static')
const [only = '', ...chosen] = process.argv.slice(2)
const widths = [320, 768, 1280].filter((width) => chosen.length === 0 || chosen.includes(String(width)))
/** No page is shown further down than this, in px. */
const tallest = 2400
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.svg': 'image/svg+xml' }

const { headless: executablePath } = await chromium()
const server = createServer((request, response) => {
  const file = join(site, decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname))
  if (!file.startsWith(site) || !existsSync(file)) return void response.writeHead(404).end()
  response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' })
  createReadStream(file).pipe(response)
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const base = `http://127.0.0.1:${server.address().port}`
const entries = Object.values(JSON.parse(readFileSync(join(site, 'index.json'), 'utf8')).entries).filter(({ id }) => id.includes(only))
const browser = await launcher.launch({ executablePath, args: ['--no-sandbox'] })
rmSync(out, { recursive: true, force: true })
mkdirSync(out, { recursive: true })

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** What axe finds on a page of documents. Storybook's own blocks are not ours to mend, and a page shows one component several times. */
async function findings(page) {
  await page.evaluate(axe)
  return await page.evaluate(async () => {
    const theirs = [['.docblock-argstable'], ['.docblock-source'], ['.sb-bar'], ['.docs-story > div > div[class*="css"]']]
    const { violations } = await window.axe.run(
      { include: [['#storybook-docs']], exclude: theirs },
      { iframes: false, resultTypes: ['violations'], rules: { 'landmark-unique': { enabled: false } } },
    )
    return violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .slice(0, 3)
          .map(({ html }) => html.slice(0, 160))
          .join(' | ')}`,
    )
  })
}

/** Stories in frames of a page that are not in the page's own language and theme. */
async function strayFrames(page, locale, theme) {
  const stray = []
  for (const frame of page.frames().filter((one) => one !== page.mainFrame() && one.url().startsWith(base))) {
    await frame.waitForSelector('.sb-show-main', { state: 'attached', timeout: 30_000 }).catch(() => {})
    const is = await frame.evaluate(() => [document.documentElement.lang, document.documentElement.dataset.theme])
    if (is.join() !== `${locale},${theme}`) stray.push(`${frame.url().split('id=')[1]} is in ${is.join()}`)
  }
  return stray
}

/** What a page that is opened does by itself: scroll, or lose the focus to a frame. */
const jumps = (page) =>
  page.evaluate(() => [
    ...(scrollY > 0 ? [`has scrolled by ${scrollY} px`] : []),
    ...(document.activeElement !== document.body ? [`the focus is in ${document.activeElement.id}`] : []),
  ])

/** One story or page: its picture, how far it is wider than its screen, in px, what axe finds, frames in another language, and jumps. */
async function shoot(page, { id, type }, locale, theme, width) {
  const globals = `locale:${locale};theme:${theme}`
  await page.setViewportSize({ width, height: 700 })
  await page.goto(`${base}/iframe.html?id=${id}&viewMode=${type}&globals=${globals}`)
  await page.waitForSelector('.sb-show-main', { timeout: 30_000 }).catch(() => {})
  await page.waitForLoadState('networkidle').catch(() => {})
  await page.waitForTimeout(type === 'story' ? 900 : 400)
  const { height, over } = await page.evaluate(() => ({
    height: document.documentElement.scrollHeight,
    over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  }))
  const wrong = type === 'docs' ? [...(await findings(page)), ...(await strayFrames(page, locale, theme)), ...(await jumps(page))] : []
  const clip = { x: 0, y: 0, width, height: Math.min(Math.max(height, 120), tallest) }
  return { id, over, wrong, image: (await page.screenshot({ clip, fullPage: true, type: 'jpeg', quality: 70 })).toString('base64') }
}

let wide = 0
let faulty = 0
for (const width of widths)
  for (const locale of ['ko', 'en'])
    for (const theme of ['light', 'dark']) {
      const page = await browser.newPage()
      const shots = []
      for (const entry of entries) shots.push(await shoot(page, entry, locale, theme, width))
      for (const { id, over } of shots.filter((shot) => shot.over > 0)) {
        wide += 1
        console.error(`✖ ${id} is ${over} px wider than ${width} (${locale}, ${theme})`)
      }
      for (const { id, wrong } of shots.filter((shot) => shot.wrong.length > 0)) {
        faulty += 1
        console.error(`✖ ${id} at ${width} (${locale}, ${theme}):\n    ${wrong.join('\n    ')}`)
      }
      const shown = Math.min(width, 480)
      const perSheet = width === 320 ? 24 : 16
      for (let from = 0; from < shots.length; from += perSheet) {
        const figures = shots
          .slice(from, from + perSheet)
          .map(
            ({ id, image }) =>
              `<figure><figcaption>${id}</figcaption><img width="${shown}" src="data:image/jpeg;base64,${image}"></figure>`,
          )
        await page.setViewportSize({ width: 2000, height: 1000 })
        await page.setContent(
          `<style>body{margin:8px;display:flex;flex-wrap:wrap;align-items:start;gap:12px;font:12px sans-serif;background:#888}figure{margin:0;width:${shown}px;overflow-wrap:anywhere}img{display:block;max-height:1600px;object-fit:cover;object-position:top}</style>${figures.join('')}`,
        )
        const name = `${width}-${locale}-${theme}-${from / perSheet + 1}.png`
        await page.screenshot({ path: join(out, name), fullPage: true })
        console.log(`  ${join('contact-sheets', name)}`)
      }
      await page.close()
    }
await browser.close()
server.close()
console.log(
  `${entries.length} stories and pages; ${wide === 0 ? 'none is' : `${wide} are`} wider than the screen; axe, a frame's language or a jump is found on ${faulty}`,
)
process.exitCode = wide + faulty === 0 ? 0 : 1
