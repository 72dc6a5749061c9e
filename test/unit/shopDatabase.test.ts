import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { openDatabase, openStore } from '../../examples/membership/src/server/store.ts'

let file: string
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'shop-database-')), 'demo.sqlite')
})

it('opens what it made again', () => {
  const made = openDatabase(file)
  openStore(made, () => '2027-01-31').signIn('session', 'm1', '미나')
  made.close()
  const again = openDatabase(file)
  expect(openStore(again, () => '2027-01-31').memberOf('session')).toMatchObject({ id: 'm1', name: '미나' })
  again.close()
})

it.each([0, 1])('does not work with tables of version %i, and leaves them as they are', (version) => {
  const other = openDatabase(file)
  other.exec(`pragma user_version = ${version}`)
  other.close()
  const before = readFileSync(file)
  expect(() => openDatabase(file)).toThrow(`its tables are of version ${version}, and this shop's of version 2`)
  expect(readFileSync(file).equals(before)).toBe(true)
})

it('does not work with a file that is no database', () => {
  writeFileSync(file, 'a letter to somebody, and longer than the header of a database, which has a hundred bytes at its beginning')
  expect(() => openDatabase(file)).toThrow('file is not a database')
})

it('lets one shop at a time have a file whose sandbox remembers in it', () => {
  openDatabase(file, { alone: true })
  expect(() => openDatabase(file, { alone: true })).toThrow('database is locked')
})
