import { useCharge } from 'react-billing-key'

export function ChargeCard({ customerUid, order }: { customerUid: string; order: string }) {
  const charge = useCharge()
  return (
    <>
      <button type="button" disabled={charge.isPending} onClick={() => charge.mutate({ customerUid, order })}>
        이번 달 요금 결제
      </button>
      {charge.data?.status === 'paid' && <p>{charge.data.amount.toLocaleString('ko-KR')}원을 결제했어요.</p>}
      {charge.data?.status === 'declined' && <p>{charge.data.message}</p>}
      {charge.data?.status === 'unknown' && <p>결제 결과를 확인하고 있어요. 다시 눌러도 두 번 결제되지 않아요.</p>}
    </>
  )
}
