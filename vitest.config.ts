import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { storybookTest } from '@storybook/addon-vitest/vitest-plugin'
import react from '@vitejs/plugin-react'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import storybook from './.storybook/vite.config.ts'
import { inWindow } from './test/browser/inWindow.ts'
import { exampleModules } from './test/sandboxExamples.ts'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const alias = [{ find: '#describe-error', replacement: at('src/billing/describeError.development.ts') }]
// what the examples import
const entries = [
  { find: /^react-billing-key$/, replacement: at('src/index.ts') },
  { find: /^react-billing-key\/(server|sandbox)$/, replacement: at('src/$1/index.ts') },
]
const executablePath = process.env.CHROMIUM_PATH
// made anew for each project: Vitest writes into it
const browser = (name: string) => ({
  enabled: true,
  headless: true,
  // three browsers and their servers start at once, with nothing cached
  connectTimeout: 300_000,
  screenshotFailures: false,
  provider: playwright({
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    },
  }),
  commands: { inWindow },
  instances: [{ browser: 'chromium' as const, name }],
})
const react18 = {
  alias: [
    ...alias,
    // its ESM build, so that its own imports of React are replaced as well
    { find: /^@testing-library\/react$/, replacement: at('node_modules/@testing-library/react/dist/@testing-library/react.esm.js') },
    { find: /^react$/, replacement: at('test/react-18/node_modules/react') },
    { find: /^react\/(.*)$/, replacement: `${at('test/react-18/node_modules/react')}/$1` },
    { find: /^react-dom$/, replacement: at('test/react-18/node_modules/react-dom') },
    { find: /^react-dom\/(.*)$/, replacement: `${at('test/react-18/node_modules/react-dom')}/$1` },
  ],
}
const inline = { server: { deps: { inline: [/@testing-library\/react/, /@tanstack\/react-query/] } } }
const deps = {
  optimizeDeps: {
    include: [
      'react',
      'react-dom/client',
      'react/jsx-dev-runtime',
      '@tanstack/react-query',
      '@testing-library/react',
      'hono',
      'hono/cors',
      'jquery',
      'react-router',
      '@tanstack/react-router',
    ],
  },
}

// A busy machine is not a failure; test/patience.ts says so where something is waited for in a page.
const patience = { testTimeout: 60_000, hookTimeout: 60_000 }

export default defineConfig({
  test: {
    // many tests wait more than they compute
    maxWorkers: availableParallelism() + 1,
    // a legacy SDK throws over messages that are not its own (docs/sdk-facts.md, 30)
    onConsoleLog: (log) => !log.includes('Script error.'),
    coverage: {
      provider: 'v8',
      include: ['src/{billing,attempt,iamport,server}/**'],
      reporter: ['text'],
    },
    projects: [
      {
        plugins: [exampleModules],
        resolve: { alias: [...alias, ...entries] },
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'], environment: 'node', ...patience },
      },
      // strangers' projects with the packed tarball; `npm run consumers` takes all of them
      {
        test: {
          name: 'consumers',
          include: [`test/consumers/${process.env.CONSUMERS === 'all' ? '*' : 'short'}.test.ts`],
          environment: 'node',
          testTimeout: 600_000,
          // it ends servers, and removes three apps with all they installed
          hookTimeout: 180_000,
        },
      },
      // the sandbox's payment window, in a browser that Playwright drives
      {
        resolve: { alias },
        test: { name: 'window', include: ['test/window/**/*.test.ts'], environment: 'node', testTimeout: 180_000, hookTimeout: 60_000 },
      },
      // random histories of an attempt; MODEL_RUNS and MODEL_SEED say how many, and which
      { resolve: { alias }, test: { name: 'model', include: ['test/model/**/*.test.ts'], environment: 'node' } },
      {
        plugins: [react()],
        resolve: { alias },
        test: { name: 'dom', include: ['test/dom/**/*.test.tsx'], setupFiles: ['test/patience.ts'], environment: 'jsdom' },
      },
      {
        plugins: [react()],
        resolve: react18,
        test: {
          name: 'dom-18',
          include: ['test/dom/**/*.test.tsx'],
          // React has no part in the others
          exclude: ['**/*.19.test.tsx', 'test/dom/{runAttempt,requestPay,requestSource,pending}.test.tsx'],
          setupFiles: ['test/patience.ts'],
          environment: 'jsdom',
          ...inline,
        },
      },
      ...(['browser', 'browser-18'] as const).map((name) => ({
        plugins: [exampleModules, react()],
        ...deps,
        resolve: name === 'browser-18' ? react18 : { alias: [...alias, ...entries] },
        cacheDir: at(`node_modules/.vite/${name}`),
        test: {
          name,
          include: ['test/browser/**/*.test.tsx'],
          // React has no part in it
          exclude: name === 'browser-18' ? ['test/browser/{requestPay,sandboxExample}.test.tsx'] : [],
          setupFiles: ['test/patience.ts'],
          globalSetup: ['test/browser/sandboxServer.ts'],
          browser: browser(`${name} (chromium)`),
        },
      })),
      {
        plugins: [storybookTest({ configDir: at('.storybook') })],
        // the plugin takes the stories from there, and leaves this out
        resolve: { alias: storybook.resolve?.alias ?? [] },
        define: storybook.define ?? {},
        // Storybook itself goes from one story to the next in one page
        test: { name: 'stories', browser: browser('stories (chromium)'), isolate: false, ...patience },
      },
    ],
  },
})
