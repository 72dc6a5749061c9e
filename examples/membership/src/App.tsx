import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { BillingKeyButton, BillingKeyList, BillingKeyProvider, BillingKeyRedirect, useCharge } from 'react-billing-key'
import { Link, Route, Routes, useNavigate } from 'react-router'
import { api, type Shop } from './api.ts'
import { plans } from './plans.ts'

const won = (amount: number) => `${amount.toLocaleString('ko-KR')}원`

export function App() {
  const { data: shop, isPending, error, refetch } = useQuery({ queryKey: ['shop'], queryFn: () => api<Shop>('/shop'), retry: false })
  if (isPending) return <p className="page">불러오는 중…</p>
  if (error)
    return (
      <main className="page">
        <p role="alert">가게에 연결하지 못했습니다.</p>
        <button type="button" onClick={() => refetch()}>
          다시 시도
        </button>
      </main>
    )
  const { userCode, scriptUrl, pg } = shop.config
  return (
    <BillingKeyProvider
      userCode={userCode}
      scriptUrl={scriptUrl}
      pg={pg}
      redirectUrl="/billing/complete"
      api="/api/billing"
      customerKey={shop.customerKey ?? undefined}
    >
      <header className="top">
        <Link to="/">아침서가 멤버십</Link>
        {shop.customer && <SignOut name={shop.customer} />}
      </header>
      <main className="page">
        {shop.config.sandbox && (
          <p className="hint">연습용 가게입니다. 실제로 결제되지 않으며, 결제창에서 테스트 카드를 고를 수 있습니다.</p>
        )}
        <Routes>
          <Route path="/billing/complete" element={<Complete />} />
          <Route path="*" element={shop.customer ? <Member orders={shop.orders} /> : <SignIn />} />
        </Routes>
      </main>
    </BillingKeyProvider>
  )
}

function SignIn() {
  const client = useQueryClient()
  const signIn = useMutation({
    mutationFn: (name: string) => api('/session', { method: 'POST', body: { name } }),
    onSuccess: () => client.invalidateQueries(),
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    signIn.mutate(String(new FormData(event.currentTarget).get('name')))
  }
  return (
    <form className="panel" onSubmit={submit}>
      <h1>매달 도착하는 책 한 권</h1>
      <label>
        이름
        <input name="name" defaultValue="김민아" maxLength={16} required />
      </label>
      <button type="submit" disabled={signIn.isPending}>
        체험 회원으로 시작
      </button>
      {signIn.error && <p role="alert">{signIn.error.message}</p>}
    </form>
  )
}

function SignOut({ name }: { name: string }) {
  const client = useQueryClient()
  const signOut = useMutation({ mutationFn: () => api('/session', { method: 'DELETE' }), onSuccess: () => client.resetQueries() })
  return (
    <span>
      {name} 님{' '}
      <button type="button" className="plain" onClick={() => signOut.mutate()}>
        로그아웃
      </button>
    </span>
  )
}

function Member({ orders }: { orders: Shop['orders'] }) {
  const client = useQueryClient()
  const settled = () => {
    client.invalidateQueries({ queryKey: ['shop'] })
  }
  return (
    <>
      <h1>이용권 고르기</h1>
      <ul className="plans">
        {plans.map((plan) => (
          <li key={plan.id} className="panel">
            <h2>{plan.name}</h2>
            <p className="price">{plan.first === 0 ? '첫 달 0원' : won(plan.first)}</p>
            <p>
              {plan.note} 매달 {won(plan.monthly)}.
            </p>
            <BillingKeyButton order={{ plan: plan.id }} onOutcome={settled}>
              {plan.first === 0 ? '카드 등록하기' : '등록하고 결제하기'}
            </BillingKeyButton>
          </li>
        ))}
      </ul>
      <Cards />
      <section aria-labelledby="orders">
        <h2 id="orders">주문 내역</h2>
        {orders.length === 0 ? (
          <p>아직 주문이 없습니다.</p>
        ) : (
          <ul className="rows">
            {orders.map((order) => (
              <li key={order.merchant_uid}>
                <span>{order.name}</span>
                <span>
                  {won(order.amount)} · {order.status === 'paid' ? '결제 완료' : '결제 전'}
                </span>
              </li>
            ))}
          </ul>
        )}
      </section>
    </>
  )
}

function Cards() {
  const client = useQueryClient()
  // The order stays the same until its end is known, so that pressing again cannot charge twice.
  const [order, setOrder] = useState<string | null>(null)
  const begin = useMutation({ mutationFn: () => api<{ order: string }>('/orders', { method: 'POST' }) })
  const charge = useCharge()
  const isBusy = begin.isPending || charge.isPending
  const pay = async (customerUid: string) => {
    if (isBusy) return
    const reference = order ?? (await begin.mutateAsync()).order
    setOrder(reference)
    const answer = await charge.mutateAsync({ customerUid, order: reference })
    if (answer.status === 'paid') setOrder(null)
  }
  const press = (customerUid: string) => {
    // what goes wrong is shown below
    pay(customerUid)
      .catch(() => {})
      .finally(() => client.invalidateQueries({ queryKey: ['shop'] }))
  }
  const result = charge.data
  return (
    <section aria-labelledby="cards">
      <h2 id="cards">등록한 카드</h2>
      <BillingKeyList
        action={({ customerUid, card }) => (
          <button
            type="button"
            aria-label={`9,900원 결제, ${card?.name ?? '카드'} ${card?.number?.slice(-4) ?? ''}`}
            aria-disabled={isBusy}
            onClick={() => press(customerUid)}
          >
            9,900원 결제
          </button>
        )}
      />
      <p role="status">
        {result?.status === 'paid' && `${won(result.amount)}이 결제되었습니다.`}
        {result?.status === 'declined' && `결제하지 못했습니다. ${result.message}`}
        {result?.status === 'unknown' && '결제 결과를 확인하고 있습니다. 다시 눌러도 두 번 결제되지 않습니다.'}
        {begin.error && '주문을 만들지 못했습니다. 잠시 후 다시 시도해 주세요.'}
        {!begin.error && charge.error && `결제하지 못했습니다. ${charge.error.message}`}
      </p>
    </section>
  )
}

function Complete() {
  const navigate = useNavigate()
  const client = useQueryClient()
  return (
    <>
      <h1>카드 등록 결과</h1>
      <BillingKeyRedirect onRetry={() => navigate('/')} onOutcome={() => void client.invalidateQueries({ queryKey: ['shop'] })}>
        {(outcome) => (
          <>
            {!outcome && <p>보여 드릴 등록 결과가 없습니다.</p>}
            <Link to="/">내 이용권으로 가기</Link>
          </>
        )}
      </BillingKeyRedirect>
    </>
  )
}
