// What a shop writes by hand after PortOne's guide: it loads the script, opens the window, asks its own server. No more.
import { useEffect, useState } from 'react'

let loading
const load = (src) => {
  loading ??= new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement('script'), { src, async: true, onload: resolve, onerror: reject })
    document.head.append(script)
  }).then(() => window.IMP.init('imp00000000'))
  return loading
}

export function HandWritten({ scriptUrl, request, onDone }) {
  const [ready, setReady] = useState(false)
  const [text, setText] = useState('')
  useEffect(() => {
    load(scriptUrl).then(() => setReady(true))
  }, [scriptUrl])
  const open = () => {
    const { customerUid, merchantUid, name, amount } = request()
    const param = { pg: 'jtnet', pay_method: 'card', customer_uid: customerUid, merchant_uid: merchantUid, name, amount }
    window.IMP.request_pay({ ...param, m_redirect_url: `${location.origin}/done` }, async (answer) => {
      if (!answer.success) return setText(answer.error_msg)
      const asked = await fetch('/api/billing/confirm', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ merchantUid, impUid: answer.imp_uid }),
      })
      setText((await asked.json()).status === 'issued' ? '카드를 등록했어요.' : '카드를 등록하지 못했어요.')
      onDone(merchantUid)
    })
  }
  return (
    <>
      <button type="button" disabled={!ready} onClick={open}>
        카드 등록하기
      </button>
      <p role="status">{text}</p>
    </>
  )
}
