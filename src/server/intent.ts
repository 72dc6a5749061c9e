import { jwtVerify, SignJWT } from 'jose'

/** What the server decided before the window opened; signed, so that no database is needed. */
export interface Intent {
  readonly customerId: string
  readonly customerUid: string
  readonly merchantUid: string
  readonly amount: number
}

/**
 * The secrets intents are signed with: the first signs, all of them verify, so that a new one can be put in front of the
 * old one until the old intents have expired (two hours).
 */
export type SigningKeys = readonly [string, ...string[]]

const issuer = 'react-billing-key'
const lifetime = '2h'
const keyOf = (signingKey: string) => new TextEncoder().encode(signingKey)

export function signIntent({ customerId, ...rest }: Intent, [signingKey]: SigningKeys): Promise<string> {
  return new SignJWT(rest)
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(issuer)
    .setSubject(customerId)
    .setIssuedAt()
    .setExpirationTime(lifetime)
    .sign(keyOf(signingKey))
}

/**
 * `null` when the token is not ours, changed or expired.
 *
 * @param at the moment at which it has to be valid, in Unix seconds; now when left out
 */
export async function verifyIntent(token: unknown, signingKeys: SigningKeys, at?: number): Promise<Intent | null> {
  if (typeof token !== 'string') return null
  const options = { issuer, algorithms: ['HS256'], ...(at === undefined ? {} : { currentDate: new Date(at * 1000) }) }
  for (const signingKey of signingKeys) {
    try {
      const { payload } = await jwtVerify(token, keyOf(signingKey), options)
      const { sub, customerUid, merchantUid, amount } = payload
      if (typeof sub !== 'string' || typeof customerUid !== 'string' || typeof merchantUid !== 'string' || typeof amount !== 'number')
        return null
      return { customerId: sub, customerUid, merchantUid, amount }
    } catch {
      // signed with another key, or not by us
    }
  }
  return null
}

/**
 * The intent that travelled with the payment as its `custom_data`: for a customer who comes back in another browser,
 * where the token is not (sdk-facts 17), and for webhooks. It has to have been valid when the payment was made.
 */
export async function intentOf(
  { customData, paidAt }: { readonly customData: string | null; readonly paidAt: number },
  signingKeys: SigningKeys,
): Promise<Intent | null> {
  try {
    const held: unknown = JSON.parse(customData ?? 'null')
    const token = typeof held === 'object' && held !== null ? (held as { intent?: unknown }).intent : null
    return await verifyIntent(token, signingKeys, paidAt > 0 ? paidAt : undefined)
  } catch {
    return null
  }
}
