import { Hono } from 'hono'
import type { FaultOf } from './faults.ts'
import { BrokenBody, readBody } from './rest/body.ts'
import { breaking, type FaultEnv } from './rest/breaking.ts'
import { charges } from './rest/charges.ts'
import { customers } from './rest/customers.ts'
import { Refusal } from './rest/fields.ts'
import { payments } from './rest/payments.ts'
import { prepare } from './rest/prepare.ts'
import type { RestContext, Route } from './rest/route.ts'
import { schedules } from './rest/schedules.ts'
import { isAuthorized, tokens } from './rest/tokens.ts'
import type { State } from './state.ts'

/** Every call of PortOne's V1 REST API that the sandbox answers; the first that fits a path takes it. */
export const restRoutes: readonly Route[] = [...tokens, ...prepare, ...payments, ...customers, ...charges, ...schedules]

export interface RestOptions extends Omit<RestContext, 'state'> {
  readonly fault: FaultOf | undefined
}

const no = (message: string) => ({ code: -1, message, response: null })

/** PortOne's V1 REST API. */
export function restApi(state: State, { fault, ...options }: RestOptions) {
  const context: RestContext = { state, ...options }
  const api = new Hono<FaultEnv>()
  const breaks = breaking(fault, state.faults)
  for (const { method, path, open, handle } of restRoutes)
    api.on(method, path, breaks, async (c) => {
      if (!open && !isAuthorized(state, c.req.header('authorization'))) return c.json(no('Unauthorized'), 401)
      try {
        state.runDue()
        // the late fault has read the body already
        const raw = method === 'GET' || method === 'DELETE' ? '' : await c.req.text()
        const request = new Request(c.req.url, { method, headers: c.req.raw.headers, ...(raw === '' ? {} : { body: raw }) })
        const body = await readBody(request)
        const query = new URL(c.req.url).searchParams
        const answer = await handle({ path: c.req.param() as Record<string, string>, query, body, fault: c.get('fault') }, context)
        return c.json({ code: 0, message: null, response: answer.response }, answer.status ?? 200)
      } catch (error) {
        if (error instanceof Refusal) return c.json(no(error.message), error.status)
        if (error instanceof BrokenBody) return c.json(no(error.message), 400)
        throw error
      }
    })
  api.all('/payments/:imp_uid/balance', (c) => c.json(no('허용되지 않는 HTTP METHOD입니다.'), 405))
  for (const path of ['/users/*', '/payments/*', '/subscribe/*']) api.all(path, (c) => c.json(no('존재하지 않는 API입니다.'), 404))
  return api
}
