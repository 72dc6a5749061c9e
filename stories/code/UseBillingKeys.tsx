import { useBillingKeys } from 'react-billing-key'

export function Cards() {
  const { data: keys = [], isPending, error, refetch } = useBillingKeys()
  if (isPending) return <p>카드를 불러오는 중…</p>
  if (error)
    return (
      <button type="button" onClick={() => refetch()}>
        다시 시도
      </button>
    )
  return (
    <ul>
      {keys.map(({ customerUid, card }) => (
        <li key={customerUid}>
          {card?.name} {card?.number}
        </li>
      ))}
    </ul>
  )
}
