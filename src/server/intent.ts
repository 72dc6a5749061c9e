import { jwtVerify, SignJWT } from 'jose'

/** What the server decided before the window opened; signed, so that no database is needed. */
export interface Intent {
  readonly customerId: string
  readonly customerUid: string
  readonly merchantUid: string
  readonly amount: number
}

const issuer = 'react-billing-key'
const lifetime = '2h'
const keyOf = (signingKey: string) => new TextEncoder().encode(signingKey)

export function signIntent({ customerId, ...rest }: Intent, signingKey: string): Promise<string> {
  return new SignJWT(rest)
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(issuer)
    .setSubject(customerId)
    .setIssuedAt()
    .setExpirationTime(lifetime)
    .sign(keyOf(signingKey))
}

/** `null` when the token is not ours, changed or expired. */
export async function verifyIntent(token: unknown, signingKey: string): Promise<Intent | null> {
  if (typeof token !== 'string') return null
  try {
    const { payload } = await jwtVerify(token, keyOf(signingKey), { issuer, algorithms: ['HS256'] })
    const { sub, customerUid, merchantUid, amount } = payload
    if (typeof sub !== 'string' || typeof customerUid !== 'string' || typeof merchantUid !== 'string' || typeof amount !== 'number')
      return null
    return { customerId: sub, customerUid, merchantUid, amount }
  } catch {
    return null
  }
}

/**
 * The intent that travelled with the payment as its `custom_data`: for a customer who comes back in another browser,
 * where the token is not (sdk-facts 17).
 */
export async function intentOf(customData: string | null, signingKey: string): Promise<Intent | null> {
  try {
    const held: unknown = JSON.parse(customData ?? 'null')
    return await verifyIntent(typeof held === 'object' && held !== null ? (held as { intent?: unknown }).intent : null, signingKey)
  } catch {
    return null
  }
}
