import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, expect, it } from 'vitest'

// PortOne over https, with a certificate that nobody has signed. No second sandbox: it is about the connection, and answers one thing
const folder = mkdtempSync(join(tmpdir(), 'rbk-https-'))
const at = (name: string) => join(folder, name)
const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '2']
const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', at('key.pem'), '-out', at('cert.pem')]
execFileSync('openssl', ['req', '-x509', ...made, ...names], { stdio: 'ignore' })
const seen: string[] = []
const server = createServer({ key: readFileSync(at('key.pem')), cert: readFileSync(at('cert.pem')) }, (request, response) => {
  seen.push(`${request.method} ${request.url}`)
  request.resume().on('end', () => {
    const payment = { imp_uid: 'imp_1', merchant_uid: 'order-1', status: 'paid', amount: 9900, cancel_amount: 0, currency: 'KRW' }
    const token = { access_token: 't', now: 1, expired_at: 1801 }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ code: 0, message: null, response: request.url === '/users/getToken' ? token : payment }))
  })
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address() as AddressInfo
afterAll(() => {
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true })
})

/** What a process that trusts this file's certificates says of one charge. */
async function charged(host: string, trusted: string | null): Promise<string> {
  const entry = new URL('../../src/server/index.ts', import.meta.url).pathname
  await build({ entryPoints: [entry], bundle: true, platform: 'node', format: 'esm', outfile: at('server.mjs') })
  const script = `import { createIamportClient } from ${JSON.stringify(at('server.mjs'))}
const iamport = createIamportClient({ impKey: 'k', impSecret: 's', baseUrl: 'https://${host}:${port}', timeoutMs: 10_000 })
iamport.again({ customerUid: 'card-1', merchantUid: 'order-1', amount: 9900, name: 'x' }).then(
  ({ status }) => console.log(status), (error) => console.log(error.sent, error.message))`
  const { NODE_EXTRA_CA_CERTS: _, NODE_TLS_REJECT_UNAUTHORIZED: __, ...rest } = process.env
  const env = trusted === null ? rest : { ...rest, NODE_EXTRA_CA_CERTS: trusted }
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['--input-type=module', '-e', script], { env }, (error, out) =>
      error ? reject(error) : resolve(out.trim()),
    )
  })
}

it('sends nothing to a server whose certificate nobody signed', async () => {
  expect(await charged('localhost', null)).toMatch(/^false .*SELF_SIGNED/)
  expect(seen).toEqual([])
})

it('sends nothing to a server that has another one’s certificate', async () => {
  expect(await charged('127.0.0.1', at('cert.pem'))).toMatch(/^false .*ALTNAME_INVALID/)
  expect(seen).toEqual([])
})

it('charges over https where the certificate is trusted', async () => {
  expect(await charged('localhost', at('cert.pem'))).toBe('paid')
  expect(seen).toEqual(['POST /users/getToken', 'POST /subscribe/payments/again'])
})
