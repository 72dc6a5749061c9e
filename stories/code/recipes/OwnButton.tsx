import { BillingKeyButton, BillingKeyOutcomeView, useBillingKey } from 'react-billing-key'
import { Button } from './ui/button.tsx'

// your element, our behaviour: labels, busy state, focus and the way out
export const WithRender = () => (
  <BillingKeyButton order={{ plan: 'monthly' }} render={({ ref: _ref, ...props }) => <Button {...props} variant="outline" />} />
)

// everything your own
export function WithHook() {
  const { issue, phase, isPending, outcome, error, abandon, recheck } = useBillingKey()
  return (
    <>
      <Button aria-disabled={isPending} onClick={() => issue({ order: { plan: 'monthly' } })}>
        {phase === 'confirming' ? '확인하는 중…' : '카드 등록하기'}
      </Button>
      {isPending && <Button onClick={abandon}>결제창 닫기</Button>}
      <BillingKeyOutcomeView outcome={outcome} error={error} onRecheck={recheck} takesFocus />
    </>
  )
}
