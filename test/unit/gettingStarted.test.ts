import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright'
import { afterAll, expect, it } from 'vitest'
import { approve } from '../../src/sandbox/testHelpers.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const page = join(root, 'stories/code/start')
const folder = mkdtempSync(join(tmpdir(), 'rbk-start-'))
let server: ChildProcess | undefined
afterAll(() => {
  server?.kill()
  rmSync(folder, { recursive: true, force: true })
})

const freePort = () =>
  new Promise<number>((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

/** The page's commands, one a line, with the package as it would be published. */
function runLines(file: string, change: (line: string) => string = (line) => line) {
  for (const line of readFileSync(join(page, file), 'utf8').trim().split('\n'))
    execFileSync(change(line), { cwd: folder, shell: true, stdio: 'pipe', env: { ...process.env, NODE_ENV: '' } })
}

it('registers a card from an empty folder, by the steps of the page Getting started', { timeout: 600_000 }, async () => {
  const [packed] = JSON.parse(execFileSync('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root, encoding: 'utf8' }))
  runLines('install.sh', (line) =>
    line
      .replace('install react-billing-key', `install ./${packed.filename}`)
      .replace(/^npm install/, 'npm install --prefer-offline --no-audit --no-fund'),
  )

  const [shop, sandbox] = [await freePort(), await freePort()]
  const write = (from: string, to = from) =>
    writeFileSync(
      join(folder, to),
      readFileSync(join(page, from), 'utf8').replaceAll('3000', String(shop)).replaceAll('4010', String(sandbox)),
    )
  for (const file of ['index.html', 'main.tsx', 'App.tsx']) write(file)
  write('server.ts', 'server.js')
  const [build = '', start = ''] = readFileSync(join(page, 'run.sh'), 'utf8').trim().split('\n')
  execFileSync(build, { cwd: folder, shell: true, stdio: 'pipe', env: { ...process.env, NODE_ENV: '' } })
  const [program = '', ...args] = start.split(' ')
  server = spawn(program, args, { cwd: folder, stdio: 'pipe' })

  const browser = await chromium.launch({
    ...(process.env.CHROMIUM_PATH ? { executablePath: process.env.CHROMIUM_PATH } : {}),
    args: ['--no-sandbox'],
  })
  try {
    const tab = await browser.newPage()
    await expect
      .poll(
        () =>
          tab.goto(`http://127.0.0.1:${shop}`).then(
            () => true,
            () => false,
          ),
        { timeout: 60_000 },
      )
      .toBe(true)
    await tab.getByRole('button', { name: '카드 등록하기' }).click({ timeout: 60_000 })
    await approve(tab, { timeoutMs: 60_000 })
    await tab.getByText('카드를 등록했어요.').waitFor({ timeout: 60_000 })
  } finally {
    await browser.close()
  }
})
