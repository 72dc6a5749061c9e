import { useRef, useState } from 'react'
import { BillingKeyButton, type BillingKeyOutcome } from 'react-billing-key'
import { addMonths } from '../../subscriptions/rule.ts'
import { type PlanId, plans } from './plans.ts'
import { useWords } from './words.ts'

/** The plans, the consent to recurring payment, and the button that opens the window. */
export function Plans({ today, onOutcome }: { today: string; onOutcome: (outcome: BillingKeyOutcome) => void }) {
  const words = useWords()
  const [wanted, setPlan] = useState<PlanId>('trial')
  const [agreed, setAgreed] = useState(false)
  const [problem, setProblem] = useState(false)
  const box = useRef<HTMLInputElement>(null)
  const plan = plans.find(({ id }) => id === wanted) ?? plans[0]
  const next = addMonths(today, 1)
  const amount = words.won(plan.amount)
  return (
    <div className="panel">
      <fieldset className="plans">
        <legend>{words.choose}</legend>
        {plans.map(({ id }) => (
          <label key={id} className="plan">
            <input type="radio" name="plan" checked={id === wanted} onChange={() => setPlan(id)} />
            <span>
              <strong>{words.plans[id]}</strong>
              <span className="price">{words.price[id]}</span>
              <small>{words.note[id]}</small>
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
          aria-invalid={problem}
          aria-describedby="terms"
          onChange={({ target }) => {
            setAgreed(target.checked)
            setProblem(false)
          }}
        />
        <span>{words.agree(next, amount)}</span>
      </label>
      <p id="terms" className="hint">
        {words.terms[plan.id](words.day(next))}
      </p>
      <p role="alert">{problem && words.mustAgree}</p>
      <BillingKeyButton
        key={plan.id}
        order={{ plan: plan.id, agreed }}
        onOutcome={onOutcome}
        // nothing is asked for, and no window opens, before the box is ticked
        onPointerDown={(event) => !agreed && event.preventDefault()}
        onClick={(event) => {
          if (agreed) return
          event.preventDefault()
          setProblem(true)
          box.current?.focus()
        }}
      >
        {plan.free > 0 ? words.start.trial : words.start.now(amount)}
      </BillingKeyButton>
    </div>
  )
}
