import { spawnSync } from 'node:child_process'
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
const files = only.length > 0 ? only : parts[part]
const { status } = spawnSync('npx', ['--no-install', 'stryker', 'run', 'stryker.config.json', '--mutate', files.join(',')], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, MUTATE: part, MODEL_RUNS: '300' },
})
process.exitCode = status ?? 1
