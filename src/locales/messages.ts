/** Everything a customer reads. `{amount}` and the like are filled in. */
export interface Messages {
  /** BCP 47 tag; formats amounts, and stands as `lang` on what is shown. */
  readonly lang: string
  readonly button: string
  readonly loading: string
  readonly preparing: string
  /** The request is there and the browser wants another click for the window. */
  readonly ready: string
  readonly open: string
  readonly confirming: string
  /** The way out of a window. */
  readonly abandon: string
  readonly issued: string
  readonly issuedAndCharged: string
  readonly reported: string
  readonly cancelled: string
  /** Closed, and the server knows of no key. */
  readonly closed: string
  /** Closed, and nobody could be asked. */
  readonly closedUnasked: string
  readonly failed: string
  /** The shop's server refused the result. */
  readonly refused: string
  readonly unconfirmed: string
  readonly maybeCharged: string
  readonly signIn: string
  readonly loadFailed: string
  readonly busy: string
  readonly error: string
  readonly retry: string
  readonly recheck: string
  readonly registerAnyway: string
  readonly reason: string
  readonly card: string
}
