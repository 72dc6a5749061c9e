import { type ChildProcess, exec, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { root } from './samples.ts'

const made = mkdtempSync(join(tmpdir(), 'rbk-consumers-'))
const running: ChildProcess[] = []
// no variable of the test's own reaches a stranger's project, where NODE_ENV and NODE_OPTIONS decide what is built
const { NODE_ENV: _env, NODE_OPTIONS: _options, VITEST: _vitest, ...inherited } = process.env
const environment = {
  ...inherited,
  CI: '1',
  NEXT_TELEMETRY_DISABLED: '1',
  npm_config_yes: 'true',
  npm_config_prefer_offline: 'true',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_loglevel: 'error',
}

/** Ends what was started, and removes what was made. */
export function cleanUp() {
  for (const { pid } of running)
    try {
      if (pid !== undefined) process.kill(-pid)
    } catch {
      // it has ended by itself
    }
  rmSync(made, { recursive: true, force: true, maxRetries: 5 })
}

function shell(line: string, cwd: string, env: NodeJS.ProcessEnv = {}) {
  return new Promise<string>((resolve, reject) =>
    exec(line, { cwd, env: { ...environment, ...env }, maxBuffer: 1e8 }, (error, out, err) =>
      error ? reject(new Error(`${line}\n${out.slice(-6_000)}\n${err.slice(-6_000)}`)) : resolve(out),
    ),
  )
}

let packed: Promise<string> | undefined
/** The package as it would be published; packed once. */
const tarball = () => {
  packed ??= shell(`npm pack --json --pack-destination ${made}`, root).then((out) => join(made, JSON.parse(out)[0].filename))
  return packed
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

/**
 * A stranger's project in a folder of its own. Code and commands are the documents'; of them only ports are changed, what is
 * installed as `react-billing-key`, and what `change` says.
 */
export async function createProject(name: string, change: (text: string) => string = (text) => text) {
  const base = join(made, name)
  mkdirSync(base, { recursive: true })
  const own = { 3000: await freePort(), 4010: await freePort(), 5173: await freePort() } as const
  const localized = (text: string) => change(text).replace(/\b(3000|4010|5173)\b/g, (port) => String(own[port as '3000']))
  let cwd = base
  const project = {
    ports: own,
    get folder() {
      return cwd
    },
    /** Runs commands one after another; `cd` is followed. */
    async run(lines: string[], env?: NodeJS.ProcessEnv) {
      for (const line of lines) {
        if (line.startsWith('cd ')) cwd = join(cwd, line.slice(3))
        else await shell(localized(line).replace(/(npm install.*) react-billing-key(@latest)?(?= |$)/, `$1 ${await tarball()}`), cwd, env)
      }
    },
    write(files: Record<string, string>) {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(cwd, path)), { recursive: true })
        writeFileSync(join(cwd, path), localized(text))
      }
    },
    /** Starts a server, and resolves when its port answers. */
    async serve(line: string, port: number, env: NodeJS.ProcessEnv = {}) {
      const child = spawn(localized(line), { cwd, shell: true, detached: true, env: { ...environment, ...env }, stdio: 'pipe' })
      running.push(child)
      let said = ''
      for (const out of [child.stdout, child.stderr]) out.setEncoding('utf8').on('data', (text: string) => (said += text))
      const until = Date.now() + 120_000
      const answers = () =>
        fetch(`http://localhost:${port}/`).then(
          () => true,
          () => false,
        )
      while (!(await answers())) {
        if (child.exitCode !== null || Date.now() > until) throw new Error(`${line} does not answer on ${port}:\n${said}`)
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    },
  }
  return project
}
export type Project = Awaited<ReturnType<typeof createProject>>
