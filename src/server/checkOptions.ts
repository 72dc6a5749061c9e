import { assertInFlight, isLock, usualInFlightMs } from './chargeOptions.ts'
import { normalisedOrigins } from './crossSite.ts'
import { isMs, longestMs } from './deadline.ts'
import type { SigningKeys } from './intent.ts'
import type { BillingHandlerOptions } from './options.ts'

type AnyOptions = BillingHandlerOptions<string | number>

/** Whether an option fits, and how it has to be. */
type Rule = readonly [fits: (value: unknown) => boolean, form: string]

const isFunction = (value: unknown) => typeof value === 'function'
const given: Rule = [isFunction, 'a function']
const optional = ([fits, form]: Rule): Rule => [(value) => value === undefined || fits(value), form]
const hasMethods =
  (...names: readonly string[]) =>
  (value: unknown) =>
    typeof value === 'object' && value !== null && names.every((name) => isFunction(Reflect.get(value, name)))
const milliseconds: Rule = [(value) => isMs(value, 0), `a number of milliseconds, at most ${longestMs} (24 days)`]
const isKey = (value: unknown) => typeof value === 'string' && value.trim().length >= 32

const rules = {
  iamport: [
    hasMethods(
      'payment',
      'paymentByMerchantUid',
      'paymentsByStatus',
      'preparePayment',
      'again',
      'billingKey',
      'billingKeys',
      'deleteBillingKey',
    ),
    'what createIamportClient gives',
  ],
  signingKey: optional([
    (value) => (Array.isArray(value) ? value.length > 0 && value.every(isKey) : isKey(value)),
    'a secret of at least 32 characters, or a list of such',
  ]),
  authenticate: given,
  firstOrder: given,
  onIssued: given,
  customerUids: given,
  price: given,
  onCharged: optional(given),
  onUnknown: optional(given),
  onRefused: optional(given),
  onDeleted: optional(given),
  onPayment: optional(given),
  onError: optional(given),
  lock: optional([isLock, 'a ChargeLock, with acquire, held and release']),
  patienceMs: optional(milliseconds),
  inFlightMs: optional(milliseconds),
  basePath: optional([
    (value) => typeof value === 'string' && /^(\/(?!\.{1,2}(\/|$))[\w.~-]+)*$/.test(value),
    'a path like /api/billing, without a slash at its end',
  ]),
  origins: optional([Array.isArray, 'a list of addresses like https://shop.example']),
} satisfies Record<keyof AnyOptions, Rule>

/**
 * The origins of checked options, as browsers send them.
 *
 * @throws {TypeError} when an option is wrong or unknown, by its name
 */
export function checkOptions(options: AnyOptions): readonly string[] {
  for (const [name, [fits, form]] of Object.entries<Rule>(rules))
    if (!fits(Reflect.get(options, name))) throw new TypeError(`createBillingHandler: ${name} has to be ${form}.`)
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(rules, name))
  if (unknown !== undefined) throw new TypeError(`createBillingHandler: there is no option ${unknown}.`)
  assertInFlight(options.inFlightMs ?? usualInFlightMs, options.iamport)
  return normalisedOrigins(options.origins ?? [])
}

/**
 * @throws {TypeError} when there is no signing key: a build may lack it, a request cannot
 */
export function signingKeysOf({ signingKey }: Pick<AnyOptions, 'signingKey'>): SigningKeys {
  if (signingKey === undefined)
    throw new TypeError('createBillingHandler: signingKey is missing. Give it a secret of at least 32 characters, from the environment.')
  return typeof signingKey === 'string' ? [signingKey] : signingKey
}
