import type { MiddlewareHandler } from 'hono'

/** What goes wrong with one REST call. */
export interface Fault {
  /**
   * - `reset`: the connection breaks
   * - `timeout`: nothing is answered for `ms`
   * - `late`: the call is carried out only after `ms`, when nobody waits any more
   * - `server-error`, `unauthorized`, `too-many-requests`: HTTP 502, 401, 429
   * - `html`, `truncated`: HTTP 200 with something that is not JSON
   * - `refused`: HTTP 200 with a `code` that is not 0
   * - `declined`: the card is refused; `ready`: the payment is only paid after `ms` (both for `again`)
   */
  readonly kind:
    | 'reset'
    | 'timeout'
    | 'late'
    | 'server-error'
    | 'unauthorized'
    | 'too-many-requests'
    | 'html'
    | 'truncated'
    | 'refused'
    | 'declined'
    | 'ready'
  /** Whether PortOne carries the call out all the same, so that only its answer is lost: `reset`, `timeout`, `server-error`, `html`, `truncated`. */
  readonly done?: boolean
  /** Milliseconds, 1,000 when left out. */
  readonly ms?: number
}

/** Asked for each call of the REST API. */
export type FaultOf = (method: string, path: string) => Fault | null | undefined

export type FaultEnv = {
  Variables: { fault: Fault | undefined }
  /** What @hono/node-server hands over. */
  Bindings: { readonly incoming?: { readonly socket: { destroy(): unknown } } }
}
export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** What can lose the answer of a call that was carried out. */
const losable: readonly Fault['kind'][] = ['reset', 'timeout', 'server-error', 'html', 'truncated']

const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', 'retry-after': '0' } })

/** Lets calls go wrong as the sandbox's user wants. */
export function faults(faultOf: FaultOf | undefined): MiddlewareHandler<FaultEnv> {
  return async (c, next) => {
    const fault = faultOf?.(c.req.method, c.req.path) ?? undefined
    c.set('fault', fault)
    if (!fault || fault.kind === 'declined' || fault.kind === 'ready') return next()
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
