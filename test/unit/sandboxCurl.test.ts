import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { serve } from '@hono/node-server'
import { afterAll, expect, it } from 'vitest'
import { createSandbox } from '../../src/sandbox/index.ts'
import { typed } from './openSandbox.ts'

// The command lines that the dashboard prints, pasted into a shell.
const sandbox = createSandbox({ clock: '2027-01-31T00:00:00Z' })
const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
  const made = serve({ fetch: sandbox.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(made))
})
const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
afterAll(() => void server.close())

const run = promisify(execFile)
const proof = join(tmpdir(), `billing-sandbox-${process.pid}`)
const hostile = `it's $(touch ${proof}) \`id\` "가" \\ ! {a,b} [1-3] %41 & = + #\n끝`
const commands = () => sandbox.events.list().flatMap(({ kind, curl }) => (kind === 'request' ? [String(curl)] : []))
const token = async () => {
  const body = new URLSearchParams({ imp_key: sandbox.impKey, imp_secret: sandbox.impSecret })
  return (await (await fetch(`${base}/users/getToken`, { method: 'POST', body })).json()).response.access_token as string
}

/** Calls, forgets what came of it, has a shell repeat it from what is printed; answers both. */
async function repeated(method: string, path: string, body?: object | URLSearchParams) {
  const before = commands().length
  const isForm = body instanceof URLSearchParams
  const headers = { authorization: await token(), ...(isForm || !body ? {} : { 'content-type': 'application/json' }) }
  const sent = body && (isForm ? body : JSON.stringify(body))
  const first = await (await fetch(base + path, { method, headers, ...(sent ? { body: sent } : {}) })).json()
  const [command] = commands().slice(before + 1)
  if (!command) throw new Error(`${method} ${path} is not among the requests`)
  const secrets = {
    ACCESS_TOKEN: await token(),
    IMP_KEY: sandbox.impKey,
    IMP_SECRET: sandbox.impSecret,
    CARD_NUMBER: typed.card_number,
    CARD_EXPIRY: typed.expiry,
    CARD_BIRTH: typed.birth,
    CARD_PASSWORD: typed.pwd_2digit,
  }
  const { stdout } = await run('sh', ['-c', `${command} --silent --show-error`], { env: { PATH: process.env.PATH ?? '', ...secrets } })
  return { command, first, again: JSON.parse(stdout) }
}

it('says of a request that PortOne refused why, though HTTP says 200', async () => {
  const body = new URLSearchParams({ customer_uid: 'nobody', merchant_uid: 'order-refused', amount: '1000', name: '이용권' })
  const answer = await fetch(`${base}/subscribe/payments/again`, { method: 'POST', headers: { authorization: await token() }, body })
  expect(answer.status).toBe(200)
  const { message } = (await answer.json()) as { message: string }
  expect(message).not.toBe('')
  expect(sandbox.events.list().at(-1)).toMatchObject({ kind: 'request', status: 200, refusal: message })
  await token()
  expect(sandbox.events.list().at(-1)).toMatchObject({ path: '/users/getToken', refusal: undefined })
})

it.runIf(spawnSync('curl', ['--version']).status === 0)('a printed curl asks exactly the same again, whatever is in it', async () => {
  const uid = encodeURIComponent(hostile)
  await repeated('POST', `/subscribe/customers/${uid}`, typed)
  for (const path of [`/subscribe/customers/${uid}`, '/subscribe/customers/c[1-3]']) {
    const { first, again } = await repeated('POST', path, typed)
    expect(again.response.customer_uid).toBe(first.response.customer_uid)
  }
  const form = await repeated(
    'POST',
    '/subscribe/customers/by-form',
    new URLSearchParams({ ...typed, customer_name: hostile.slice(0, 18) }),
  )
  expect(form.again).toEqual(form.first)
  expect(form.command).not.toContain(typed.card_number)
  for (const query of [`customer_uid[]=${uid}`, `customer_uid[]=${uid}&customer_uid[]=by-form`]) {
    const { first, again } = await repeated('GET', `/subscribe/customers?${query}`)
    expect(again.response.length).toBe(first.response.length)
  }
  // an amount that is text in JSON is refused, and in a form it is not
  const order = (merchant_uid: string) => ({ customer_uid: hostile, merchant_uid, amount: '9900', name: hostile.slice(0, 40) })
  const declined = { customer_uid: 'by-form', amount: 9_900, merchant_uid: `\u0000HOME\u0000 \\u0000PATH\\u0000`, name: '@/etc/passwd' }
  sandbox.faults.set('declined', 4)
  for (const body of [new URLSearchParams(order(`m ${hostile}`.slice(0, 40))), declined]) {
    const { first, again } = await repeated('POST', '/subscribe/payments/again', body)
    expect(again).toMatchObject({
      code: 0,
      response: { status: 'failed', merchant_uid: first.response.merchant_uid, name: first.response.name },
    })
  }
  const list = await repeated('GET', `/payments?merchant_uid[]=${encodeURIComponent(declined.merchant_uid)}`)
  expect(list.again).toEqual(list.first)
  const rows = {
    'schedules[0][merchant_uid]': 's',
    'schedules[0][schedule_at]': '1',
    'schedules[0][amount]': '10',
    'schedules[0][name]': 'n',
  }
  const schedule = await repeated('POST', '/subscribe/payments/schedule', new URLSearchParams({ customer_uid: 'by-form', ...rows }))
  expect(schedule.again).toEqual(schedule.first)
  expect(schedule.first.message).toContain('예약시각')
  expect(existsSync(proof)).toBe(false)
})
