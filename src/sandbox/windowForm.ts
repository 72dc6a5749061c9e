/** What a customer types into the window; a field that is left out is the test card's own. */
export interface WindowForm {
  readonly number?: unknown
  /** `MM/YY` */
  readonly expiry?: unknown
  /** A birth date of six digits, or a business number of ten. */
  readonly birth?: unknown
  readonly password?: unknown
  readonly agreed?: unknown
}

export type Problem = 'missing' | 'malformed' | 'unknown' | 'past'
export type WindowProblems = { readonly [field in keyof WindowForm]?: Problem }

/** A card is good until its month ends, in Korea. */
export const isPast = (year: number, month: number, now: number) => Date.UTC(year, month, 1, -9) / 1000 <= now

/** The expiry that a test card is filled in with: three years on. */
export function laterExpiry(now: number) {
  const year = new Date(now * 1000).getUTCFullYear() + 3
  return `12/${String(year % 100).padStart(2, '0')}`
}

function isBirthDate(text: string) {
  const [, month = 0, day = 0] = /^\d{2}(\d{2})(\d{2})$/.exec(text)?.map(Number) ?? []
  // a leap year, since two digits do not say the century
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(2000, month, 0)).getUTCDate()
}

type Check = (value: unknown, now: number, isTestCard: (number: string) => boolean) => Problem | null
const text = (value: unknown) => String(value ?? '').replace(/[\s/-]/g, '')

const checks = {
  agreed: (value) => (value === true ? null : 'missing'),
  number: (value, _now, isTestCard) => (text(value) === '' ? 'missing' : isTestCard(text(value)) ? null : 'unknown'),
  expiry(value, now) {
    if (text(value) === '') return 'missing'
    const [, month, year] = /^(0[1-9]|1[0-2])(\d{2})$/.exec(text(value)) ?? []
    if (!month) return 'malformed'
    return isPast(2000 + Number(year), Number(month), now) ? 'past' : null
  },
  birth: (value) => (text(value) === '' ? 'missing' : isBirthDate(text(value)) || /^\d{10}$/.test(text(value)) ? null : 'malformed'),
  password: (value) => (text(value) === '' ? 'missing' : /^\d{2}$/.test(text(value)) ? null : 'malformed'),
} satisfies Record<keyof WindowForm, Check>

/** What is wrong with each field, `null` when nothing is. */
export function formProblems(form: WindowForm, now: number, isTestCard: (number: string) => boolean): WindowProblems | null {
  const filled = { agreed: true, expiry: laterExpiry(now), birth: '900101', password: '00', ...form }
  const found = Object.entries(checks).flatMap(([field, check]) => {
    const problem = check(filled[field as keyof WindowForm], now, isTestCard)
    return problem ? [[field, problem] as const] : []
  })
  return found.length > 0 ? (Object.fromEntries(found) as WindowProblems) : null
}
