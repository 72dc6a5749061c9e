import { useBillingKeyRedirect } from 'react-billing-key'

export function Complete() {
  const { outcome, isPending, recheck } = useBillingKeyRedirect()
  if (isPending) return <p>확인하는 중…</p>
  if (!outcome) return <a href="/plans">이용권 보기</a>
  if (outcome.status === 'unconfirmed')
    return (
      <button type="button" onClick={recheck}>
        결과 다시 확인
      </button>
    )
  return <p>{outcome.status}</p>
}
