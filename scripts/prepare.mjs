// What `npm start` and `npm test` need before anything of npm's can be imported: Node's built-ins only.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
export const say = (text) => console.log(`\n▸ ${text}`)

/** Ends the script with a message that says what to do. */
export function giveUp(message) {
  console.error(`\n✖ ${message}\n`)
  process.exit(1)
}

/** Runs a command where its output can be seen; returns whether it went well. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32', ...options })
  if (error) console.error(String(error.message))
  return status === 0
}

/** A program of node_modules, run by this Node. */
export const npx = (program, args, options) => run('npx', ['--no-install', program, ...args], options)

export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19))
    giveUp(`Node.js 20.19 or newer is needed; this is ${process.version}. Get it from https://nodejs.org.`)
}

/** `npm ci`, when the lock file is not the one that was installed; `demo` leaves out what only development needs. */
export function install({ demo = false } = {}) {
  const whole = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  const wanted = demo ? [whole, `${whole} demo`] : [whole]
  const stamp = join(root, 'node_modules', '.installed')
  if (existsSync(stamp) && wanted.includes(readFileSync(stamp, 'utf8'))) return
  say(demo ? 'Installing what the demo needs (npm ci --omit=dev)…' : 'Installing packages (npm ci)…')
  if (!run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...(demo ? ['--omit=dev'] : [])]))
    giveUp('npm ci failed. Check the connection to the npm registry, then run this again.')
  writeFileSync(stamp, wanted.at(-1))
}

const candidates = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]
const systemChromium = () => candidates.find((path) => path && existsSync(path))

// the same browser without windows and profiles; a third less work for the machine
const headlessShell = '/usr/bin/chromium-headless-shell'

/**
 * Chromium from CHROMIUM_PATH, the system, Playwright, or apt-get, in that order. Returns the path of one that has
 * profiles and settings, and the path of the lightest one for pages that need neither: its headless shell, where there is one.
 */
export async function chromium() {
  if (process.env.CHROMIUM_PATH && !existsSync(process.env.CHROMIUM_PATH))
    giveUp(`CHROMIUM_PATH is ${process.env.CHROMIUM_PATH}, and there is nothing there.`)
  const { chromium: playwright } = await import('playwright')
  const find = () => systemChromium() ?? (existsSync(playwright.executablePath()) ? playwright.executablePath() : undefined)
  const root = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
  const apt = (...packages) =>
    run('apt-get', ['update', '-qq']) &&
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  if (!find()) {
    if (root) {
      say('Installing Chromium and a Korean font (apt-get)…')
      apt('chromium', 'chromium-headless-shell', 'fonts-nanum')
    }
    if (!find()) {
      say("Installing Playwright's Chromium…")
      npx('playwright', ['install', 'chromium'])
    }
  }
  const path = find()
  if (!path)
    giveUp('No Chromium could be found or installed. Install Chrome or Chromium, or set CHROMIUM_PATH to one, then run this again.')
  const korean = spawnSync('fc-list', [':lang=ko'], { encoding: 'utf8' })
  if (root && (korean.error || korean.stdout.trim() === '')) {
    say('Installing a Korean font (apt-get)…')
    if (!apt('fonts-nanum')) console.warn('No Korean font could be installed: screenshots will show boxes.')
  }
  const headless = process.env.CHROMIUM_PATH || !existsSync(headlessShell) ? path : headlessShell
  console.log(`  Chromium: ${headless}${headless === path ? '' : `, and ${path} where a profile is needed`}`)
  return { path, headless }
}
