import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkNode, chromium, install, npx, root, run, say } from './prepare.mjs'

checkNode()
install()
const path = await chromium()
const reports = mkdtempSync(join(tmpdir(), 'rbk-'))
const env = { ...process.env, CHROMIUM_PATH: path, STORYBOOK_DISABLE_TELEMETRY: '1' }
let passed = 0
let failed = 0

/** A step that passes or fails as a whole. */
function check(name, command) {
  say(name)
  if (command()) passed += 1
  else {
    failed += 1
    console.error(`✖ ${name} failed`)
  }
}

/** A step that counts tests of its own; one that fails without counting any counts as one failure. */
function tests(name, command, count) {
  say(name)
  const fine = command()
  let sum = { passed: 0, failed: 0 }
  try {
    sum = count()
  } catch (error) {
    console.error(String(error))
  }
  passed += sum.passed
  failed += fine ? sum.failed : Math.max(1, sum.failed)
  if (fine && sum.passed === 0) failed += 1
}
const report = (name) => JSON.parse(readFileSync(join(reports, name), 'utf8'))

check('Types', () => npx('tsc', ['--noEmit']))
check('Lint and format', () => npx('biome', ['check', '--error-on-warnings', '.']))
check('Build', () => run('npm', ['run', '--silent', 'build']))
check('Build of the demo shop', () => run('npm', ['run', '--silent', 'build'], { cwd: join(root, 'examples/membership') }))
tests(
  'Unit, DOM, browser, stories and package (Vitest)',
  () =>
    npx(
      'vitest',
      ['run', '--config', 'vitest.config.ts', '--reporter=default', '--reporter=json', `--outputFile.json=${join(reports, 'vitest.json')}`],
      { env },
    ),
  () => {
    const { numPassedTests, numFailedTests } = report('vitest.json')
    return { passed: numPassedTests, failed: numFailedTests }
  },
)
check('Charges under faults, from four processes (npm run chaos makes 12,000)', () => run(process.execPath, ['test/chaos/run.mjs', '600']))
tests(
  'End to end on the demo shop (Playwright)',
  () => npx('playwright', ['test'], { env: { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: join(reports, 'e2e.json') } }),
  () => {
    const { expected, unexpected, flaky } = report('e2e.json').stats
    return { passed: expected, failed: unexpected + flaky }
  },
)
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
