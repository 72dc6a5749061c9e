import type { ShopView } from './api.ts'
import { useWords } from './words.ts'

/** What happened, each with its day, in the reader's words. */
export function Happened({ rows }: { rows: ShopView['history'] }) {
  const { kinds, day, won, noCard } = useWords()
  const detailOf = ({ kind, detail }: ShopView['history'][number]) => {
    if (kind === 'notice') return day(detail ?? '')
    return detail === 'no-card' ? noCard : (detail ?? '')
  }
  return (
    <ul className="rows">
      {rows.map((row) => (
        <li key={row.id}>
          <span>{kinds[row.kind](won(row.amount ?? 0), detailOf(row))}</span>
          <small>{day(row.day)}</small>
        </li>
      ))}
    </ul>
  )
}

/** Payments, each with the shop's own receipt. PortOne's, with the card's approval number, comes by mail. */
export function Orders({ orders }: { orders: ShopView['orders'] }) {
  const { day, won, statuses, refunded, receipt, noOrders, noCard, order, seller, footer, print: printing } = useWords()
  if (orders.length === 0) return <p>{noOrders}</p>
  return (
    <ul className="rows">
      {orders.map(({ merchantUid, name, day: on, amount, status, reason, refunded: back }) => (
        <li key={merchantUid}>
          <span>
            {name} <small>{day(on)}</small>
          </span>
          <span>
            {won(amount)} · <span className={`status ${status}`}>{statuses[status]}</span>
            {reason && <small> {reason === 'no-card' ? noCard : reason}</small>}
            {back > 0 && <small> {refunded(won(back))}</small>}
          </span>
          {status === 'paid' && (
            <details>
              <summary aria-label={`${receipt}, ${day(on)}`}>{receipt}</summary>
              <p>
                {name} · {won(amount)} · {day(on)}
              </p>
              <p>
                {order} {merchantUid}
              </p>
              <p>
                {seller} {footer[0]}
              </p>
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
