import { afterAll, describe, expect, it } from 'vitest'
import { nextApp, ownFiles, ownStatements, registerOnBoth, viteApp } from './apps.ts'
import { closeBrowser, fine } from './customer.ts'
import { cleanUp, createProject } from './project.ts'
import { folder } from './samples.ts'

afterAll(async () => {
  try {
    await closeBrowser()
  } finally {
    cleanUp()
  }
})

describe.concurrent('a card is registered from an empty folder, on a PC and on a phone', { timeout: 600_000 }, () => {
  it('by the README, with Vite', async () => {
    const { ports } = await viteApp('vite')
    expect(await registerOnBoth(`http://localhost:${ports[5173]}/`)).toEqual(fine)
  })

  it('by the README, with Next.js, built without secrets, at both names of this machine', async () => {
    const { ports } = await nextApp('next')
    for (const host of ['localhost', '127.0.0.1']) expect(await registerOnBoth(`http://${host}:${ports[3000]}/`), host).toEqual(fine)
  })

  it('by the page Getting started, with a server in plain Node', async () => {
    const { 'install.sh': install = '', 'run.sh': run = '', 'server.ts': server = '', ...pages } = folder('stories/code/start')
    const project = await createProject('getting-started')
    await project.run(install.trim().split('\n'))
    project.write({ ...pages, 'server.js': server })
    const [build = '', start = ''] = run.trim().split('\n')
    await project.run([build])
    await project.serve(start, project.ports[3000])
    expect(await registerOnBoth(`http://127.0.0.1:${project.ports[3000]}/`)).toEqual(fine)
  })
})

it.each(['### Vite', '### Next.js'] as const)('%s takes at most 35 statements of one’s own', (heading) => {
  const count = ownStatements(ownFiles(heading).files)
  console.log(`${heading.slice(4)}: ${count} statements`)
  expect(count).toBeLessThanOrEqual(35)
})
