import { useEffect } from 'react'

export function RegisterCard({ userCode }: { userCode: string }) {
  useEffect(() => {
    const script = document.createElement('script') // loaded again by every mount
    script.src = 'https://cdn.iamport.kr/v1/iamport.js'
    script.onload = () => Reflect.get(window, 'IMP').init(userCode)
    document.head.append(script) // and nobody hears of a failure
  }, [userCode])
  const register = () => {
    const IMP = Reflect.get(window, 'IMP')
    const params = {
      pg: 'jtnet',
      pay_method: 'card',
      merchant_uid: `order_${Date.now()}`,
      customer_uid: 'user-1',
      name: '이용권',
      amount: 0,
    }
    IMP.request_pay(params, async (rsp: { success?: boolean; imp_uid?: string; error_msg?: string }) => {
      // never called after the X; no `success` in the current SDK; never called on a phone
      if (rsp.success) await fetch('/api/card', { method: 'POST', body: JSON.stringify(rsp) })
      else alert(rsp.error_msg)
    })
  }
  return (
    <button type="button" onClick={register}>
      카드 등록하기
    </button>
  )
}
