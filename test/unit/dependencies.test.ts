import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const { workspaces } = JSON.parse(read('package.json')) as { workspaces: string[] }
const manifests = workspaces.map((folder) => join(folder, 'package.json'))
const sections = Object.fromEntries(
  read('docs/dependencies.md')
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section] as const),
)

it('has a section for each package.json', () => {
  expect(Object.keys(sections).sort()).toEqual([...manifests].sort())
})

it.each(manifests)('says of each dependency of %s why it is there, and of nothing else', (manifest) => {
  const { dependencies = {}, devDependencies = {}, peerDependencies = {} } = JSON.parse(read(manifest))
  const names = new Set(Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies }))
  const rows = [...(sections[manifest] ?? '').matchAll(/^\| `([^`]+)` \| [^|]+ \| [^|]{3,} \|$/gm)].map(([, name]) => name)
  expect(rows.toSorted()).toEqual([...names].sort())
})

it('builds the library and the demo shop with what npm start installs, which leaves out what only development needs', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { dev?: boolean; devOptional?: boolean }> }
  const imported = ['vite.config.ts', 'examples/membership/vite.config.ts'].flatMap((config) =>
    [...read(config).matchAll(/from '([^']+)'/g)].map(([, name = '']) => name).filter((name) => !name.startsWith('node:')),
  )
  expect(imported).toContain('vite')
  for (const name of [...imported, 'react', 'react-dom', '@tanstack/react-query']) {
    const installed = packages[`node_modules/${name}`]
    expect(installed, name).toBeDefined()
    expect(installed?.dev ?? installed?.devOptional ?? false, name).toBe(false)
  }
})
