import { expect } from 'vitest'
import { type BillingHandlerOptions, BillingRefusal, createBillingHandler } from '../../src/server/index.ts'
import { apiProblems } from './apiContract.ts'
import { startSandbox } from './startSandbox.ts'

export const signingKey = 'a-signing-key-of-at-least-32-characters'

/** A shop in front of a sandbox, whose handler is called without a server between. */
export async function startDirectShop() {
  const portone = await startSandbox()
  const { client, pay } = portone
  const iamport = client()
  const issued: string[] = []
  const make = (customer: string | null = 'mina', change: Partial<BillingHandlerOptions> = {}) =>
    createBillingHandler({
      iamport,
      signingKey,
      authenticate: () => (customer ? { id: customer } : null),
      firstOrder: ({ body }) => ({ name: '월간', amount: (body as { free?: boolean }).free ? 0 : 9900 }),
      onIssued: ({ customerUid }) => {
        issued.push(customerUid)
      },
      customerUids: () => [...new Set(issued)],
      price: ({ body }) => {
        const { order } = body as { order?: string }
        if (order === 'unknown') throw new BillingRefusal(404, 'unknown-order', '없는 주문입니다.')
        return { merchantUid: order ?? 'order-handler', name: '월간', amount: 9900 }
      },
      ...change,
    })

  /** Calls the handler, and holds what it answers against docs/openapi.json. */
  async function send(handler: ReturnType<typeof make>, method: string, path: string, init: RequestInit = {}) {
    const response = await handler(new Request(`http://shop.example/api/billing${path}`, { method, ...init }))
    const body = response.status === 204 ? null : await response.json()
    expect(apiProblems(method, path, response.status, body)).toEqual([])
    return { status: response.status, body, headers: response.headers }
  }
  const call = (handler: ReturnType<typeof make>, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    send(handler, method, path, {
      headers: { 'content-type': 'application/json', origin: 'http://shop.example', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  /** An intent, and its payment in the window. */
  async function register(handler = make(), body: object = {}) {
    const { body: intent } = await call(handler, 'POST', '/intents', body)
    const { customerUid, merchantUid, amount, customData } = intent
    const { imp_uid } = await pay({ customer_uid: customerUid, merchant_uid: merchantUid, amount, custom_data: customData })
    return { intent, impUid: imp_uid as string }
  }
  return { ...portone, iamport, make, send, call, register }
}

/** The handler that `make` gives. */
export type Handler = ReturnType<typeof createBillingHandler>
