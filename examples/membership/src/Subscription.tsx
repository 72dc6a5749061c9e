import { useState } from 'react'
import { BillingKeyButton, type BillingKeyOutcome } from 'react-billing-key'
import { Ask } from './Ask.tsx'
import { type SubscriptionView, useAction } from './api.ts'
import { useWords } from './words.ts'

export interface RegisteringProps {
  /** Whose card is registered: the server refuses when somebody else is signed in meanwhile. */
  readonly member: string
  readonly onOutcome: (outcome: BillingKeyOutcome) => void
}

/** Plan, next payment, card, and all that can be done about them, in one place. */
export function Subscription({ subscription, member, onOutcome }: RegisteringProps & { subscription: SubscriptionView }) {
  const words = useWords()
  const { id, amount, plan, state, ended, card, next, refund, pastDue } = subscription
  const act = useAction<string>((name) => `/subscriptions/${id}/${name}`, 'POST', { amount })
  const { won, day } = words
  const until = day(subscription.until)
  const cardName = card ? `${card.name ?? ''} ${card.number?.slice(-4) ?? ''}` : words.noCard
  if (ended) return <p className="panel">{`${words.plans[plan]} · ${words.kinds[`ended-${ended}`]()} (${until})`}</p>
  const facts = {
    [words.next]: next ? day(next.day) : words.nothingMore,
    [words.amount]: next ? won(next.amount) : '–',
    [words.card]: cardName,
    [words.until]: words.untilDay(until),
  }
  return (
    <>
      {pastDue && next && (
        <section className="panel bad" aria-labelledby="past-due">
          <h2 id="past-due">{words.pastDue.title}</h2>
          <p>{words.pastDue.text(words.reasonOf(pastDue.reason), day(next.day), day(pastDue.last))}</p>
        </section>
      )}
      <Consent key={amount} subscription={subscription} consent={() => act.mutate('consent')} />
      <section className="panel" aria-labelledby="plan">
        <h2 id="plan">
          {words.plans[plan]} <span className={`badge ${state}`}>{words.states[state]}</span>
        </h2>
        <dl>
          {Object.entries(facts).map(([term, value]) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        {next?.isUnknown && <p role="status">{words.checking}</p>}
        <div className="actions">
          <BillingKeyButton order={{ change: true, member }} onOutcome={onOutcome} aria-label={`${words.changeCard}, ${cardName}`}>
            {words.changeCard}
          </BillingKeyButton>
          {state === 'cancelled' ? (
            <button type="button" onClick={() => act.mutate('resume')}>
              {words.resume}
            </button>
          ) : (
            <Ask label={words.cancel} question={pastDue ? words.cancelNow : words.cancelAsk(until)} yes={() => act.mutate('cancel')} />
          )}
          {refund && <Ask label={words.refund(won(refund))} question={words.refundAsk(won(refund))} yes={() => act.mutate('refund')} />}
        </div>
        {act.isError && <p role="alert">{words.failed}</p>}
      </section>
    </>
  )
}

/** The second consent, before the free months turn into paid ones. Silence is none. */
function Consent({ subscription: { consent, next }, consent: give }: { subscription: SubscriptionView; consent: () => void }) {
  const { consent: words, day, won } = useWords()
  const [agreed, setAgreed] = useState(false)
  if (!consent || !next) return null
  const [on, amount] = [day(next.day), won(next.amount)]
  if (!consent.isNeeded) return <p className="panel">{words.given(day(consent.given ?? ''))}</p>
  if (!consent.isOpen) return <p className="panel">{words.later(day(consent.from))}</p>
  return (
    <section className="panel warn" aria-labelledby="consent">
      <h2 id="consent">{words.title}</h2>
      <p>{words.text(on, amount)}</p>
      <label className="agree">
        <input type="checkbox" checked={agreed} onChange={({ target }) => setAgreed(target.checked)} />
        <span>{words.agree(on, amount)}</span>
      </label>
      <button type="button" className="main" disabled={!agreed} onClick={give}>
        {words.press}
      </button>
    </section>
  )
}
