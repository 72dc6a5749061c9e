import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { nextApp, ownFiles, registerOnBoth, viteApp } from './apps.ts'
import { closeBrowser, fine } from './customer.ts'
import { cleanUp, createProject } from './project.ts'
import { commands, exchange, folder, named, pick, read, samples, section } from './samples.ts'

// What `npm run consumers` takes beside the short form.
afterAll(async () => {
  try {
    await closeBrowser()
  } finally {
    cleanUp()
  }
})
const readme = samples(read('README.md'))
const frameworks = (heading: string) => samples(section('docs/frameworks.md', heading))
const secrets = readme['.env'] ?? ''
const shared = pick(readme, 'src/Billing.tsx', 'src/Subscribe.tsx', 'src/Complete.tsx', 'server/billing.ts')
const [[sandbox = ''] = []] = commands(section('README.md', '### Next.js')).slice(1)

/** What a shop's server answers to the first call of a registration. */
async function intent(url: string) {
  const response = await fetch(`${url}/api/billing/intents`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-billing-key': '1', cookie: 'member=1' },
    body: '{}',
  })
  return { status: response.status, body: (await response.json()) as { amount?: number; token?: string } }
}

/** Compiles a project as strictly as there is, declarations of every package included. */
const compile = (compiler: string, options: Record<string, unknown>, include: string[]) => ({
  files: {
    'tsconfig.strict.json': JSON.stringify({
      compilerOptions: {
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        skipLibCheck: false,
        noEmit: true,
        jsx: 'react-jsx',
        target: 'es2022',
        lib: ['ES2023', 'DOM', 'DOM.Iterable'],
        types: ['node'],
        ...options,
      },
      include,
    }),
  },
  line: `node node_modules/${compiler}/bin/tsc -p tsconfig.strict.json`,
})

describe('Vite', () => {
  it.each([19, 18])('with React %i, strict, every declaration checked, registers a card', async (major) => {
    const { files, line } = compile(
      'typescript',
      { module: 'esnext', moduleResolution: 'bundler', types: ['node', 'vite/client'], allowImportingTsExtensions: true },
      ['src'],
    )
    const react = major === 19 ? [] : ['npm install react@18 react-dom@18 @types/react@18 @types/react-dom@18']
    const project = await viteApp(`vite-${major}`, { react, files, check: [line] })
    const installed = JSON.parse(readFileSync(join(project.folder, 'node_modules/react/package.json'), 'utf8')).version
    expect(installed.split('.')[0]).toBe(String(major))
    expect(await registerOnBoth(`http://localhost:${project.ports[5173]}/`)).toEqual(fine)
  })
})

describe('Next.js, by its recipe', () => {
  const { 'shop.ts': shop = '', ...recipe } = named('stories/code/next')
  const started = ownFiles('### Next.js').files
  const route = 'app/api/billing/[...path]/route.ts'
  const parts: Record<string, Record<string, string>> = {
    'app/layout.tsx': {
      "import { Billing } from '../src/Billing'": "import { Providers } from './providers'",
      '<Billing memberId="1">': '<Providers memberId="1">',
      '</Billing>': '</Providers>',
    },
    'app/providers.tsx': { '<BillingKeyProvider ': '<BillingKeyProvider scriptUrl="http://127.0.0.1:4010/v1/iamport.js" ' },
    [route]: { 'impSecret: process.env.IAMPORT_SECRET': 'impSecret: process.env.IAMPORT_SECRET, baseUrl: process.env.IAMPORT_URL' },
    'app/api/billing/[...path]/shop.ts': { "request.headers.has('cookie') ?": 'request ?' },
  }

  it.each(['nodejs', 'edge'])('registers a card with a route on %s', async (runtime) => {
    const files: Record<string, string> = {
      ...pick(started, '.env', 'app/layout.tsx', 'app/page.tsx', 'src/Subscribe.tsx'),
      ...recipe,
      'app/api/billing/[...path]/shop.ts': shop,
    }
    for (const [path, part] of Object.entries(parts)) files[path] = exchange(pick(files, path)[path] ?? '', part)
    if (runtime === 'edge') {
      files[route] = `export const runtime = 'edge'\n${files[route]}`
      files['next.config.ts'] = 'export default {}\n' // as docs/frameworks.md says: no cacheComponents
    }
    const { ports } = await nextApp(`next-${runtime}`, files)
    expect(await registerOnBoth(`http://127.0.0.1:${ports[3000]}/`)).toEqual(fine)
  })
})

// 8 asks for Node 22; the packages of 7 want each other in one version
it('React Router 7 in framework mode, with TypeScript 5.9, registers a card', async () => {
  const project = await createProject('react-router')
  project.write({
    ...shared,
    ...frameworks('## React Router, framework mode'),
    '.env': secrets,
    'package.json': JSON.stringify({ name: 'shop', private: true, type: 'module' }),
  })
  const { files, line } = compile('typescript', { module: 'esnext', moduleResolution: 'bundler', types: ['node', 'vite/client'] }, [
    'app',
    'src',
    'server',
  ])
  project.write(files)
  await project.run([
    'npm install react-billing-key @tanstack/react-query react react-dom react-router@7.18.4 @react-router/node@7.18.4 @react-router/serve@7.18.4 isbot',
    'npm install --save-dev @react-router/dev@7.18.4 vite@8 typescript@5.9 @types/react @types/react-dom @types/node@20',
    line,
    'npx react-router build',
  ])
  await Promise.all([
    project.serve(`${sandbox} --port 4010`, project.ports[4010]),
    project.serve('node --env-file=.env node_modules/.bin/react-router-serve build/server/index.js', project.ports[3000], {
      PORT: String(project.ports[3000]),
      NODE_ENV: 'production',
    }),
  ])
  expect(await registerOnBoth(`http://localhost:${project.ports[3000]}/`)).toEqual(fine)
})

it('a CommonJS server requires ./server', async () => {
  const project = await createProject('commonjs')
  project.write({ ...frameworks('## CommonJS'), '.env': secrets })
  await project.run(['npm init -y', 'npm install react-billing-key @hono/node-server'])
  await Promise.all([
    project.serve(`${sandbox} --port 4010`, project.ports[4010]),
    project.serve('node --env-file=.env server.cjs', project.ports[3000]),
  ])
  expect(await intent(`http://127.0.0.1:${project.ports[3000]}`)).toMatchObject({ status: 200, body: { amount: 9900 } })
})

it('a worker on workerd answers', async () => {
  const project = await createProject('workerd')
  const adapters = folder('examples/adapters')
  project.write({
    ...frameworks('## Cloudflare Workers'),
    'src/hono.ts': adapters['hono.ts'] ?? '',
    'src/billing.ts': adapters['billing.ts'] ?? '',
    'package.json': JSON.stringify({ name: 'shop', private: true, type: 'module' }),
    'serve.mjs': `import { Miniflare } from 'miniflare'
await new Miniflare({ modules: true, scriptPath: 'worker.js', compatibilityDate: '2025-04-01', compatibilityFlags: ['nodejs_compat'],
  bindings: Object.fromEntries(Object.entries(process.env).filter(([name]) => /^IAMPORT|^SIGNING/.test(name))), host: '127.0.0.1', port: 3000 }).ready\n`,
    '.env': secrets,
  })
  await project.run([
    'npm install react-billing-key hono esbuild miniflare@4.20260426.0',
    'npx esbuild src/worker.ts --bundle --format=esm --conditions=workerd,worker --external:node:* --outfile=worker.js',
  ])
  await Promise.all([
    project.serve(`${sandbox} --port 4010`, project.ports[4010]),
    project.serve('node --env-file=.env serve.mjs', project.ports[3000]),
  ])
  expect(await intent(`http://127.0.0.1:${project.ports[3000]}`)).toMatchObject({ status: 200, body: { amount: 9900 } })
})

describe('TypeScript', () => {
  const everyEntry = `import * as client from 'react-billing-key'
import * as sandbox from 'react-billing-key/sandbox'
import * as state from 'react-billing-key/sandbox/node'
import * as server from 'react-billing-key/server'
export const all = [client.parseRedirect, sandbox.approve, state.stateFile, server.charge]
`
  const modes = { bundler: 'esnext', node16: 'node16' }
  // 5.4 is the oldest: the declarations of TanStack Query name NoInfer
  it.each(['5.4', 'latest'])('%s reads every declaration with bundler and node16', async (version) => {
    const project = await createProject(`typescript-${version}`)
    await project.run([
      'npm init -y',
      'npm pkg set type=module',
      'npm install react-billing-key @tanstack/react-query react react-dom',
      `npm install --save-dev typescript@${version} @types/react @types/react-dom @types/node@20`,
    ])
    project.write({ ...shared, ...pick(readme, 'server/monthly.ts'), 'src/everyEntry.ts': everyEntry })
    for (const [moduleResolution, module] of Object.entries(modes)) {
      const { files, line } = compile('typescript', { module, moduleResolution }, ['src', 'server'])
      project.write(files)
      await project.run([line])
    }
  })
})
