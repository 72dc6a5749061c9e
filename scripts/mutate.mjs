import { spawnSync } from 'node:child_process'
import { root } from './prepare.mjs'

// Changes the source in small ways and runs the tests against each: `npm run mutate`, or `npm run mutate -- server`.
const half = process.argv[2] === 'server' ? 'server' : 'client'
const files = {
  client: ['src/attempt/**/*.ts', 'src/billing/outcome.ts', 'src/billing/confirm.ts', 'src/iamport/requestPay.ts'],
  server: [
    'src/server/charge.ts',
    'src/server/chargeLock.ts',
    'src/server/createBillingHandler.ts',
    'src/server/routes/*.ts',
    'src/server/intent.ts',
  ],
}
const only = process.argv.slice(3)
const { status } = spawnSync(
  'npx',
  ['--no-install', 'stryker', 'run', 'stryker.config.json', '--mutate', (only.length > 0 ? only : files[half]).join(',')],
  { cwd: root, stdio: 'inherit', env: { ...process.env, MUTATE: half, MODEL_RUNS: '300' } },
)
process.exitCode = status ?? 1
