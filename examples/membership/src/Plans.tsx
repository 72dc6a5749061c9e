import { useRef, useState } from 'react'
import { BillingKeyButton } from 'react-billing-key'
import { addMonths } from '../../subscriptions/rule.ts'
import { plans } from './plans.ts'
import type { RegisteringProps } from './Subscription.tsx'
import { useWords } from './words.ts'

/** The plans, the consent to recurring payment, and the button that opens the window. */
export function Plans({ today, hadOne, member, onOutcome }: RegisteringProps & { today: string; hadOne: boolean }) {
  const words = useWords()
  // nobody's first month is free twice
  const offered = plans.filter(({ free }) => free === 0 || !hadOne)
  const [wanted, setPlan] = useState<string | null>(null)
  const plan = offered.find(({ id }) => id === wanted) ?? offered[0] ?? plans[1]
  // the day that the box named when it was ticked: its words are others tomorrow
  const [consent, setConsent] = useState<string | null>(null)
  const agreed = consent === today
  const box = useRef<HTMLInputElement>(null)
  const amount = words.won(plan.amount)
  return (
    <div className="panel">
      <fieldset className="plans">
        <legend>{words.choose}</legend>
        {offered.map(({ id, amount: price }) => (
          <label key={id} className="plan">
            <input type="radio" name="plan" checked={id === plan.id} onChange={() => setPlan(id)} />
            <span>
              <strong>{words.plans[id]}</strong>
              <span className="price">{words.price[id](words.won(price))}</span>
              <small>{words.note[id](words.won(price))}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <label className="agree">
        <input
          ref={box}
          type="checkbox"
          required
          checked={agreed}
          aria-invalid={consent === 'missing'}
          aria-describedby="terms"
          onChange={({ target }) => setConsent(target.checked ? today : null)}
        />
        <span>{words.agree(today, amount)}</span>
      </label>
      <p id="terms" className="hint">
        {words.terms[plan.id](words.day(addMonths(today, 1)))}
      </p>
      <p role="alert">{consent === 'missing' && words.mustAgree}</p>
      <BillingKeyButton
        key={plan.id}
        order={{ plan: plan.id, price: plan.amount, agreed: agreed ? today : null, member }}
        onOutcome={onOutcome}
        // nothing is asked for, and no window opens, before the box is ticked
        onPointerDown={(event) => !agreed && event.preventDefault()}
        onClick={(event) => {
          if (agreed) return
          event.preventDefault()
          setConsent('missing')
          box.current?.focus()
        }}
      >
        {plan.free > 0 ? words.start.trial : words.start.now(amount)}
      </BillingKeyButton>
    </div>
  )
}
