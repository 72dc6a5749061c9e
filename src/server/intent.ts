import { jwtVerify, SignJWT } from 'jose'

/** What the server decided before the window opened; signed, so that no database is needed. */
export interface Intent {
  /** As `authenticate` gave it: text or a number. */
  readonly customerId: string | number
  readonly customerUid: string
  readonly merchantUid: string
  /** What the window may charge, in the currency's unit. */
  readonly amount: number
  /** ISO 4217. */
  readonly currency: string
  /** The key that goes once this one has come. */
  readonly replaces?: string | undefined
}

/**
 * The secrets intents are signed with: the first signs, all of them verify, so that a new one can be put in front of the
 * old one as long as payments made under the old one may still be confirmed.
 */
export type SigningKeys = readonly [string, ...string[]]

const issuer = 'react-billing-key'
const keyOf = (signingKey: string) => new TextEncoder().encode(signingKey)

/** Signs with the first of the keys. The token has no end: money that was paid late was paid all the same. */
export function signIntent({ customerId, ...rest }: Intent, [signingKey]: SigningKeys): Promise<string> {
  return new SignJWT({ ...rest, customerId }).setProtectedHeader({ alg: 'HS256' }).setIssuer(issuer).setIssuedAt().sign(keyOf(signingKey))
}

/** Whether a value can name a customer. A number above 2^53 is also another's: two ids are the same one. */
export const isCustomerId = (id: unknown): id is string | number =>
  typeof id === 'number' ? Number.isSafeInteger(id) : typeof id === 'string' && id !== ''

/** `null` when the token is not ours, or was changed. */
export async function verifyIntent(token: unknown, signingKeys: SigningKeys): Promise<Intent | null> {
  if (typeof token !== 'string') return null
  for (const signingKey of signingKeys) {
    try {
      const { payload } = await jwtVerify(token, keyOf(signingKey), { issuer, algorithms: ['HS256'] })
      const { customerId, customerUid, merchantUid, amount, currency, replaces } = payload
      if (!isCustomerId(customerId) || typeof customerUid !== 'string' || typeof merchantUid !== 'string') return null
      if (typeof amount !== 'number' || typeof currency !== 'string') return null
      return { customerId, customerUid, merchantUid, amount, currency, ...(typeof replaces === 'string' ? { replaces } : {}) }
    } catch {
      // signed with another key, or not by us
    }
  }
  return null
}

/**
 * The intent that travelled with the payment as its `custom_data`: for a customer who comes back in another browser,
 * where the token is not (sdk-facts 17), for webhooks and for the sweep.
 */
export async function intentOf({ customData }: { readonly customData: string | null }, signingKeys: SigningKeys): Promise<Intent | null> {
  try {
    const held: { readonly intent?: unknown } | null = JSON.parse(customData ?? 'null')
    return await verifyIntent(held?.intent, signingKeys)
  } catch {
    return null
  }
}
