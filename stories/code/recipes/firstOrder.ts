import { type BillingHandlerOptions, BillingRefusal } from 'react-billing-key/server'

const plans = new Map([['monthly', { name: '월간 이용권', amount: 9900 }]])

// the price is the server's: the browser only names the plan
export const firstOrder: BillingHandlerOptions['firstOrder'] = ({ body }) => {
  const plan = plans.get(String((body as { plan?: unknown }).plan))
  if (!plan) throw new BillingRefusal(404, 'unknown-plan', '없는 이용권입니다.')
  return plan
}
