import { parseArgs } from 'node:util'
import { pgRules } from '../billing/pg.ts'
import type { Dialect } from './redirectBack.ts'

export interface CliOptions {
  readonly port: number
  readonly host: string
  readonly pgs: readonly string[]
  readonly dialect: Dialect
  readonly seed: number | undefined
  readonly webhook: string | null
  /** Epoch seconds at which the clock begins, `null` for the real time. */
  readonly clock: number | null
  readonly state: string | null
  /** How many payments are remembered, `undefined` for what the sandbox does by itself. */
  readonly keep: number | undefined
  readonly json: boolean
  readonly help: boolean
}

export const help = `billing-sandbox: PortOne V1 and JTNet on your own machine. No card is charged.

  --port N         where it listens, 4010
  --host NAME      on which address, 127.0.0.1
  --pg A,B         the PGs of the merchant, jtnet
  --dialect NAME   the SDK to put into a page: v1 (today's) or legacy (needs jQuery)
  --seed N         the same numbers and the same order of webhooks in every run
  --webhook URL    where webhooks go
  --clock ISO      when the clock begins, 2027-01-31T09:00:00+09:00; one that a file remembers only goes forward
  --state FILE     remembers everything in this file over a restart
  --keep N         how many payments are remembered, 100000
  --json           prints what to configure as one line of JSON
  --help           prints this
`

/** Something is wrong with the command line; `message` is a sentence for who typed it. */
class UsageError extends Error {}

const options = {
  port: { type: 'string', default: '4010' },
  host: { type: 'string', default: '127.0.0.1' },
  pg: { type: 'string', default: 'jtnet' },
  dialect: { type: 'string', default: 'v1' },
  seed: { type: 'string' },
  webhook: { type: 'string' },
  clock: { type: 'string' },
  state: { type: 'string' },
  keep: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    throw new UsageError(`${String((error as Error).message).split(/\.\s/)[0]}. --help lists the options.`)
  }
}

const whole = (name: string, value: string, most: number, least = 0) => {
  if (!/^\d{1,10}$/.test(value) || Number(value) > most || Number(value) < least)
    throw new UsageError(`--${name} takes a whole number from ${least} to ${most}, not ${value}.`)
  return Number(value)
}
function named(value: string) {
  if (value.trim() === '') throw new UsageError('--host takes a name or an address.')
  return value
}
function address(value: string) {
  if (!/^https?:$/.test(URL.canParse(value) ? new URL(value).protocol : ''))
    throw new UsageError(`--webhook takes an http address, not ${value}.`)
  return value
}
function file(value: string) {
  if (value === '') throw new UsageError('--state takes the name of a file.')
  return value
}
function moment(value: string) {
  const at = Date.parse(value) / 1000
  if (Number.isNaN(at)) throw new UsageError(`--clock takes a time such as 2027-01-31T09:00:00+09:00, not ${value}.`)
  return at
}

/** Reads the command line; throws a {@link UsageError}. */
export function readOptions(args: readonly string[]): CliOptions {
  const { port, host, pg, dialect, seed, webhook, clock, state, keep, json, help: wanted } = parsed(args)
  if (dialect !== 'v1' && dialect !== 'legacy') throw new UsageError(`--dialect is v1 or legacy, not ${dialect}.`)
  const asked = pg.split(',').map((name) => name.trim())
  const stranger = asked.find((name) => !Object.hasOwn(pgRules, name))
  if (stranger !== undefined) throw new UsageError(`--pg knows ${Object.keys(pgRules).join(', ')}, not ${stranger}.`)
  return {
    port: whole('port', port, 65_535),
    host: named(host),
    pgs: asked,
    dialect,
    seed: seed === undefined ? undefined : whole('seed', seed, 4_294_967_295),
    webhook: webhook === undefined ? null : address(webhook),
    clock: clock === undefined ? null : moment(clock),
    state: state === undefined ? null : file(state),
    keep: keep === undefined ? undefined : whole('keep', keep, 10_000_000, 1),
    json,
    help: wanted,
  }
}

/** Where a sandbox is reached that listens on a host: one that listens everywhere is also on this machine's own address. */
export function baseOf(host: string, port: number): string {
  const own = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host
  return `http://${own.includes(':') ? `[${own}]` : own}:${port}`
}
