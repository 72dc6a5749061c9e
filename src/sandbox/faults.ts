import type { WebhookFault } from './webhooks.ts'

/** What goes wrong with one REST call. */
export interface Fault {
  /**
   * - `reset`: the connection breaks
   * - `timeout`: nothing is answered for `ms`
   * - `late`: the call is carried out only after `ms`, when nobody waits any more
   * - `server-error`, `unauthorized`, `too-many-requests`: HTTP 502, 401, 429
   * - `html`, `truncated`: HTTP 200 with something that is not JSON
   * - `refused`: HTTP 200 with a `code` that is not 0
   * - `webhook-late`, `webhook-twice`, `webhook-never`: what becomes of the webhook of a charge
   * - `declined`: the card is refused; `ready`: the payment is only paid after `ms` (both for every charge of a key or a typed card, scheduled ones too)
   */
  readonly kind:
    | 'reset'
    | 'timeout'
    | 'late'
    | 'server-error'
    | 'unauthorized'
    | 'too-many-requests'
    | 'html'
    | 'truncated'
    | 'refused'
    | 'declined'
    | 'ready'
    | WebhookFault
  /** Whether PortOne carries the call out all the same, so that only its answer is lost: `reset`, `timeout`, `server-error`, `html`, `truncated`. */
  readonly done?: boolean
  /** Milliseconds, 1,000 when left out. */
  readonly ms?: number
}

/** Why a fault has a card refused, `null` when it does not. */
export const declinedBy = (fault: Fault | undefined) => (fault?.kind === 'declined' ? '카드사 거절' : null)

/** Asked for each call of the REST API. */
export type FaultOf = (method: string, path: string) => Fault | null | undefined

interface FaultRow {
  readonly ko: string
  readonly en: string
  /** What it does to a call of the REST API; `null` when it is about something else. */
  readonly rest: Fault | null
}
const row = (ko: string, en: string, rest: Fault | null = null): FaultRow => ({ ko, en, rest })

/** Everything that can be switched on, by the name that the dashboard, the header `x-sandbox-fault` and `sandbox.faults` take. */
export const faultTable = {
  'answer-lost-before': row('처리 전에 연결이 끊깁니다', 'The connection breaks before the call is carried out', { kind: 'reset' }),
  'answer-lost-after': row('처리한 뒤 응답이 사라집니다', 'The call is carried out and its answer is lost', { kind: 'reset', done: true }),
  'slow-commit': row('3초 뒤에야 처리됩니다', 'The call is carried out three seconds late', { kind: 'late', ms: 3_000 }),
  'server-error': row('HTTP 502로 응답합니다', 'HTTP 502', { kind: 'server-error' }),
  'too-many-requests': row('HTTP 429로 응답합니다', 'HTTP 429', { kind: 'too-many-requests' }),
  unauthorized: row('HTTP 401로 응답합니다', 'HTTP 401', { kind: 'unauthorized' }),
  truncated: row('처리한 뒤 응답이 잘립니다', 'The call is carried out and its answer is cut short', { kind: 'truncated', done: true }),
  html: row('처리한 뒤 HTML로 응답합니다', 'The call is carried out and a gateway answers HTML', { kind: 'html', done: true }),
  refused: row('code가 0이 아닌 응답을 합니다', 'HTTP 200 with a code that is not 0', { kind: 'refused' }),
  declined: row('카드가 거절됩니다', 'The card is declined', { kind: 'declined' }),
  pending: row('ready로 응답하고 나중에 승인됩니다', 'The payment is ready first and paid later', { kind: 'ready' }),
  'webhook-late': row('웹훅이 1분 늦게 옵니다', 'Webhooks come a minute late'),
  'webhook-twice': row('웹훅이 두 번 옵니다', 'Webhooks come twice'),
  'webhook-never': row('웹훅이 오지 않습니다', 'Webhooks do not come'),
  'sdk-blocked': row('SDK를 불러올 수 없습니다', 'The SDK script cannot be loaded'),
  'sdk-broken': row('SDK에 오류가 있습니다', 'The SDK script throws'),
  'window-closed': row('결제창이 말없이 닫힙니다', 'The payment window closes and never calls back'),
} as const satisfies Record<string, FaultRow>

export type FaultName = keyof typeof faultTable
export const isFaultName = (name: unknown): name is FaultName => typeof name === 'string' && Object.hasOwn(faultTable, name)

export interface SandboxFaults {
  /** What is switched on. */
  active(): FaultName[]
  /** Switches a fault on until it is switched off, or for a number of times; throws a `RangeError` for a name or number that is none. */
  set(name: FaultName, on: boolean | number): void
}

export function createFaults(onChange: (name: FaultName, on: boolean | number) => void) {
  const left = new Map<FaultName, number>()
  return {
    active: () => [...left.keys()],
    set(name: FaultName, on: boolean | number) {
      if (!isFaultName(name)) throw new RangeError(`There is no fault ${name}`)
      const times = on === true ? Number.POSITIVE_INFINITY : Number(on)
      if (!(times === Number.POSITIVE_INFINITY || (Number.isSafeInteger(times) && times >= 0)))
        throw new RangeError('A fault is switched on, off, or on for a whole number of times')
      if (times === 0) left.delete(name)
      else left.set(name, times)
      onChange(name, on)
    },
    /** Whether a fault strikes now; one that was switched on for a number of times has one time less. */
    take(name: FaultName): boolean {
      const times = left.get(name)
      if (times === undefined) return false
      if (times > 1) left.set(name, times - 1)
      else {
        left.delete(name)
        onChange(name, false)
      }
      return true
    },
    clear: () => left.clear(),
  } satisfies SandboxFaults & { take: unknown; clear: unknown }
}
export type Faults = ReturnType<typeof createFaults>
export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
