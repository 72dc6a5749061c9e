import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'

vi.setConfig({ testTimeout: 240_000 })
const root = fileURLToPath(new URL('../..', import.meta.url))
const temporary = () => mkdtempSync(join(tmpdir(), 'rbk-packed-'))

describe('the tarball', () => {
  const unpacked = () => {
    const folder = temporary()
    const out = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: root, encoding: 'utf8' })
    execFileSync('tar', ['-xzf', JSON.parse(out)[0].filename], { cwd: folder })
    return join(folder, 'package')
  }

  it('holds what its documents link to', () => {
    const folder = unpacked()
    const documents = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'))
    expect(documents).toEqual(expect.arrayContaining(['README.md', 'README.ko.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'docs/README.md']))
    const dead = documents.flatMap((path) =>
      [...readFileSync(join(folder, path), 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)/g)].flatMap(([, to = '']) =>
        existsSync(join(folder, dirname(path), to)) ? [] : [`${path}: ${to}`],
      ),
    )
    expect(dead).toEqual([])
    // sources only: nothing that was built or kept beside them
    const files = readdirSync(join(folder, 'examples'), { recursive: true, encoding: 'utf8' })
    expect(files.filter((name) => /node_modules|(^|\/)dist(\/|$)|sqlite$|pycache|\.env$/.test(name))).toEqual([])
  })
})

it('has a package.json that npm publishes as it is', () => {
  const folder = temporary()
  for (const file of ['package.json', 'README.md']) cpSync(join(root, file), join(folder, file))
  mkdirSync(join(folder, 'dist/sandbox'), { recursive: true })
  cpSync(join(root, 'dist/sandbox/cli.js'), join(folder, 'dist/sandbox/cli.js'))
  execFileSync('npm', ['pkg', 'fix'], { cwd: folder, stdio: 'pipe' })
  expect(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))).toEqual(
    JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')),
  )
})

describe('npm run address', () => {
  const errors = ['src/billing/describeError.ts', 'src/billing/describeError.development.ts']
  const files = ['package.json', ...errors, 'scripts/address.mjs']
  const copy = () => {
    const folder = temporary()
    for (const file of files) {
      mkdirSync(join(folder, dirname(file)), { recursive: true })
      cpSync(join(root, file), join(folder, file))
    }
    const read = (file: string) => readFileSync(join(folder, file), 'utf8')
    const set = (...args: string[]) => execFileSync(process.execPath, [join(folder, 'scripts/address.mjs'), ...args], { stdio: 'pipe' })
    return { read, set }
  }

  it('sets every place that names the public address, and takes it out again', () => {
    const { read, set } = copy()
    set('none')
    const before = files.map(read)
    set('https://github.com/shop/react-billing-key')
    expect(JSON.parse(read('package.json'))).toMatchObject({
      homepage: 'https://github.com/shop/react-billing-key#readme',
      repository: { type: 'git', url: 'git+https://github.com/shop/react-billing-key.git' },
      bugs: 'https://github.com/shop/react-billing-key/issues',
    })
    for (const file of errors) expect(read(file)).toContain('https://github.com/shop/react-billing-key/blob/main/docs/errors/$')
    set('none')
    expect(files.map(read)).toEqual(before)
  })

  it.each([[], ['github.com/shop/name'], ['https://github.com'], ["https://github.com/shop/na'me"]])('refuses %j', (...args) => {
    const { read, set } = copy()
    expect(() => set(...args)).toThrow(/OWNER/)
    expect(files.map(read)).toEqual(files.map((file) => readFileSync(join(root, file), 'utf8')))
  })
})
