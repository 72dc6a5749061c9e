import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { baseOf, readOptions } from '../../src/sandbox/cliOptions.ts'
import { createSandbox } from '../../src/sandbox/index.ts'
import { stateFile } from '../../src/sandbox/stateFile.ts'

describe('the command', () => {
  it('reads its options', () => {
    expect(readOptions([])).toMatchObject({
      port: 4010,
      host: '127.0.0.1',
      pgs: ['jtnet'],
      dialect: 'v1',
      state: null,
      json: false,
      help: false,
    })
    const args =
      '--port 0 --pg jtnet,payco --dialect legacy --seed 7 --clock 2027-01-31T09:00:00+09:00 --webhook http://shop.example/ --json'
    const clock = Date.parse('2027-01-31T00:00:00Z') / 1000
    expect(readOptions(args.split(' '))).toMatchObject({ port: 0, pgs: ['jtnet', 'payco'], dialect: 'legacy', seed: 7, clock, json: true })
  })

  it.each([
    ['--bogus', /--bogus.*--help/],
    ['--seed -1', /^Option '--seed' argument is ambiguous\. --help lists the options\.$/],
    ['--port', /--port/],
    ['--port=80000', /--port takes a whole number/],
    ['--pg=nope', /--pg knows jtnet/],
    ['--pg=toString', /--pg knows/],
    ['--host=', /--host takes a name or an address/],
    ['--dialect=v3', /--dialect is v1 or legacy/],
    ['--seed=-1', /--seed takes/],
    ['--clock=soon', /--clock takes a time/],
    ['--webhook=javascript:1', /--webhook takes an http address/],
    ['--state=', /--state takes the name of a file/],
    ['--keep=0', /--keep takes a whole number from 1/],
    ['stray', /stray/],
  ])('says in a sentence what is wrong with %s', (arg, sentence) => {
    expect(() => readOptions(arg.split(' '))).toThrow(sentence)
  })
})

it.each([
  ['127.0.0.1', 'http://127.0.0.1:1'],
  ['::1', 'http://[::1]:1'],
  ['shop.local', 'http://shop.local:1'],
  ['0.0.0.0', 'http://127.0.0.1:1'],
  ['::', 'http://[::1]:1'],
])('prints of --host %s an address that can be gone to', (host, base) => {
  expect(baseOf(host, 1)).toBe(base)
})

describe('stateFile', () => {
  it('holds everything before it is answered, is whole, and is let go', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sandbox-'))
    const path = join(folder, 'shop.json')
    const file = stateFile(path)
    await createSandbox(file).register({ customerUid: 'c', merchantUid: 'm', amount: 500 })
    expect(JSON.parse(readFileSync(path, 'utf8')).payments).toHaveLength(1)
    expect(readdirSync(folder)).toEqual(['shop.json', 'shop.json.lock'])
    file.release()
    expect(readdirSync(folder)).toEqual(['shop.json'])
    const next = createSandbox(stateFile(path))
    expect(next.billingKeys.has('c')).toBe(true)
    // who has let go writes no more
    file.save('nothing')
    expect(JSON.parse(readFileSync(path, 'utf8')).payments).toHaveLength(1)
  })
})
