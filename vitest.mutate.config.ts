import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'

// What `npm run mutate` runs against each mutant: MUTATE says which part, MUTATE_TESTS which tests in place of all that
// touch it: a mutant that few tests can see need not wait for the others.
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const resolve = {
  alias: [
    { find: '#describe-error', replacement: at('src/billing/describeError.development.ts') },
    { find: /^react-billing-key\/(server|sandbox)$/, replacement: at('src/$1/index.ts') },
  ],
}
const unit = (include: string[]) => ({ resolve, test: { name: 'unit', include, environment: 'node' as const, testTimeout: 30_000 } })

const parts: Record<string, TestProjectInlineConfiguration[]> = {
  client: [unit(['test/unit/{machine,outcome,confirm,redirect,pg}.test.ts'])],
  clientModel: [unit(['test/model/**/*.test.ts'])],
  clientDom: [
    {
      plugins: [react()],
      resolve,
      test: {
        name: 'dom',
        include: ['test/dom/**/*.test.tsx'],
        exclude: ['test/dom/{BillingKeyList,billingKeys}.test.tsx'], // no attempt in them, and a thread cannot change its time zone
        setupFiles: ['test/patience.ts'],
        environment: 'jsdom',
      },
    },
  ],
  charge: [
    unit(['test/unit/{charge,chargeAnswer,chargeClaim,chargeLook,chargeMany,chargeOptions,chargeTurns,chargeWindow,lock,turns}.test.ts']),
  ],
  handler: [unit(['test/unit/{handler*,intent,webhookQueue}.test.ts'])],
}

const only = process.env.MUTATE_TESTS?.split(',')

export default defineConfig({
  test: {
    projects: only ? [unit(only)] : (parts[process.env.MUTATE ?? 'client'] ?? []),
  },
})
