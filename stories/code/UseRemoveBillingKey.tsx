import { useBillingKeys, useRemoveBillingKey } from 'react-billing-key'

export function RemoveCards() {
  const { data: keys = [] } = useBillingKeys()
  const remove = useRemoveBillingKey()
  return (
    <>
      {keys.map(({ customerUid, card }) => (
        <button type="button" key={customerUid} onClick={() => remove.mutate(customerUid)}>
          {card?.name} 삭제
        </button>
      ))}
      <p>{remove.status}</p>
    </>
  )
}
