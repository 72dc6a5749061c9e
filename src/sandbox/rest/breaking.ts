import type { MiddlewareHandler } from 'hono'
import { type Fault, type FaultName, type FaultOf, type Faults, faultTable, isFaultName, sleep } from '../faults.ts'
import { isWebhookFault, type WebhookFault } from '../webhooks.ts'

export type FaultEnv = {
  Variables: { fault: Fault | undefined }
  /** What @hono/node-server hands over. */
  Bindings: { readonly incoming?: { readonly socket: { destroy(): unknown } } }
}

/** What can lose the answer of a call that was carried out. */
const losable: readonly Fault['kind'][] = ['reset', 'timeout', 'server-error', 'html', 'truncated']

const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', 'retry-after': '0' } })

/** What the header of a call may name. */
const ofHeader = (name: FaultName): Fault | null => (isWebhookFault(name) ? { kind: name } : faultTable[name].rest)

/** The fault of one call: its header's, the caller's own, or one that is switched on. Tokens are only hit by the first two. */
function faultFor(header: string | undefined, method: string, path: string, faultOf: FaultOf | undefined, faults: Faults) {
  if (isFaultName(header)) return ofHeader(header)
  const own = faultOf?.(method, path)
  if (own || path === '/users/getToken') return own
  const charges = /\/(?:again|onetime|retry)$/.test(path)
  const strikes = ([name, { rest }]: [string, { rest: Fault | null }]) =>
    rest !== null && (charges || (rest.kind !== 'declined' && rest.kind !== 'ready')) && faults.take(name as FaultName)
  return Object.entries(faultTable).find(strikes)?.[1].rest
}

type Breaking = Fault & { readonly kind: Exclude<Fault['kind'], 'declined' | 'ready' | WebhookFault> }
/** Whether a fault is about the call; the others are about what it does. */
const breaksCall = (fault: Fault): fault is Breaking => fault.kind !== 'declined' && fault.kind !== 'ready' && !isWebhookFault(fault.kind)

/** Lets calls go wrong as the sandbox's user wants. */
export function breaking(faultOf: FaultOf | undefined, faults: Faults): MiddlewareHandler<FaultEnv> {
  return async (c, next) => {
    const header = c.req.header('x-sandbox-fault')
    if (header !== undefined && !(isFaultName(header) && ofHeader(header))) {
      const known = (Object.keys(faultTable) as FaultName[]).filter(ofHeader)
      return c.json({ code: -1, message: `x-sandbox-fault is one of ${known.join(', ')}, not ${header}`, response: null }, 400)
    }
    const fault = faultFor(header, c.req.method, c.req.path, faultOf, faults) ?? undefined
    c.set('fault', fault)
    if (!fault || !breaksCall(fault)) return next()
    const { kind, done = false, ms = 1_000 } = fault
    if (kind === 'late') {
      await c.req.text() // kept: the one who asked is gone by then
      await sleep(ms)
      return next()
    }
    const answered = done && losable.includes(kind)
    if (answered) await next()
    const real = answered ? await c.res.text() : '{"code":0,"message":null,"response":{"imp_uid":"imp_'
    const answers: Record<typeof kind, () => Response | Promise<Response>> = {
      reset: () => {
        const socket = c.env?.incoming?.socket
        if (!socket) return new Response(new ReadableStream({ pull: (stream) => stream.error(new Error('reset')) }))
        socket.destroy()
        return new Response(null)
      },
      timeout: () => sleep(ms).then(() => json(504, null)),
      'server-error': () => new Response('<html>502 Bad Gateway</html>', { status: 502, headers: { 'content-type': 'text/html' } }),
      unauthorized: () => json(401, { code: -1, message: 'Unauthorized', response: null }),
      'too-many-requests': () => json(429, { code: -1, message: 'Too Many Requests', response: null }),
      html: () => new Response('<html>점검 중입니다</html>', { headers: { 'content-type': 'text/html' } }),
      truncated: () => new Response(real.slice(0, real.length / 2), { headers: { 'content-type': 'application/json' } }),
      refused: () => json(200, { code: -1, message: '일시적으로 처리할 수 없습니다.', response: null }),
    }
    c.res = await answers[kind]()
    return undefined
  }
}
