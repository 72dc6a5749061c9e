import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { aborted, isNode, maxAnswerBytes, type Transport, TransportError, tooLong, type WireAnswer } from './transport.ts'

/** An idle connection is closed after this long, before the other side does: what is sent into a closing one is lost. */
const idleMs = 4_000

/**
 * Node's own HTTP client, several times as fast as its `fetch`; `null` where there is none. It is looked up when it is
 * needed, so that a bundle for another runtime holds nothing of Node's.
 */
export function nodeTransport(baseUrl: string): Transport | null {
  if (!isNode() || typeof process.getBuiltinModule !== 'function') return null
  const base = new URL(baseUrl)
  const secure = base.protocol === 'https:'
  const http = secure ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http')
  const agent = new http.Agent({ keepAlive: true, timeout: idleMs })
  const hostname = base.hostname.replace(/^\[|\]$/g, '')
  const prefix = base.pathname.replace(/\/$/, '')
  return ({ method, path, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(aborted(signal, false))
      const length = body === null ? {} : { 'content-length': Buffer.byteLength(body) }
      const request = http.request({ method, agent, hostname, port: base.port, path: prefix + path, headers: { ...headers, ...length } })
      const connected = watch(request, secure)
      const stop = () => {
        const error = aborted(signal, connected())
        request.destroy(error)
        // one that Node has closed already says nothing more
        reject(error)
      }
      signal.addEventListener('abort', stop, { once: true })
      const end = () => signal.removeEventListener('abort', stop)
      request.once('error', (error: Error & { code?: string }) => {
        end()
        reject(error instanceof TransportError ? error : new TransportError(error.message, error.code ?? error.name, connected()))
      })
      // Node closes a connection that becomes another protocol's, without a word
      request.once('upgrade', (_, socket) => {
        end()
        socket.destroy()
        reject(new TransportError('the connection became another protocol’s', 'upgrade', true))
      })
      request.once('response', (response) => read(response, request).then(resolve, reject).finally(end))
      request.end(body ?? undefined)
    })
}

/** Whether the request has had a connection: without one not a byte of it has left. */
function watch(request: ClientRequest, secure: boolean): () => boolean {
  let connected = false
  request.once('socket', (socket: Socket) => {
    if (!socket.connecting) connected = true
    else
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        connected = true
      })
  })
  return () => connected
}

function read(response: IncomingMessage, request: ClientRequest): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    let length = 0
    const fail = (error: Error & { code?: string }) =>
      reject(error instanceof TransportError ? error : new TransportError(error.message, error.code ?? error.name, true))
    response.on('data', (part: Buffer) => {
      length += part.length
      parts.push(part)
      if (length <= maxAnswerBytes) return
      const error = tooLong()
      reject(error)
      request.destroy(error)
    })
    response.once('error', fail)
    response.once('end', () => {
      const retryAfter = response.headers['retry-after'] ?? null
      resolve({ status: response.statusCode ?? 0, retryAfter, text: Buffer.concat(parts).toString('utf8') })
    })
    request.once('error', fail)
    response.once('close', () => fail(new TransportError('the answer broke off', 'ECONNRESET', true)))
  })
}
