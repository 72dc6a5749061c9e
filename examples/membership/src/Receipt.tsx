import { Link, useParams } from 'react-router'
import { Title } from './App.tsx'
import type { ShopView } from './api.ts'
import { useWords } from './words.ts'

/** The shop's own receipt of a payment. PortOne's, with the card's approval number, comes by mail. */
export function Receipt({ shop }: { shop: ShopView }) {
  const words = useWords()
  const { order: wanted } = useParams()
  const order = shop.orders.find(({ merchantUid, status }) => merchantUid === wanted && status === 'paid')
  const rows = order && [
    [words.order, order.merchantUid],
    [words.until, words.day(order.day)],
    [words.amount, words.won(order.amount)],
    ...(order.refunded > 0 ? [[words.statuses.paid, words.refunded(words.won(order.refunded))]] : []),
    [words.seller, words.footer[0]],
  ]
  return (
    <>
      <Title>{words.receipt}</Title>
      {order && rows ? (
        <section className="panel">
          <h2>{order.name}</h2>
          <dl>
            {rows.map(([term, value]) => (
              <div key={term}>
                <dt>{term}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          <button type="button" onClick={() => print()}>
            {words.print}
          </button>
        </section>
      ) : (
        <p>{words.noOrders}</p>
      )}
      <p>
        <Link to="/">{words.back}</Link>
      </p>
    </>
  )
}
