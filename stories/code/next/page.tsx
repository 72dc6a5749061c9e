// app/billing/complete/page.tsx, a server component
import { BillingKeyRedirect } from 'react-billing-key'

export default function Page() {
  return (
    <main>
      <h1>카드 등록 결과</h1>
      <BillingKeyRedirect>
        <a href="/members">이용 시작하기</a>
      </BillingKeyRedirect>
    </main>
  )
}
