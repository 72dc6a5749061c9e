import { execFile, spawnSync } from 'node:child_process'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { serve } from '@hono/node-server'
import { afterAll, expect, it, vi } from 'vitest'
import { createSandbox, expectCharged } from '../../src/sandbox/index.ts'

// Shops that are not ours, unchanged but for the addresses.
const sandbox = createSandbox()
const heard: unknown[] = []
const fetch = async (request: Request, env: object) => {
  if (new URL(request.url).pathname !== '/shop/webhook') return sandbox.fetch(request, env)
  heard.push(await request.json())
  return new Response('ok')
}
const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
  const made = serve({ fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(made))
})
const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
afterAll(() => void server.close())

const run = promisify(execFile)
const at = (name: string) => fileURLToPath(new URL(`../acceptance/${name}`, import.meta.url))
const card = '9410-0000-0000-0001'
const shared = [base, sandbox.impKey, sandbox.impSecret, card]
const has = (program: string) => spawnSync(program, ['--version']).status === 0

it.runIf(has('python3'))('a Python standard-library shop registers, charges, refunds, schedules and hears', async () => {
  expect((await run('python3', [at('shop.py'), ...shared])).stdout).toContain('python: ok')
  expect(() => expectCharged(sandbox, 'py-order-1', 9_900)).toThrow('there is paid 9900, of which 900 went back')
})

it.runIf(has('curl'))('a shop of curl calls registers, charges, refunds, schedules and hears', async () => {
  expect((await run('sh', [at('shop.sh'), ...shared, `${base}/shop/webhook`])).stdout).toContain('sh: ok')
  expect(() => expectCharged(sandbox, 'sh-order-1', 9_900)).toThrow('there is cancelled 9900, of which 9900 went back')
  await vi.waitFor(() => expect(heard).toContainEqual(expect.objectContaining({ merchant_uid: 'sh-order-1', status: 'paid' })), 30_000)
})
