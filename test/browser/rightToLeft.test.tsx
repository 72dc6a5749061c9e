import { cleanup, render } from '@testing-library/react'
import { afterEach, expect, it } from 'vitest'
import { BillingKeyOutcomeView, BillingKeyProvider, en, type Issued } from '../../src/index.ts'
import '../../src/styles.css'

afterEach(cleanup)

const number = '9410-****-****-0001'
const issued: Issued = {
  status: 'issued',
  merchantUid: 'm',
  customerUid: 'card-1',
  impUid: 'imp_1',
  charged: 0,
  currency: 'KRW',
  card: { name: '현대카드', number },
  via: 'callback',
  order: null,
  recovered: false,
}

/** Where a character stands on the screen. */
function leftOf(text: Node, at: number): number {
  const range = document.createRange()
  range.setStart(text, at)
  range.setEnd(text, at + 1)
  return range.getBoundingClientRect().left
}

it('a card’s number and a sentence’s full stop stand where they belong on a page that is written from right to left', () => {
  const { container } = render(
    <div dir="rtl" style={{ width: 600 }}>
      <BillingKeyProvider userCode="imp00000000" locale={en}>
        <BillingKeyOutcomeView outcome={issued} />
      </BillingKeyProvider>
    </div>,
  )
  const shown = container.querySelector('.rbk-number')?.firstChild as Node
  expect(leftOf(shown, 0)).toBeLessThan(leftOf(shown, number.length - 1))
  const said = container.querySelector('.rbk-outcome-text')?.firstChild as Node
  expect(leftOf(said, 0)).toBeLessThan(leftOf(said, en.issued.length - 1))
})
