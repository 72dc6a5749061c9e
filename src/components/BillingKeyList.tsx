'use client'
import { type ReactNode, type RefObject, useEffect, useId, useRef, useState } from 'react'
import type { BillingKeySummary } from '../hooks/billingKeysOptions.ts'
import { useBillingKeyContext } from '../hooks/useBillingKeyContext.ts'
import { useBillingKeys } from '../hooks/useBillingKeys.ts'
import { useLatest } from '../hooks/useLatest.ts'
import { useRemoveBillingKey } from '../hooks/useRemoveBillingKey.ts'
import { firstStep } from '../locales/advice.ts'
import { fill, formatAmount, formatDate } from '../locales/format.ts'
import { ko } from '../locales/ko.ts'
import type { Messages } from '../locales/messages.ts'

/** What a card was last charged. */
export interface LastCharge {
  /** In the currency's unit. */
  readonly amount: number
  /** ISO 4217; KRW when left out. */
  readonly currency?: string | undefined
  /** Unix seconds; the day in Korea is shown. */
  readonly at: number
}

export interface BillingKeyListProps {
  /** What the shop can do with a card, e.g. a button that charges it. */
  readonly action?: ((key: BillingKeySummary) => ReactNode) | undefined
  /** The shop's own record of the last charge of a card; `null` when there is none. */
  readonly lastCharge?: ((key: BillingKeySummary) => LastCharge | null) | undefined
  /** After a card was removed, for each of them, also when the list has gone meanwhile. */
  readonly onRemoved?: ((customerUid: string) => void) | undefined
  /** In place of "no card yet". */
  readonly empty?: ReactNode
}

/**
 * The customer's registered cards: masked, with what the shop can do with each, and a removal that asks first.
 *
 * @example
 * <BillingKeyList action={(key) => <button onClick={() => charge.mutate({ customerUid: key.customerUid, order })}>이번 달 요금 결제</button>} />
 */
export function BillingKeyList(props: BillingKeyListProps) {
  const { customerKey } = useBillingKeyContext().settings
  // what was asked and said of one member's cards goes with that member
  return <MemberList key={customerKey} {...props} />
}

function MemberList({ action, lastCharge, onRemoved, empty }: BillingKeyListProps) {
  const { locale: words = ko } = useBillingKeyContext()
  const { data: keys, isPending, isPaused, isFetching, error, refetch } = useBillingKeys()
  const { mutateAsync } = useRemoveBillingKey()
  const [asking, setAsking] = useState<string | null>(null)
  const [failed, setFailed] = useState<ReadonlyMap<string, Error>>(new Map())
  const [isRemoved, setRemoved] = useState(false)
  useWhenMore(keys?.length ?? 0, () => setRemoved(false))
  const latest = useLatest({ onRemoved })
  const ref = useRef<HTMLElement>(null)
  const { list } = words
  const isGone = asking !== null && keys !== undefined && !keys.some(({ customerUid }) => customerUid === asking)
  useEffect(() => {
    if (!isGone) return
    // removed elsewhere: the question goes with its card, and the focus stays here
    setAsking(null)
    if (document.activeElement === document.body) ref.current?.focus()
  }, [isGone])
  const removeKey = (customerUid: string) => {
    setAsking(null)
    ref.current?.focus()
    setRemoved(false)
    setFailed((before) => new Map([...before].filter(([one]) => one !== customerUid)))
    // a promise of its own for each: of several under way a mutation's callbacks tell only the last
    mutateAsync(customerUid).then(
      () => {
        setRemoved(true)
        latest.current.onRemoved?.(customerUid)
      },
      (why: Error) => setFailed((before) => new Map(before).set(customerUid, why)),
    )
  }
  return (
    <section ref={ref} tabIndex={-1} lang={words.lang} className="rbk-list" aria-label={list.title} aria-busy={isPending && !isPaused}>
      {isPending && (
        <p role="status" className="rbk-skeleton">
          {isPaused ? `${list.failed} ${words.offline}` : list.loading}
        </p>
      )}
      {error && !keys && (
        <div role="alert">
          <p>{[list.failed, firstStepText(error, words)].filter(Boolean).join(' ')}</p>
          <button
            type="button"
            className="rbk-button"
            aria-disabled={isFetching || undefined}
            onClick={() => {
              ref.current?.focus()
              void refetch()
            }}
          >
            {words.retry}
          </button>
        </div>
      )}
      {keys?.length === 0 && (empty ?? <p className="rbk-empty">{list.empty}</p>)}
      {keys && keys.length > 0 && (
        <ul>
          {keys.map((key) => (
            <Card
              key={key.customerUid}
              summary={key}
              hasTwin={keys.some((other) => other !== key && other.card?.number === key.card?.number)}
              words={words}
              last={lastCharge?.(key) ?? null}
              failure={failed.get(key.customerUid) ?? null}
              isAsking={asking === key.customerUid}
              ask={(yes) => setAsking(yes ? key.customerUid : null)}
              remove={() => removeKey(key.customerUid)}
            >
              {action?.(key)}
            </Card>
          ))}
        </ul>
      )}
      <p role="status">{isRemoved ? list.removed : null}</p>
    </section>
  )
}

interface CardProps {
  readonly summary: BillingKeySummary
  /** The same card was registered twice. */
  readonly hasTwin: boolean
  readonly words: Messages
  readonly last: LastCharge | null
  /** Why its removal failed. */
  readonly failure: Error | null
  readonly isAsking: boolean
  readonly ask: (yes: boolean) => void
  readonly remove: () => void
  readonly children: ReactNode
}

function Card({ summary: { card, registeredAt }, hasTwin, words, last, failure, isAsking, ask, remove, children }: CardProps) {
  const { list } = words
  const question = useId()
  const opener = useRef<HTMLButtonElement>(null)
  const keep = useRef<HTMLButtonElement>(null)
  useFocusOn(isAsking, keep, opener)
  const name = card?.name ?? list.unnamed
  const charged = last && lastChargeLine(last, words)
  const number = card?.number
  const known = number ? `${name} ${number.slice(-4)}` : name
  // of several cards without a number, or with the same one, the day says which it is
  const isKnown = (number && !hasTwin) || registeredAt === null
  const short = isKnown ? known : fill(list.registered, { card: known, date: formatDate(registeredAt, words.lang) })
  return (
    <li>
      <div className="rbk-card">
        <span>
          {number && isKnown ? (
            <>
              {name} <span className="rbk-number">{number}</span>
            </>
          ) : (
            short
          )}
        </span>
        {charged && <small>{charged}</small>}
      </div>
      <div className="rbk-actions">
        {children}
        <button
          ref={opener}
          type="button"
          className="rbk-remove"
          aria-label={`${short} ${list.remove}`}
          aria-expanded={isAsking}
          onClick={() => ask(!isAsking)}
        >
          {list.remove}
        </button>
      </div>
      {failure && !isAsking && <p role="alert">{firstStepText(failure, words) ?? list.notRemoved}</p>}
      {isAsking && (
        <div
          className="rbk-ask"
          role="alertdialog"
          aria-labelledby={question}
          onKeyDown={(event) => {
            if (event.key === 'Escape') ask(false)
          }}
        >
          <p id={question}>{fill(list.ask, { card: short })}</p>
          <button ref={keep} type="button" className="rbk-remove" onClick={() => ask(false)}>
            {list.keep}
          </button>
          <button type="button" className="rbk-button rbk-danger" onClick={remove}>
            {list.remove}
          </button>
        </div>
      )}
    </li>
  )
}

/** `null` where waiting may do. */
function firstStepText(error: Error, words: Messages): string | null {
  const step = firstStep(error)
  return step && words[step]
}

/** `null` for what is no amount or no day: the shop's record may be wrong, and its customer still sees the card. */
function lastChargeLine({ amount, currency, at }: LastCharge, { list, lang }: Messages): string | null {
  if (!Number.isFinite(amount) || Number.isNaN(new Date(at * 1000).getTime())) return null
  return fill(list.lastCharge, { amount: formatAmount(amount, lang, currency), date: formatDate(at, lang) })
}

/** A removal that went well is spoken of until there is one card more. */
function useWhenMore(count: number, tell: () => void): void {
  const before = useRef(count)
  const latest = useLatest(tell)
  useEffect(() => {
    if (count > before.current) latest.current()
    before.current = count
  }, [count, latest])
}

/** The focus goes to the question, and back to what asked it. */
function useFocusOn(isOpen: boolean, inside: RefObject<HTMLElement | null>, outside: RefObject<HTMLElement | null>): void {
  const wasOpen = useRef(false)
  useEffect(() => {
    if (isOpen) inside.current?.focus()
    // a removal has moved it on already
    else if (wasOpen.current && document.activeElement === document.body) outside.current?.focus()
    wasOpen.current = isOpen
  }, [isOpen, inside, outside])
}
