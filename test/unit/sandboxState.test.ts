import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createSandbox, expectCharged } from '../../src/sandbox/index.ts'
import { stateFile } from '../../src/sandbox/node.ts'
import { runningClock } from '../../src/sandbox/runningClock.ts'

const newPath = () => join(mkdtempSync(join(tmpdir(), 'sandbox-')), 'shop.json')
const patience = 60_000
// each starts programs, and a busy machine is not a failure
vi.setConfig({ testTimeout: 240_000 })

// Reads dist/: `npm test` builds it first.
const command = fileURLToPath(new URL('../../dist/sandbox/cli.js', import.meta.url))
const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** Starts a program; answers the first match of what it prints, and a way to end it. */
async function start(args: string[], pattern: RegExp, env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env } })
  children.push(child)
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text
    })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const found = await vi.waitFor(() => pattern.exec(printed) ?? Promise.reject(new Error(printed)), patience)
  return {
    pid: child.pid,
    printed: () => printed,
    found,
    ended,
    async end(signal: NodeJS.Signals) {
      child.kill(signal)
      await ended
    },
  }
}
async function sandboxAt(path: string, ...more: string[]) {
  const { pid, found, printed, end } = await start([command, '--port', '0', '--json', '--state', path, ...more], /\{.*\}/)
  const { rest, impKey, impSecret } = JSON.parse(found[0])
  const call = async (at: string, body?: unknown, authorization = '') => {
    const headers = { 'content-type': 'application/json', authorization }
    return (await fetch(rest + at, body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) })).json()
  }
  const token = async () => (await call('/users/getToken', { imp_key: impKey, imp_secret: impSecret })).response.access_token
  return { pid, rest, impKey, impSecret, printed, end, call, token, state: () => call('/sandbox/state') }
}

/** A state that was saved, with something in it changed. */
const states: string[] = []
await createSandbox({ clock: '2027-01-31T00:00:00Z', save: (text) => states.push(text) }).register({ customerUid: 'c', merchantUid: 'm' })
function saved(change: (state: ReturnType<typeof JSON.parse>) => unknown = () => {}) {
  const state = JSON.parse(states.at(-1) ?? '')
  change(state)
  return JSON.stringify(state)
}

describe('a state file', () => {
  const inUse = (pid: unknown) => new RegExp(`shop\\.json is in use by another sandbox \\(process ${pid}\\)`)

  it('is refused to a second sandbox, in a program of its own and in this one', async () => {
    const path = newPath()
    const file = stateFile(path)
    expect(() => stateFile(path)).toThrow(inUse(process.pid))
    const { found, ended } = await start([command, '--port', '0', '--state', path], /.+\n/)
    expect(await ended).toBe(1)
    expect(found[0]).toMatch(inUse(process.pid))
    file.release()
    const first = await sandboxAt(path)
    expect(() => stateFile(path)).toThrow(inUse(first.pid))
    await first.end('SIGTERM')
    expect(existsSync(`${path}.lock`)).toBe(false)
  })

  it.each([
    ['that was killed', async (path: string) => (await sandboxAt(path)).end('SIGKILL')],
    ['that had this number before', async (path: string) => writeFileSync(`${path}.lock`, String(process.pid))],
    ['that wrote nothing', async (path: string) => writeFileSync(`${path}.lock`, '')],
  ])('is taken over from a sandbox %s', async (_, leave) => {
    const path = newPath()
    await leave(path)
    expect(existsSync(`${path}.lock`)).toBe(true)
    stateFile(path)
    expect(readFileSync(`${path}.lock`, 'utf8')).toBe(String(process.pid))
    expect(readdirSync(dirname(path)).filter((name) => name.includes('.lock'))).toEqual(['shop.json.lock'])
  })
})

describe('a state file', () => {
  it('is one, by whatever name, and stays where it is', () => {
    const path = newPath()
    const link = `${path}.link`
    writeFileSync(path, saved())
    symlinkSync(path, link)
    const file = stateFile(link)
    expect(() => stateFile(path)).toThrow(/is in use by another sandbox/)
    file.save(saved((state) => Object.assign(state, { count: 77 })))
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    expect(JSON.parse(readFileSync(path, 'utf8')).count).toBe(77)
    file.release()
  })

  it('takes away what a sandbox was writing when it was killed, and nothing else', () => {
    const path = newPath()
    for (const name of ['.17.tmp', '.tmp', '.x.tmp', '2.17.tmp']) writeFileSync(path + name, '')
    stateFile(path).release()
    expect(readdirSync(dirname(path)).sort()).toEqual(['shop.json.tmp', 'shop.json.x.tmp', 'shop.json2.17.tmp'])
  })

  it('is left whole by a disk that is full', () => {
    const path = newPath()
    const text = saved((state) => Object.assign(state, { usedUp: Array.from({ length: 9_000 }, (_, at) => `order-${at}`) }))
    writeFileSync(path, text)
    const [index, node] = ['index.js', 'node.js'].map((name) => JSON.stringify(new URL(`../../dist/sandbox/${name}`, import.meta.url)))
    const script = `import { createSandbox } from ${index}
import { stateFile } from ${node}
await createSandbox(stateFile(${JSON.stringify(path)})).register({ customerUid: 'c2', merchantUid: 'm2' })`
    const args = ['-c', 'ulimit -f 20; exec "$0" --input-type=module -e "$1"', process.execPath, script]
    const { status, stderr } = spawnSync('sh', args, { encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('EFBIG') })
    expect(readFileSync(path, 'utf8')).toBe(text)
  })
})

describe('a sandbox that is killed', () => {
  it('has every change that it answered when it is started again, its token and its clock too', async () => {
    const path = newPath()
    const first = await sandboxAt(path)
    const token = await first.token()
    const card = { card_number: '9410-0000-0000-0001', expiry: '2099-12' }
    await first.call('/subscribe/customers/c', card, token)
    const answered: string[] = []
    // killed in the middle of its charges: whoever got an answer is believed
    const charging = Array.from({ length: 40 }, async (_, index) => {
      const merchant_uid = `m${index}`
      const { response } = await first.call('/subscribe/payments/again', { customer_uid: 'c', merchant_uid, amount: 900, name: 'n' }, token)
      if (response.status === 'paid') answered.push(merchant_uid)
      if (answered.length === 15) await first.end('SIGKILL')
    })
    await Promise.allSettled(charging)
    expect(answered.length).toBeGreaterThanOrEqual(15)
    const second = await sandboxAt(path)
    const { payments, billingKeys } = await second.state()
    const charged = payments.map(({ merchant_uid }: { merchant_uid: string }) => merchant_uid)
    expect(charged).toEqual(expect.arrayContaining(answered))
    expect(new Set(charged).size).toBe(charged.length)
    expect(billingKeys).toMatchObject([{ customer_uid: 'c', card: { number: '9410-****-****-0001' } }])
    expect(await second.token()).toBe(token)
    await second.call('/sandbox/clock', { seconds: 500 })
    const { now } = await second.state()
    await second.end('SIGKILL')
    expect((await (await sandboxAt(path)).state()).now).toBeGreaterThanOrEqual(now)
  })

  it('never steps back in time when --clock is given again', async () => {
    const path = newPath()
    const clock = ['--clock', '2027-01-31T09:00:00+09:00']
    const first = await sandboxAt(path, ...clock)
    await first.call('/sandbox/clock', { seconds: 3600 })
    const { now } = await first.state()
    await first.end('SIGINT')
    const again = (await (await sandboxAt(path, ...clock)).state()).now
    expect(again).toBeGreaterThanOrEqual(now)
    expect(again).toBeLessThan(now + 600)
  })

  it.each([
    '[]',
    'null',
    '',
    '{"payments":[],"billingKeys":[1]}',
    saved((state) => Object.assign(state.billingKeys[0][1], { pg: undefined })),
    saved((state) => Object.assign(state, { usedUp: undefined })),
    saved((state) => Object.assign(state.payments[0], { merchant_uid: 7 })),
    saved((state) => Object.assign(state, { token: 'yes' })),
    // what a later version remembers besides
    saved((state) => Object.assign(state, { disputes: [] })),
  ])('is not begun from something else (%#)', (text) => {
    const path = newPath()
    writeFileSync(path, text)
    // nor is the file kept from the next who tries
    for (const _ of [1, 2]) expect(() => stateFile(path)).toThrow(/is no state of this sandbox/)
    if (text !== '') expect(() => createSandbox({ saved: text })).toThrow(/is no state of this sandbox/)
  })

  it('says in a sentence what is wrong with its file, and leaves it', async () => {
    const path = newPath()
    const text = '{"payments":'
    writeFileSync(path, text)
    const { found, ended } = await start([command, '--port', '0', '--state', path], /.+\n/)
    expect(await ended).toBe(1)
    expect(found[0]).toMatch(/^billing-sandbox: .*shop\.json is no state of this sandbox/)
    expect(readFileSync(path, 'utf8')).toBe(text)
  })
})

it('says to who asks, and in its terminal, what it cannot write to, and goes on once it can', async () => {
  const path = newPath()
  const { rest, impKey: imp_key, impSecret: imp_secret, printed } = await sandboxAt(path)
  const getToken = () =>
    fetch(`${rest}/users/getToken`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ imp_key, imp_secret }),
    })
  renameSync(dirname(path), `${dirname(path)}-away`)
  const refused = await getToken()
  renameSync(`${dirname(path)}-away`, dirname(path))

  expect(refused.status).toBe(500)
  const message = expect.stringMatching(/shop\.json cannot be written \(ENOENT\)/)
  expect(await refused.json()).toEqual({ code: -1, message, response: null })
  expect(printed()).toEqual(message)
  expect((await getToken()).status).toBe(200)
})

describe('what is saved', () => {
  it('is written after changes, and not after reads', async () => {
    const saves: string[] = []
    const sandbox = createSandbox({ clock: '2027-01-31T00:00:00Z', save: (text) => saves.push(text) })
    await sandbox.register({ customerUid: 'c', merchantUid: 'm' })
    const written = saves.length
    for (const path of ['/', '/sandbox/state', '/sandbox/events', '/v1/iamport.js', '/payments/imp_x', '/users/nothing'])
      await sandbox.fetch(new Request(`http://sandbox${path}`))
    sandbox.advance(0)
    expect(saves).toHaveLength(written)
    sandbox.advance(1)
    expect(saves).toHaveLength(written + 1)
  })

  it('holds what fell due while something was read', async () => {
    const saves: string[] = []
    let now = 1_800_000_000
    const sandbox = createSandbox({ clock: () => now, save: (text) => saves.push(text) })
    await sandbox.register({ customerUid: 'c', merchantUid: 'm' })
    const call = async (path: string, body?: unknown, authorization = '') => {
      const headers = { 'content-type': 'application/json', authorization }
      const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) }
      return (await sandbox.fetch(new Request(`http://sandbox${path}`, init))).json()
    }
    const { response } = await call('/users/getToken', { imp_key: sandbox.impKey, imp_secret: sandbox.impSecret })
    const schedules = [{ merchant_uid: 's', schedule_at: now + 60, amount: 500, name: 'n' }]
    await call('/subscribe/payments/schedule', { customer_uid: 'c', schedules }, response.access_token)
    now += 61
    await call('/payments/status/all', undefined, response.access_token)
    expectCharged(JSON.parse(saves.at(-1) ?? ''), 's', 500)
  })

  it('sends a webhook again whose answer had not come', async () => {
    const path = newPath()
    const heard: unknown[] = []
    let file = stateFile(path)
    const hangs = createSandbox({ ...file, sendNotice: () => new Promise(() => {}) })
    hangs.noticeUrl = 'http://shop.example/'
    await hangs.register({ customerUid: 'c', merchantUid: 'm', amount: 500 })
    const sendNotice = (_: string, notice: Readonly<Record<string, unknown>>) => void heard.push(notice.merchant_uid)
    file.release()
    file = stateFile(path)
    const next = createSandbox({ ...file, sendNotice })
    await vi.waitFor(() => expect(heard).toEqual(['m']), patience)
    await vi.waitFor(() => expect(next.webhooks).toMatchObject([{ due: null, attempts: [{ status: 200 }] }]), patience)
    // and not once more by the next
    file.release()
    createSandbox({ ...stateFile(path), sendNotice }).advance(0)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(heard).toEqual(['m'])
  })

  it('holds what a webhook tells before the shop hears of it', async () => {
    const log: string[] = []
    const save = (text: string) =>
      log.push(...JSON.parse(text).payments.map(({ merchant_uid }: Record<string, string>) => `saved ${merchant_uid}`))
    const sandbox = createSandbox({
      clock: '2027-01-31T00:00:00Z',
      save,
      sendNotice: (_to, notice) => log.push(`told ${notice.merchant_uid}`),
    })
    sandbox.noticeUrl = 'https://shop.example/webhook'

    await sandbox.register({ customerUid: 'card-1', merchantUid: 'order-1', amount: 9_900 })

    expect(log.slice(0, 2)).toEqual(['saved order-1', 'told order-1'])
  })

  it('may fail: who asks is told, and the webhook goes once it can be', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const heard: unknown[] = []
    const disk = { isFull: false, saved: '' }
    const save = (text: string) => {
      if (disk.isFull) throw new Error('shop.json cannot be written (ENOSPC).')
      disk.saved = text
    }
    const sandbox = createSandbox({ save, sendNotice: (_, { merchant_uid }) => void heard.push(merchant_uid) })
    sandbox.noticeUrl = 'http://shop.example/'

    disk.isFull = true
    await expect(sandbox.register({ customerUid: 'c', merchantUid: 'm', amount: 500 })).rejects.toThrow(/ENOSPC/)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(heard).toEqual([])
    disk.isFull = false
    await vi.advanceTimersByTimeAsync(5_000)

    expect(heard).toEqual(['m'])
    expectCharged(JSON.parse(disk.saved), 'm', 500)
  })

  /** A sandbox on a disk that can be full, and calls of a shop that has a token. */
  async function onDisk() {
    const disk = { isFull: false, saved: '' }
    const save = (text: string) => {
      if (disk.isFull) throw new Error('shop.json cannot be written (ENOSPC).')
      disk.saved = text
    }
    const sandbox = createSandbox({ save })
    let authorization = ''
    const call = async (path: string, body?: object) => {
      const headers = { 'content-type': 'application/json', authorization }
      const init = body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers }
      return (await sandbox.fetch(new Request(`http://sandbox${path}`, init))).json()
    }
    const { impKey: imp_key, impSecret: imp_secret } = sandbox
    authorization = (await call('/users/getToken', { imp_key, imp_secret })).response.access_token
    return { disk, call }
  }
  const prepared = { merchant_uid: 'm', amount: 500 }

  it('may fail: what could not be remembered is read by nobody until it can be, though it was no event', async () => {
    const { disk, call } = await onDisk()
    disk.isFull = true
    await expect(call('/payments/prepare', prepared)).rejects.toThrow(/ENOSPC/)

    await expect(call('/payments/prepare/m')).rejects.toThrow(/ENOSPC/)
    disk.isFull = false
    expect(await call('/payments/prepare/m')).toMatchObject({ response: { amount: 500 } })

    expect(JSON.parse(disk.saved).prepared).toEqual([['m', { amount: 500, currency: null }]])
  })

  it('may fail while another call is answered, which makes it no more remembered', async () => {
    for (let turns = 0; turns < 60; turns += 1) {
      const { disk, call } = await onDisk()
      disk.isFull = true
      const unsaved = expect(call('/payments/prepare', prepared)).rejects.toThrow(/ENOSPC/)
      for (let turn = 0; turn < turns; turn += 1) await null
      await call('/payments/status/all').catch(() => {})
      await unsaved
      await expect(call('/payments/prepare/m'), `after ${turns} turns`).rejects.toThrow(/ENOSPC/)
    }
  })

  it('names what it cannot be written to', () => {
    expect(() => stateFile('/nowhere/at/all/shop.json')).toThrow(/cannot be written: is there a folder/)
    for (const name of [tmpdir(), '/dev/zero']) expect(() => stateFile(name)).toThrow(/cannot be read \(it is no file\)/)
  })
})

it('a running clock goes on from where a saved one has got to, or from a later start', () => {
  const wall = Date.now() - 60_000
  const saved = JSON.stringify({ at: 5_000, wall, moved: 1_000 })
  // the sandbox adds what it was moved by
  expect(runningClock(1_000, saved)() + 1_000).toBeCloseTo(5_060, -1)
  expect(runningClock(90_000, saved)() + 1_000).toBeCloseTo(90_000, -1)
  expect(runningClock(null, null)()).toBeCloseTo(Date.now() / 1000, -1)
})

it('a running clock runs on from where it is when the machine’s is put back', () => {
  vi.useFakeTimers({ now: 1_800_000_000_000 })
  try {
    const clock = runningClock(null, null)
    vi.setSystemTime(1_800_000_060_000)
    expect(clock()).toBe(1_800_000_060)
    vi.setSystemTime(1_799_996_400_000)
    expect(clock()).toBe(1_800_000_060)
    vi.setSystemTime(1_799_996_405_000)
    expect(clock()).toBe(1_800_000_065)
  } finally {
    vi.useRealTimers()
  }
})

it('loses no waiting payment that becomes due while it looks which are', async () => {
  let at = 1_800_000_000
  // runs on each time it is read
  const clock = () => {
    at += 0.01
    return at
  }
  let ms = 0
  const fault = (_: string, path: string) => {
    ms += 7
    return path.endsWith('/again') ? ({ kind: 'ready', ms } as const) : null
  }
  const sandbox = createSandbox({ clock, fault })
  await sandbox.register({ customerUid: 'card-1', merchantUid: 'issue-1' })
  const post = (path: string, body: object, authorization = '') =>
    sandbox.fetch(
      new Request(`http://sandbox.invalid${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify(body),
      }),
    )
  const token = await post('/users/getToken', { imp_key: sandbox.impKey, imp_secret: sandbox.impSecret })
  const { response } = (await token.json()) as { response: { access_token: string } }
  for (let order = 1; order <= 40; order += 1)
    await post(
      '/subscribe/payments/again',
      { customer_uid: 'card-1', merchant_uid: `order-${order}`, amount: 100, name: 'x' },
      response.access_token,
    )
  for (let look = 0; look < 400; look += 1) sandbox.advance(0)
  expect(sandbox.payments.filter(({ status }) => status !== 'paid')).toEqual([])
})
