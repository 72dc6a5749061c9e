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
  /** The same while the server is asked what came of a window that has closed. */
  readonly checkLater: string
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
  /** The window never opened. */
  readonly nothingCharged: string
  /** Beside `registerAnyway`. */
  readonly anew: string
  readonly signInFirst: string
  readonly offline: string
  /** What to do after a refusal, by its kind; `other` where the PG's code says nothing. */
  readonly advice: Readonly<Record<Advice, string>>
  readonly list: ListMessages
}

/** What can be said of a PG's refusal. */
export type Advice = 'limit' | 'balance' | 'expired' | 'number' | 'unsupported' | 'suspended' | 'other'

/** The words of `<BillingKeyList>`. */
export interface ListMessages {
  readonly title: string
  readonly loading: string
  readonly empty: string
  readonly failed: string
  /** Stands for a card nobody named. */
  readonly unnamed: string
  /** `{card}` and `{date}`: tells cards without a number apart. */
  readonly registered: string
  readonly remove: string
  /** `{card}`; `을(를)` behind it is settled by its last letter or digit. */
  readonly ask: string
  readonly keep: string
  readonly removed: string
  readonly notRemoved: string
  /** `{amount}`, `{date}` */
  readonly lastCharge: string
}
