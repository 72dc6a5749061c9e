import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { build } from 'esbuild'
import { afterAll, expect, it } from 'vitest'
import { createSandbox } from '../../src/sandbox/index.ts'

// The sandbox over https, with a certificate that nobody has signed
const folder = mkdtempSync(join(tmpdir(), 'rbk-https-'))
const at = (name: string) => join(folder, name)
const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '2']
const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', at('key.pem'), '-out', at('cert.pem')]
execFileSync('openssl', ['req', '-x509', ...made, ...names], { stdio: 'ignore' })
const seen: string[] = []
const sandbox = createSandbox()
await sandbox.register({ customerUid: 'card-1', merchantUid: 'issue-1' })
const listen = getRequestListener(sandbox.fetch)
const server = createServer({ key: readFileSync(at('key.pem')), cert: readFileSync(at('cert.pem')) }, (request, response) => {
  seen.push(`${request.method} ${request.url}`)
  listen(request, response)
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
const iamport = createIamportClient({ impKey: '${sandbox.impKey}', impSecret: '${sandbox.impSecret}', baseUrl: 'https://${host}:${port}', timeoutMs: 10_000 })
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
