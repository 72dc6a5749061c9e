import { aborted, isNode, maxAnswerBytes, type Transport, TransportError, tooLong, type WireRequest } from './transport.ts'
import { isWire } from './wire.ts'

/** The transport of every runtime that has `fetch`. The signal ends it, also when `fetch` does not listen to it. */
export function fetchTransport(baseUrl: string, fetch: typeof globalThis.fetch): Transport {
  return async (request) => {
    const { signal } = request
    if (signal.aborted) throw aborted(signal, false)
    const { promise, stop } = ending(signal)
    const answer = (async () => {
      const response = await fetch(`${baseUrl}${request.path}`, initOf(request))
      if (signal.aborted) await response.body?.cancel()
      return { status: response.status, retryAfter: response.headers.get('retry-after'), text: await read(response) }
    })()
    try {
      return await Promise.race([answer, promise])
    } catch (error) {
      if (error instanceof TransportError) throw error
      if (signal.aborted) throw aborted(signal, true)
      throw failed(error)
    } finally {
      stop()
      answer.catch(() => {})
    }
  }
}

/**
 * Node's `fetch` sends a text again after HTTP 421, by itself; a stream it cannot. An edge runtime that is run by Node
 * (Next.js on a server of one's own) has the same `fetch` and does not look like Node.
 */
const sendsAgain = () => isNode() || Reflect.get(globalThis, 'EdgeRuntime') === 'edge-runtime'

function initOf({ method, headers, body, signal }: WireRequest): RequestInit & { duplex?: 'half' } {
  const init = { method, headers: { ...headers }, signal, redirect: 'manual' as const }
  if (body === null) return init
  if (!sendsAgain()) return { ...init, body }
  const bytes = new TextEncoder().encode(body)
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue(bytes)
      controller.close()
    },
  })
  return { ...init, headers: { ...headers, 'content-length': String(bytes.length) }, body: stream, duplex: 'half' }
}

function ending(signal: AbortSignal) {
  let stop = () => {}
  const promise = new Promise<never>((_, reject) => {
    const end = () => reject(aborted(signal, true))
    signal.addEventListener('abort', end, { once: true })
    stop = () => signal.removeEventListener('abort', end)
  })
  return { promise, stop }
}

async function read({ body }: Response): Promise<string> {
  if (!body) return ''
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let length = 0
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.byteLength
    if (length > maxAnswerBytes) {
      await reader.cancel()
      throw tooLong()
    }
    text += decoder.decode(part.value, { stream: true })
  }
  return text + decoder.decode()
}

/** Failures of making a connection, by Node's codes. */
const unconnected = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT']

/** Certain only where the runtime says that it was connecting: the same code can come from a connection that was made. */
function neverSent(cause: unknown): boolean {
  if (!isWire(cause)) return false
  if (Array.isArray(cause.errors) && cause.errors.length > 0) return cause.errors.every(neverSent)
  if (cause.code === 'UND_ERR_CONNECT_TIMEOUT') return true
  return unconnected.includes(String(cause.code)) && (cause.syscall === 'connect' || cause.syscall === 'getaddrinfo')
}

function failed(error: unknown): TransportError {
  const cause = error instanceof Error ? error.cause : undefined
  const code = isWire(cause) && cause.code ? String(cause.code) : error instanceof Error ? error.name : 'Error'
  return new TransportError(error instanceof Error ? error.message : String(error), code, !neverSent(cause))
}
