import type { ShopView } from './api.ts'
import { useWords } from './words.ts'

/** What happened, each with its day, in the reader's words. */
export function Happened({ rows }: { rows: ShopView['history'] }) {
  const { kinds, day, won, reasonOf } = useWords()
  return (
    <ul className="rows">
      {rows.map(({ id, kind, amount, detail, day: on }) => (
        <li key={id}>
          <span>{kinds[kind](won(amount ?? 0), kind === 'notice' ? day(detail ?? '') : reasonOf(detail))}</span>
          <small>{day(on)}</small>
        </li>
      ))}
    </ul>
  )
}

/** Payments, each with the shop's own receipt. PortOne's, with the card's approval number, comes by mail. */
export function Orders({ orders }: { orders: ShopView['orders'] }) {
  const { day, won, statuses, refunded, owing, receipt, receiptOf, noOrders, orderName, reasonOf, print: printing } = useWords()
  if (orders.length === 0) return <p>{noOrders}</p>
  return (
    <ul className="rows">
      {orders.map(({ merchantUid, name, day: on, amount, status, reason, refunded: back, owed }) => (
        <li key={merchantUid}>
          <span>
            {orderName(name)} <small>{day(on)}</small>
          </span>
          <span>
            {won(amount)} · <span className={`status ${status}`}>{statuses[status]}</span> {reason && <small>{reasonOf(reason)}</small>}
            {(back || owed) > 0 && <small>{back > 0 ? refunded(won(back)) : owing(won(owed))}</small>}
          </span>
          {status === 'paid' && (
            <details>
              <summary aria-label={`${receipt}, ${day(on)}`}>{receipt}</summary>
              {receiptOf(orderName(name), won(amount), day(on), merchantUid).map((line) => (
                <p key={line}>{line}</p>
              ))}
              <button type="button" onClick={() => print()}>
                {printing}
              </button>
            </details>
          )}
        </li>
      ))}
    </ul>
  )
}
