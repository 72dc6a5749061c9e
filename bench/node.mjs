// In Node: how long a server takes to write a page, how fast a redirect's address is read, and what a page weighs.
import { mkdirSync } from 'node:fs'
import { build } from 'esbuild'
import { createElement } from 'react'
import { BillingKeyButton, BillingKeyProvider, parseRedirect } from 'react-billing-key'
import { renderToString } from 'react-dom/server'
import { bundle } from '../scripts/size.mjs'
import { compare, root } from './figures.mjs'

const hand = `${root}node_modules/.cache/bench/hand.mjs`
mkdirSync(`${root}node_modules/.cache/bench`, { recursive: true })
await build({ entryPoints: [`${root}bench/pages/hand.jsx`], outfile: hand, format: 'esm', jsx: 'automatic', tsconfigRaw: {} })
const { HandWritten } = await import(hand)

const perSecond = (times, once) => {
  for (let time = 0; time < times / 10; time += 1) once()
  const began = performance.now()
  for (let time = 0; time < times; time += 1) once()
  return times / ((performance.now() - began) / 1_000)
}
const request = { customerUid: 'card-1', merchantUid: 'order-1', name: '월간 이용권', amount: 0 }
const settings = { userCode: 'imp00000000', pg: 'jtnet', redirectUrl: '/done', api: '/api/billing' }
const hundred = (one) => Array.from({ length: 100 }, (_none, key) => createElement(one.type, { ...one.props, key }))
const pages = {
  ours: () => createElement(BillingKeyProvider, settings, hundred(createElement(BillingKeyButton, { request }))),
  hand: () => createElement('div', null, hundred(createElement(HandWritten, { scriptUrl: '/sdk.js', request: () => request }))),
}
const address = 'https://shop.example/done?plan=monthly&imp_uid=imp_1&merchant_uid=order-1&imp_success=true&error_msg=%EC%B7%A8%EC%86%8C'
const readers = {
  ours: () => parseRedirect(address),
  hand() {
    const query = new URL(address).searchParams
    return { issued: query.get('imp_success') === 'true', impUid: query.get('imp_uid'), message: query.get('error_msg') }
  },
}

export async function nodeFigures(print) {
  const rendered = [['100 buttons rendered on a server', 'pages/s', 'more']]
  print(await compare(rendered, ['hand'], (who) => perSecond(200, () => renderToString(pages[who]()))))
  print(await compare([['redirect addresses read', '/s', 'more']], ['hand'], (who) => perSecond(20_000, readers[who])))
}

const query = "export { useMutation, useQuery, QueryClient, QueryClientProvider } from '@tanstack/react-query'"
const parts = 'BillingKeyProvider, BillingKeyButton, BillingKeyOutcomeView, useBillingKey, useBillingKeyRedirect'
const contenders = [
  ['react-billing-key: provider, button, outcome, hook, redirect', `export { ${parts} } from './dist/index.js'`],
  ['react-billing-key: hook and provider', "export { BillingKeyProvider, useBillingKey } from './dist/index.js'"],
  [
    '@stripe/react-stripe-js with @stripe/stripe-js',
    "export { loadStripe } from '@stripe/stripe-js'; export { Elements, PaymentElement, useElements, useStripe } from '@stripe/react-stripe-js'",
  ],
  ['@paypal/react-paypal-js (sdk-v6)', "export { PayPalOneTimePaymentButton, PayPalProvider } from '@paypal/react-paypal-js/sdk-v6'"],
  ['by hand, as bench/pages/hand.jsx', "export { HandWritten } from './bench/pages/hand.jsx'"],
]

/** What a page fetches, min+gzip, React outside: alone, and with the parts of react-query that its fetching takes. */
export const weights = () =>
  Promise.all(
    contenders.map(async ([what, code]) => {
      const external = ['react', 'react-dom', 'react/jsx-runtime']
      const [alone, together] = await Promise.all([bundle(code, { external }), bundle(`${code}\n${query}`, { external })])
      return [what, `${alone.gzip.toLocaleString('en-US')} B`, `${together.gzip.toLocaleString('en-US')} B`]
    }),
  )
