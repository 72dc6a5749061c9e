import { createSandbox, type SandboxOptions } from '../../src/sandbox/index.ts'

const card = '9410-0000-0000-0001'
export const typed = { card_number: card, expiry: '2099-12', birth: '900101', pwd_2digit: '12' }
const start = '2027-01-31T00:00:00Z'

type Json = { code: number; message: string | null; response: never }

/** A sandbox whose REST API is called with a token, its clock standing still. */
export async function open(options: SandboxOptions = {}) {
  const sandbox = createSandbox({ clock: start, seed: 1, sendNotice: () => {}, ...options })
  const send = async (method: string, path: string, init: RequestInit = {}, token = 'authorization') => {
    const headers = new Headers(init.headers)
    if (token && !headers.has('authorization')) headers.set('authorization', access)
    const answer = await sandbox.fetch(new Request(`http://sandbox${path}`, { method, ...init, headers }))
    return { status: answer.status, ...((await answer.json()) as Json) }
  }
  const json = (method: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
    send(method, path, { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } })
  let access = ''
  const renew = async () => {
    const { response } = await json('POST', '/users/getToken', { imp_key: sandbox.impKey, imp_secret: sandbox.impSecret })
    access = (response as { access_token: string }).access_token
    return access
  }
  await renew()
  const again = (merchant_uid: string, change: object = {}, headers: Record<string, string> = {}) =>
    json('POST', '/subscribe/payments/again', { customer_uid: 'c', merchant_uid, amount: 9_900, name: 'n', ...change }, headers)
  const keyIn = () => json('POST', '/subscribe/customers/c', typed)
  return { sandbox, send, json, again, keyIn, renew }
}
export const at = Date.parse(start) / 1000
