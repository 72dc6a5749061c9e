// @ts-nocheck
// The sandbox's stand-in for PortOne's v1 SDK. It behaves as the real one does, the unpleasant parts included.
;(() => {
  if (window.IMP) return
  const config = '__CONFIG__'
  const inPage = window[Symbol.for('billing-sandbox')]
  const base = inPage ? 'https://sandbox.invalid' : new URL(document.currentScript.src).origin
  const call = (path, body) =>
    (inPage ?? fetch)(base + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }).then(
      (answer) => answer.json(),
    )
  const mobile = /Android|iPhone|iPad|Mobile/i.test(navigator.userAgent)
  // on a phone the page is hidden while an overlay is shown; adopted, so that no policy for styles stops it
  const style = new CSSStyleSheet()
  style.replaceSync('body.imp-payment-progress > :not(#imp-iframe-wrapper) { display: none !important }')
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, style]
  let userCode = null
  let tierCode = null
  let prepared = false
  let waiting = null
  let dialog = null

  function frame() {
    dialog?.remove()
    dialog = document.createElement('div')
    dialog.id = 'imp-iframe-wrapper'
    dialog.style.cssText = 'display:none;position:fixed;inset:0;z-index:99999;background:rgba(0,0,0,.55)'
    document.body.append(dialog)
  }
  function begin(user, tier) {
    userCode = user
    tierCode = tier
    prepared = false
    frame()
    call('/sandbox/merchant', { userCode, tierCode }).then(() => {
      prepared = true
      const last = waiting
      waiting = null
      if (last) pay(...last)
    })
  }
  function hide() {
    if (!dialog) return
    dialog.style.display = 'none'
    dialog.replaceChildren()
    document.body.classList.remove('imp-payment-progress')
  }
  const pay = (params, callback) => open(params, callback).catch(() => alert('결제창을 열지 못했습니다.')) // and never calls back
  async function open(params, callback) {
    const answer = await call('/sandbox/requests', {
      userCode,
      params: { ...params, m_redirect_url: params.m_redirect_url && new URL(params.m_redirect_url, location.href).href },
      origin: location.origin,
      mobile,
    })
    if (answer.failure) {
      if (callback) setTimeout(callback, 0, answer.failure)
      else if (mobile && answer.back) location.href = answer.back
      return
    }
    if (!answer.path) throw new Error(answer.problem ?? answer.message)
    if (answer.leaves) {
      location.href = base + answer.path
      return
    }
    if (answer.popup) {
      const popup = window.open(base + answer.path, `imp-${answer.id}`, 'popup,width=460,height=760')
      if (!popup) return void alert('팝업이 차단되었습니다. 팝업을 허용해 주세요.')
      return listen(answer.id, () => popup, callback)
    }
    const iframe = document.createElement('iframe')
    iframe.title = answer.title
    iframe.style.cssText =
      'position:absolute;inset:0;margin:auto;width:min(100%,420px);height:min(100%,680px);border:0;border-radius:12px;background:#fff'
    if (inPage) iframe.srcdoc = answer.html
    else iframe.src = base + answer.path
    const close = document.createElement('button')
    close.type = 'button'
    close.className = 'imp-close'
    close.textContent = '✕'
    close.setAttribute('aria-label', '닫기')
    close.style.cssText = `position:absolute;top:8px;right:8px;width:44px;height:44px;display:${config.closeButton ? 'block' : 'none'}`
    close.onclick = hide // hides it and never calls back
    dialog.replaceChildren(iframe, close)
    dialog.style.display = 'block'
    if (mobile) document.body.classList.add('imp-payment-progress')
    listen(answer.id, () => iframe.contentWindow, callback)
  }
  function listen(id, source, callback) {
    const hear = (event) => {
      if (event.source !== source() || event.data?.sandboxRequest !== id) return
      window.removeEventListener('message', hear)
      hide()
      const { closed, answer } = event.data.result
      if (callback && !closed) callback(answer)
    }
    window.addEventListener('message', hear)
  }
  window.IMP = {
    init: (user) => begin(user, null),
    agency: (user, tier) => begin(user, tier),
    request_pay(params, callback) {
      if (!userCode) return void alert('IMP.init 을 먼저 호출해 주세요.')
      if (!params?.merchant_uid || !params.name) return void alert('필수 파라미터가 누락되었습니다.')
      if (!prepared) waiting = [params, callback]
      else pay(params, callback)
    },
    close: hide,
  }
})()
