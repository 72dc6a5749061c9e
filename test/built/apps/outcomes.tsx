import type { BillingKeyOutcome, BillingKeyProviderProps } from 'react-billing-key'

const told: string[] = []
Reflect.set(window, 'told', told)

/** Writes down what a callback was told, for the test to read. */
export const tell = ({ status, merchantUid, recovered }: BillingKeyOutcome) =>
  void told.push(`${status} ${merchantUid}${recovered ? ' recovered' : ''}`)

export const settings = {
  userCode: 'imp00000000',
  pg: 'jtnet',
  scriptUrl: '/sdk.js',
  redirectUrl: '/done?plan=monthly',
  api: '/api',
} satisfies Partial<BillingKeyProviderProps>
