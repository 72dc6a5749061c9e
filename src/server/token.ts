import { message } from './chargeResult.ts'
import { noLonger } from './deadline.ts'
import { IamportApiError } from './iamportApiError.ts'
import { reader } from './wire.ts'

/** An access token, and until when it may be used, in milliseconds since 1970 by this machine's clock. */
export interface AccessToken {
  readonly value: string
  readonly until: number
}

/** Where several machines share one token; each keeps its own in memory when there is none. Keep it as safe as the secret. */
export interface TokenStore {
  get(): Promise<AccessToken | null> | AccessToken | null
  set(token: AccessToken): Promise<void> | void
}

/** Printable, without blanks: a runtime's error about any other header quotes it, and with it the token. */
export const isHeaderText = (text: unknown) => typeof text === 'string' && /^[!-~]+$/.test(text)

/** A token is renewed in its last minute, or in the last half of one that was given with little left. */
const margin = 60_000

/** How long a store is waited for, in ms: everybody waits with this one. */
const storePatienceMs = 1_000

interface Renewal {
  readonly token: Promise<string>
  /** What it is to replace. */
  readonly refused: string | null
  readonly began: number
}

/**
 * The tokens of a client: one request in flight however many callers wait, renewed ahead of its end, which PortOne gives
 * by its own clock (`expired_at - now`), so that a wrong clock here does not matter.
 *
 * @param ask `POST /users/getToken`
 * @param timeoutMs how long that may take
 */
export function createTokens(ask: () => Promise<unknown>, shared: TokenStore | undefined, timeoutMs: number) {
  let held: AccessToken | null = null
  let renewAt = 0
  let renewing: Renewal | null = null
  /** How many renewals were begun, and which of them gave what is held. */
  let begun = 0
  let heldOf = 0
  /** One more minute is enough for any; for the one that PortOne just gave, half of what it gave. */
  const fresh = (token: AccessToken | null, refused: string | null) =>
    token && Date.now() < (token === held ? renewAt : token.until - margin) && token.value !== refused ? token : null

  /** A store that is down, or does not answer, must not stop payments: that is said, and `null`. */
  const ofStore = async <Answer>(ask: (store: TokenStore) => Promise<Answer> | Answer, secret: string | null): Promise<Answer | null> => {
    if (!shared) return null
    try {
      const asked = (async () => ({ answer: await ask(shared) }))()
      const done = await noLonger(asked, storePatienceMs)
      if (!done) throw new Error(`no answer for ${storePatienceMs} ms`)
      return done.answer
    } catch (error) {
      // no more than its words, and no token in them: a driver's error may hold what it was to keep
      const words = message(error).replaceAll(secret ?? '\0', '…')
      console.error(`react-billing-key token store: this machine has a token of its own. ${words}`)
      return null
    }
  }

  /** `false` for the late answer of an older renewal. */
  const hold = (token: AccessToken, until: number, nth: number) => {
    if (nth < heldOf) return false
    held = token
    renewAt = until
    heldOf = nth
    return true
  }

  async function renew(refused: string | null, nth: number): Promise<string> {
    const stored = fresh(await ofStore((store) => store.get(), null), refused)
    if (stored && isHeaderText(stored.value)) {
      hold(stored, stored.until - margin, nth)
      return stored.value
    }
    const path = '/users/getToken'
    const { text, number } = reader(await ask(), path)
    const token = { value: text('access_token'), until: Date.now() + (number('expired_at') - number('now')) * 1000 }
    if (!isHeaderText(token.value)) throw new IamportApiError(path, 200, 0, 'the token is none', { sent: false })
    const isNewest = hold(token, token.until - Math.min(margin, (token.until - Date.now()) / 2), nth)
    if (isNewest) await ofStore((store) => store.set(token), token.value)
    return token.value
  }

  return {
    /** @param refused a token that PortOne no longer takes */
    get(refused: string | null = null): Promise<string> {
      const usable = fresh(held, refused)
      if (usable) return Promise.resolve(usable.value)
      // not one that takes too long: on workerd nothing of a request goes on once that was answered, and it would never end
      const isShared = renewing && performance.now() - renewing.began < timeoutMs / 2
      // nor one that was asked for before this one was refused: it may be this one
      if (renewing && isShared && (refused === null || refused === renewing.refused)) return renewing.token
      begun += 1
      const mine = { token: renew(refused, begun), refused, began: performance.now() }
      renewing = mine
      const end = () => {
        if (renewing === mine) renewing = null
      }
      mine.token.then(end, end)
      return mine.token
    },
  }
}
