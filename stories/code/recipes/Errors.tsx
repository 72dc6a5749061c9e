import { BillingKeyButton, type BillingKeyError, isBillingKeyError } from 'react-billing-key'

/** What the developer or the environment did wrong. The customer has read it already, in their words. */
function report(error: BillingKeyError) {
  if (error.code === 'invalid-request') for (const { field, rule, value } of error.issues) console.error(field, rule, value)
  else console.error(error.code, error.message, error.cause)
}

export const Reported = () => (
  <BillingKeyButton
    order={{ plan: 'monthly' }}
    onError={report}
    onOutcome={(outcome) => {
      switch (outcome.status) {
        case 'issued':
          return location.assign('/members')
        case 'failed':
          return console.warn(outcome.stage, outcome.code, outcome.message)
        case 'cancelled': // nothing to do: the button works again
        case 'reported': // ask your server before you ship anything
        case 'unconfirmed': // the button offers to ask again
      }
    }}
  />
)

/** Across two copies of the package, `instanceof` does not hold. */
export const isBusy = (value: unknown) => isBillingKeyError(value) && value.code === 'window-busy'
