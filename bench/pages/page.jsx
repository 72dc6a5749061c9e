// One page for each contender, chosen by the query; the bench drives it by `window.bench`.
import { Fragment, Profiler, useState } from 'react'
import { BillingKeyButton, BillingKeyProvider } from 'react-billing-key'
import { flushSync } from 'react-dom'
import { createRoot } from 'react-dom/client'
import { HandWritten } from './hand.jsx'

const asked = new URLSearchParams(location.search)
const scriptUrl = asked.get('sdk') ?? '/sdk.js'
let orders = 0
const request = () => {
  orders += 1
  return { customerUid: `card-${orders}`, merchantUid: `order-${orders}`, name: '월간 이용권', amount: 0 }
}
const ends = new Map()
const done = (merchantUid) => ends.get(merchantUid)?.()

const settings = { userCode: 'imp00000000', pg: 'jtnet', redirectUrl: '/done', api: '/api/billing', scriptUrl }
const contenders = {
  ours: {
    Around: ({ children }) => <BillingKeyProvider {...settings}>{children}</BillingKeyProvider>,
    One: () => <BillingKeyButton request={request} onOutcome={({ merchantUid }) => done(merchantUid)} />,
  },
  hand: { Around: Fragment, One: () => <HandWritten scriptUrl={scriptUrl} request={request} onDone={done} /> },
}
const { Around, One } = contenders[asked.get('who')]

let commits = 0
const count = () => {
  commits += 1
}
let show
function Page() {
  const [buttons, setButtons] = useState(Number(asked.get('buttons') ?? 1))
  show = (next) => flushSync(() => setButtons(next))
  return (
    <Around>
      <Profiler id="page" onRender={count}>
        {Array.from({ length: buttons }, (_none, number) => (
          <One key={number} />
        ))}
      </Profiler>
    </Around>
  )
}

const press = () => document.querySelector('#root button').click()
window.bench = {
  /** Mounts so many buttons, none of the old ones. */
  show: (count) => show(count),
  commits: () => commits,
  /** Presses, and resolves when the outcome is there. */
  cycle: () =>
    new Promise((resolve) => {
      ends.set(`order-${orders + 1}`, () => setTimeout(resolve, 20))
      press()
    }),
  /** Milliseconds from the click to `request_pay`. */
  click() {
    const { length } = window.calls
    const began = performance.now()
    press()
    return window.calls.length > length ? window.calls.at(-1).at - began : null
  },
  /** A page that works: rows come and go in another part of it for so many frames. */
  async churn(nodes, frames) {
    const part = document.createElement('div')
    document.getElementById('root').append(part)
    part.innerHTML = '<p></p>'.repeat(nodes)
    for (let frame = 0; frame < frames; frame += 1) {
      await new Promise(requestAnimationFrame)
      for (let row = 0; row < 100; row += 1) part.lastChild.remove()
      for (let row = 0; row < 100; row += 1) part.append(document.createElement('p'))
    }
    part.remove()
  },
}
createRoot(document.getElementById('root')).render(<Page />)
