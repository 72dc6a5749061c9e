import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkNode, chromium, install, root, say } from './prepare.mjs'

checkNode()
install()
const { path, headless } = await chromium()
const reports = mkdtempSync(join(tmpdir(), 'rbk-'))
const env = { ...process.env, CHROMIUM_PATH: headless, CHROMIUM_WITH_PROFILE: path, STORYBOOK_DISABLE_TELEMETRY: '1' }
/** Everything that was printed, to be searched at the end. */
let printed = ''
let passed = 0
let failed = 0
/** What was skipped, to be named at the end. */
const skipped = []
/** What failed, to be named again at the end. */
const failures = []

/** Runs a command, shows what it prints and keeps it; resolves with whether it went well. */
function run(command, args, options = {}) {
  const child = spawn(command, args, {
    cwd: root,
    env,
    stdio: ['inherit', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
    ...options,
  })
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ])
    from.setEncoding('utf8').on('data', (text) => {
      printed += text
      to.write(text)
    })
  return new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(error.message)
      resolve(false)
    })
    child.once('close', (code) => resolve(code === 0))
  })
}
const npx = (program, args, options) => run('npx', ['--no-install', program, ...args], options)

/** A step that passes or fails as a whole. */
async function check(name, command) {
  say(name)
  if (await command()) passed += 1
  else {
    failed += 1
    failures.push(name)
  }
}

/** A step that counts tests of its own; one that fails without counting any counts as one failure. */
async function tests(name, command, count) {
  say(name)
  const before = printed.length
  const fine = await command()
  let sum = { passed: 0, failed: 0, names: [] }
  try {
    sum = count()
  } catch (error) {
    console.error(String(error))
  }
  passed += sum.passed
  failures.push(...sum.names)
  if (fine && sum.failed === 0 && sum.passed > 0) return
  failed += Math.max(1, sum.failed)
  const [why] = /Unhandled \w+[\s\S]{0,1500}/.exec(printed.slice(before)) ?? ['see above']
  if (sum.failed === 0) failures.push(`${name}: ended in an error although no test failed: ${why}`)
}
const report = (name) => JSON.parse(readFileSync(join(reports, name), 'utf8'))

await check('Types', () => npx('tsc', ['--noEmit']))
await check('Lint and format', () => npx('biome', ['check', '--error-on-warnings', '.']))
await check('Build', () => run('npm', ['run', '--silent', 'build']))
await check('Public API, dead exports and dependencies, types for each way to import', async () => {
  const fine = await run(process.execPath, ['scripts/api.mjs', '--check'])
  return (await run('npm', ['run', '--silent', 'health'])) && fine
})
await check('Build of the demo shop', () => run('npm', ['run', '--silent', 'build'], { cwd: join(root, 'examples/membership') }))
await check('Charges under faults, from four processes (npm run chaos makes 12,000)', () =>
  run(process.execPath, ['test/chaos/run.mjs', '600']),
)
await check('Issue-and-charge cycles against the sandbox (node --expose-gc bench/sandbox.mjs makes 10,000)', () =>
  run(process.execPath, ['--expose-gc', 'bench/sandbox.mjs', '1000']),
)
await check('The client of the REST API beside others (npm run bench measures them)', () =>
  run(process.execPath, ['bench/client.mjs', 'once']),
)
/** Some projects of vitest.config.ts, counted by name. */
const vitest = (title, file, ...projects) =>
  tests(
    title,
    () =>
      npx('vitest', [
        'run',
        '--config',
        'vitest.config.ts',
        ...projects.map((name) => `--project=${name}`),
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${join(reports, file)}`,
      ]),
    () => {
      const { numPassedTests, numFailedTests, testResults } = report(file)
      for (const { assertionResults } of testResults)
        skipped.push(...assertionResults.flatMap((one) => (one.status === 'passed' || one.status === 'failed' ? [] : [one.fullName])))
      const names = testResults.flatMap(({ name, status, message, assertionResults }) => [
        ...assertionResults.flatMap((one) => (one.status === 'failed' ? [`${name}: ${one.fullName}`] : [])),
        ...(status === 'failed' && message ? [`${name}: ${message}`] : []),
      ])
      return { passed: numPassedTests, failed: numFailedTests, names }
    },
  )
await vitest('Unit, DOM, browser, stories and package (Vitest)', 'vitest.json', '!consumers')
await vitest(
  "A stranger's Vite, Next.js and Node project with the packed package (npm run consumers takes more)",
  'consumers.json',
  'consumers',
)
await tests(
  'End to end on the demo shop (Playwright)',
  () => npx('playwright', ['test'], { env: { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: join(reports, 'e2e.json') } }),
  () => {
    const { suites, stats } = report('e2e.json')
    const specsOf = ({ suites: inner = [], specs = [] }) => [...specs, ...inner.flatMap(specsOf)]
    const names = suites.flatMap(specsOf).flatMap(({ ok, file, title }) => (ok ? [] : [`${file}: ${title}`]))
    return { passed: stats.expected, failed: stats.unexpected + stats.flaky, names }
  },
)
await check('Search for secrets, tokens and card numbers in what was printed, reported and bundled for browsers', () => {
  const filesOf = (folder) => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const client = ['dist/index.js', 'dist/billing', 'dist/iamport', 'dist/hooks', 'dist/components', 'examples/membership/dist/client']
  const texts = [
    ['the output', printed],
    ...filesOf(reports).map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name), 'utf8')]),
    ...client.flatMap((path) =>
      path.endsWith('.js')
        ? [[path, readFileSync(join(root, path), 'utf8')]]
        : filesOf(join(root, path)).map(({ parentPath, name }) => [`${path}/${name}`, readFileSync(join(parentPath, name), 'utf8')]),
    ),
  ]
  // what the sandbox and the tests use for them; a token of the sandbox begins with a word of its own
  const secret = /sandbox-secret|hidden-secret|sandbox-token-\w|a-signing-key-of|9410[- ]?0000[- ]?0000[- ]?000\d/
  const found = texts.flatMap(([name, text]) => (secret.exec(text) ? [`${name}: ${secret.exec(text)?.[0]}`] : []))
  console.log(found.length === 0 ? `  Nothing in ${texts.length} texts.` : found.join('\n'))
  return found.length === 0 && texts.length > 20 && printed.length > 1_000
})
for (const failure of failures) console.error(`✖ ${failure}`)
for (const name of skipped) console.log(`– skipped: ${name}`)
console.log(`\n${passed} passed, ${failed} failed, ${skipped.length} skipped`)
process.exitCode = failed === 0 ? 0 : 1
