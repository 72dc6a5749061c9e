import { defineConfig, devices } from '@playwright/test'

const executablePath = process.env.CHROMIUM_PATH
export default defineConfig({
  testDir: 'test/e2e',
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  reporter: [['list'], ['json', { outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ?? 'test-results/report.json' }]],
  use: {
    baseURL: 'http://127.0.0.1:3210',
    locale: 'ko-KR',
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    },
  },
  projects: [
    { name: 'desktop', testIgnore: '**/*.phone.spec.ts', use: { ...devices['Desktop Chrome'] } },
    { name: 'built', testDir: 'test/built', use: { ...devices['Desktop Chrome'] } },
    {
      name: 'iphone',
      testIgnore: '**/*.pc.spec.ts',
      use: { ...devices['iPhone 14'], browserName: 'chromium', defaultBrowserType: 'chromium' },
    },
  ],
  webServer: {
    command: 'node examples/membership/dist/server/main.js',
    url: 'http://127.0.0.1:3210',
    env: { PORT: '3210', DATABASE: ':memory:' },
    reuseExistingServer: false,
    stdout: 'pipe',
    stderr: 'pipe',
  },
})
