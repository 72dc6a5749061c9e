import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { afterAll, expect } from 'vitest'
import { type BillingHandlerOptions, createBillingHandler } from '../../src/server/index.ts'
import { apiProblems } from './apiContract.ts'
import { startSandbox } from './startSandbox.ts'

type Change = Partial<BillingHandlerOptions<string | number>>

/** A shop over HTTP on loopback, in front of a sandbox: what it was told lies in `told`. */
export async function startShop(timeoutMs = 5_000) {
  const portone = await startSandbox()
  const iamport = portone.client({ timeoutMs })
  const servers: ReturnType<typeof serve>[] = []
  afterAll(() => {
    for (const server of servers) server.close()
  })

  /** A handler with its own keys and its own log. */
  const open = async (change: Change = {}) => {
    const told: Record<string, unknown[]> = { issued: [], charged: [], unknown: [], refused: [], deleted: [], payment: [], errors: [] }
    const note = (name: string) => (news: unknown) => void told[name]?.push(news)
    const keys = new Set<string>()
    const billing = createBillingHandler<string | number>({
      iamport,
      signingKey: 'a-signing-key-of-at-least-32-characters',
      authenticate: () => ({ id: 'mina' }),
      firstOrder: () => ({ name: '월간', amount: 9900 }),
      onIssued(issued) {
        keys.add(issued.customerUid)
        told.issued?.push(issued)
      },
      customerUids: () => [...keys],
      price: () => ({ merchantUid: 'order-1', name: '월간', amount: 9900 }),
      onCharged: note('charged'),
      onUnknown: note('unknown'),
      onRefused: note('refused'),
      onDeleted(deleted) {
        keys.delete(deleted.customerUid)
        told.deleted?.push(deleted)
      },
      onPayment: note('payment'),
      onError: (error, { route }) => void told.errors?.push([route, String(error)]),
      patienceMs: 300,
      ...change,
    })
    const base = await new Promise<string>((resolve) => {
      const server = serve({ fetch: billing, port: 0, hostname: '127.0.0.1' }, ({ port }: AddressInfo) =>
        resolve(`http://127.0.0.1:${port}`),
      )
      servers.push(server)
    })
    /** Calls it, and holds what it answers against docs/openapi.json. */
    const call = async (route: string, body?: unknown, headers: Record<string, string> = {}) => {
      const [method = '', path = ''] = route.split(' ')
      const response = await fetch(`${base}/api/billing${path}`, {
        method,
        headers: { 'content-type': 'application/json', 'x-billing-key': '1', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const answer = await response.json()
      expect(apiProblems(method, path, response.status, answer)).toEqual([])
      return { status: response.status, body: answer, code: answer.error?.code ?? answer.status }
    }
    /** An intent, and what the customer does with it in the window; `window` is what a tampered page asks for instead. */
    const register = async (window: object = {}) => {
      const { body: intent } = await call('POST /intents', {})
      const { customerUid, merchantUid, amount, customData } = intent
      const paid = await portone.pay({ customer_uid: customerUid, merchant_uid: merchantUid, amount, custom_data: customData, ...window })
      return { intent, impUid: String(paid.imp_uid) }
    }
    const confirm = ({ intent, impUid }: { intent: { token: string }; impUid: string }) =>
      call('POST /confirm', { token: intent.token, impUid })
    const addCard = async () => {
      const registration = await register()
      await confirm(registration)
      return registration.intent.customerUid as string
    }
    return { billing, base, call, register, confirm, addCard, told, keys }
  }
  return { ...portone, iamport, open }
}
