import { useState } from 'react'
import { BillingKeyButton } from 'react-billing-key'

export function Subscribe() {
  const [agreed, setAgreed] = useState(false)
  return (
    <>
      <label>
        <input type="checkbox" checked={agreed} onChange={({ target }) => setAgreed(target.checked)} />
        매달 24일에 9,900원을 등록한 카드로 결제합니다. 언제든 내 정보 › 구독에서 해지할 수 있습니다. (필수)
      </label>
      <BillingKeyButton
        order={{ plan: 'monthly' }}
        onClick={(event) => {
          if (!agreed) event.preventDefault()
        }}
        onOutcome={(outcome) => {
          if (outcome.status === 'issued') location.assign('/members')
        }}
      >
        9,900원 결제하고 시작하기
      </BillingKeyButton>
    </>
  )
}
