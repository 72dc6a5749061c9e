import { useBillingKey } from 'react-billing-key'

export function RegisterCard() {
  const { issue, phase, outcome, error, isPending, recheck, abandon } = useBillingKey({
    onOutcome: (outcome) => console.log(outcome.status),
  })
  return (
    <>
      <button type="button" disabled={isPending} onClick={() => issue({ order: { plan: 'monthly' } })}>
        카드 등록하기
      </button>
      <p>{phase}</p>
      {isPending && (
        <button type="button" onClick={abandon}>
          결제창 닫기
        </button>
      )}
      {outcome?.status === 'unconfirmed' && (
        <button type="button" onClick={recheck}>
          결과 다시 확인
        </button>
      )}
      {outcome?.status === 'issued' && <p>{outcome.card?.name}</p>}
      {error && <p role="alert">{error.code}</p>}
    </>
  )
}
