import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresLock, postgresLockTable } from '../../examples/locks/postgresLock.ts'
import { type SqliteDatabase, sqliteLock } from '../../examples/locks/sqliteLock.ts'
import { createProcessLock } from '../../src/server/chargeLock.ts'
import type { ChargeLock } from '../../src/server/index.ts'
import { memoryLock } from './memoryLock.ts'

const Database: new (file: string) => SqliteDatabase = createRequire(new URL('../../examples/membership/package.json', import.meta.url))(
  'libsql',
)
const postgres = new PGlite()
beforeAll(() => postgres.exec(postgresLockTable))
afterAll(() => postgres.close())

const locks: [string, () => ChargeLock][] = [
  ['sqliteLock on libsql', () => sqliteLock(new Database(':memory:'))],
  ['postgresLock on PGlite', () => postgresLock(postgres)],
  ['the lock of a process alone', createProcessLock],
  ['the lock of the tests', () => memoryLock().lock],
]
const claims = Array.from({ length: 20 }, () => crypto.randomUUID())
const [mine = '', other = ''] = claims
let number = 0

describe.each(locks)('%s', (_, open) => {
  const order = () => {
    number += 1
    return `lock-${number}`
  }

  it('is acquired by one of many', async () => {
    const made = open()
    const name = order()
    const answers = await Promise.all(claims.map(async (claim) => made.acquire(name, claim)))
    expect(answers.filter(Boolean)).toEqual([true])
    expect(await made.held(name)).toMatchObject({ claim: claims[answers.indexOf(true)] })
    expect(await made.held(order())).toBeNull()
  })

  it('frees only the claim that is named', async () => {
    const made = open()
    const name = order()
    await made.acquire(name, mine)
    await made.release(name, other)
    expect(await made.held(name)).toMatchObject({ claim: mine })
    await made.release(name, mine)
    expect(await made.held(name)).toBeNull()
    await made.release(name, mine)
    expect(await made.acquire(name, other)).toBe(true)
  })

  it('tells how old a claim is', async () => {
    const made = open()
    const name = order()
    await made.acquire(name, mine)
    await new Promise((resolve) => setTimeout(resolve, 200))
    const { ms = 0 } = (await made.held(name)) ?? {}
    expect(ms).toBeGreaterThanOrEqual(195)
    expect(ms).toBeLessThan(20_000)
  })
})

it('sqliteLock reads what is claimed by others, and claims, after it waited for another writer in vain', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rbk-lock-'))
  const openFile = () => {
    const db = new Database(join(folder, 'shop.sqlite'))
    db.exec('pragma journal_mode = wal; pragma busy_timeout = 50')
    return { db, lock: sqliteLock(db) }
  }
  const [one, two] = [openFile(), openFile()]
  one.db.exec('begin immediate')
  expect(() => two.lock.acquire('lock-busy', mine)).toThrow(/locked/)
  expect(two.lock.held('lock-busy')).toBeNull()
  expect(() => two.lock.release('lock-busy', mine)).toThrow(/locked/)
  one.db.exec('commit')
  expect(one.lock.acquire('lock-busy', other)).toBe(true)
  expect(two.lock.held('lock-busy')).toMatchObject({ claim: other })
  expect(two.lock.acquire('lock-busy', mine)).toBe(false)
  expect(two.lock.acquire('lock-free', mine)).toBe(true)
  two.lock.release('lock-free', mine)
  expect(one.lock.held('lock-free')).toBeNull()
  rmSync(folder, { recursive: true })
})
