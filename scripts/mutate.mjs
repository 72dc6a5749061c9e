import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './prepare.mjs'

// Changes the source in small ways and runs the tests against each: `npm run mutate`, or a part of the server by `npm run
// mutate -- charge`; files named after that are changed in place of the whole part.
const parts = {
  client: ['src/attempt/**/*.ts', 'src/billing/outcome.ts', 'src/billing/confirm.ts', 'src/iamport/requestPay.ts'],
  charge: ['charge', 'claim', 'look', 'reconcileCharge', 'chargeMany', 'chargeLock', 'turns'].map((name) => `src/server/${name}.ts`),
  handler: ['src/server/createBillingHandler.ts', 'src/server/routes/*.ts', 'src/server/intent.ts', 'src/server/registration.ts'],
}
const [named, ...only] = process.argv.slice(2)
const part = named ?? 'client'
if (!Object.hasOwn(parts, part)) throw new Error(`There is no part ${part}: ${Object.keys(parts).join(', ')}`)
const report = join(root, 'reports/mutation/mutation.json')

// the quickest first: each step is asked only about what the one before it let live
const steps = part === 'client' ? ['client', 'clientModel', 'clientDom'] : [part]
let left = only.length > 0 ? only : parts[part]
for (const step of steps) {
  rmSync(report, { force: true })
  process.exitCode = mutate(step, left)
  if (process.exitCode !== 0) break
  left = survivors()
  renameSync(report, join(root, `reports/mutation/${step}.json`))
  console.log(`\n${step}: ${left.length} live\n`)
  if (left.length === 0) break
}

function mutate(tests, files) {
  const { status } = spawnSync('npx', ['--no-install', 'stryker', 'run', 'stryker.config.json', '--mutate', files.join(',')], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, MUTATE: tests, MODEL_RUNS: '300', PROPERTY_RUNS: '300' },
  })
  return status ?? 1
}

/** Where the mutants that no test saw stand, in the form that `--mutate` takes: its columns begin at 0, the report's at 1. */
function survivors() {
  if (!existsSync(report)) throw new Error(`Stryker wrote no ${report}`)
  const { files } = JSON.parse(readFileSync(report, 'utf8'))
  const ranges = Object.entries(files).flatMap(([file, { mutants }]) =>
    mutants
      .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
      .map(({ location: { start, end } }) => `${file}:${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`),
  )
  return [...new Set(ranges)]
}
