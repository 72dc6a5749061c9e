import type Database from 'libsql'
import type { Pg } from 'react-billing-key'
import { createSandbox } from 'react-billing-key/sandbox'
import { createIamportClient } from 'react-billing-key/server'

export type Listen = (fetch: (request: Request) => Response | Promise<Response>, port: number) => Promise<number>

const redirectUrl = '/billing/complete'

/** PortOne itself. */
export function connectPortone(env: NodeJS.ProcessEnv) {
  const { IAMPORT_USER_CODE: userCode = '', IAMPORT_KEY: impKey, IAMPORT_SECRET: impSecret, IAMPORT_PG: pg = 'jtnet' } = env
  return {
    iamport: createIamportClient({ impKey, impSecret }),
    signingKey: env.SIGNING_KEY,
    config: { userCode, pg: pg as Pg, redirectUrl, scriptUrl: undefined, sandbox: false },
    now: () => new Date(),
    advance: null,
    dashboard: null,
    noticesTo(_address: string) {}, // set in PortOne's console
  }
}

/** The sandbox in its place, which remembers in the shop's own database, and whose clock can be moved. */
export async function connectSandbox(db: Database.Database, listen: Listen, port: number) {
  db.exec('create table if not exists sandbox (id integer primary key check (id = 1), state text not null)')
  const kept = db.prepare('select state from sandbox').get() as { state: string } | undefined
  const keep = db.prepare('insert into sandbox values (1, ?) on conflict do update set state = excluded.state')
  const sandbox = createSandbox({ saved: kept?.state ?? null, save: (state) => void keep.run(state) })
  const { impKey, impSecret, userCode } = sandbox
  const baseUrl = `http://127.0.0.1:${await listen(sandbox.fetch, port)}`
  return {
    iamport: createIamportClient({ impKey, impSecret, baseUrl }),
    signingKey: 'the sandbox guards nothing, a real shop does',
    config: { userCode, pg: 'jtnet' as Pg, redirectUrl, scriptUrl: `${baseUrl}/v1/iamport.js`, sandbox: true },
    now: () => new Date(sandbox.now() * 1000),
    dashboard: `${baseUrl}/`,
    advance: (days: number) => sandbox.advance(days * 86_400),
    noticesTo(address: string) {
      sandbox.noticeUrl = address
    },
  }
}

export type Portone = ReturnType<typeof connectPortone> | Awaited<ReturnType<typeof connectSandbox>>
