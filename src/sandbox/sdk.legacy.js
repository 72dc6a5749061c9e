// @ts-nocheck
// The sandbox's stand-in for PortOne's legacy SDKs 1.1.5 and 1.2.0, as docs/sdk-facts.md describes them: jQuery, a JSONP
// start-up, one frame a PG, a close button that tells nobody.
;(() => {
  if (window.IMP) return
  const config = '__CONFIG__'
  const base = new URL(document.currentScript.src).origin
  const mobile = /Android|iPhone|iPad|Mobile/i.test(navigator.userAgent)
  // on a phone the page is hidden while an overlay is shown; adopted, so that no policy for styles stops it
  const style = new CSSStyleSheet()
  style.replaceSync('body.imp-payment-progress > :not(.imp-dialog) { display: none !important }')
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, style]
  const frames = {}
  const callbacks = {}
  let merchant = null
  let ready = false
  let waiting = null

  function begin(user_code, tier_code) {
    const $ = jQuery // a ReferenceError without it, here and not at load
    for (const pg of Object.keys(frames)) {
      frames[pg].remove()
      delete frames[pg]
    }
    ready = false
    const mine = { user_code, tier_code, $ }
    merchant = mine
    $.ajax({ url: `${base}/sandbox/merchant`, dataType: 'jsonp', data: { user_code, tier_code } }).done(({ pgs }) => {
      if (merchant !== mine) return
      pgs.forEach(prepare)
      ready = true
      const last = waiting
      waiting = null
      if (last) pay(...last)
    })
  }
  function prepare(pg) {
    const dialog = document.createElement('div')
    dialog.className = `imp-dialog imp-frame-${pg}`
    dialog.style.cssText = 'display:none;position:fixed;inset:0;z-index:99999;background:rgba(0,0,0,.55)'
    const close = document.createElement('button')
    close.type = 'button'
    close.className = 'imp-close'
    close.textContent = '✕'
    close.setAttribute('aria-label', '닫기')
    close.style.cssText = `position:absolute;top:8px;right:8px;width:44px;height:44px;display:${config.closeButton ? 'block' : 'none'}`
    close.onclick = () => {
      if (config.version !== '1.1.5') throw new TypeError('the close button of this PG is broken') // and the overlay stays
      hide()
    }
    dialog.append(frame(), close)
    document.body.append(dialog)
    frames[pg] = dialog
  }
  function frame() {
    const iframe = document.createElement('iframe')
    iframe.style.cssText =
      'position:absolute;inset:0;margin:auto;width:min(100%,420px);height:min(100%,680px);border:0;border-radius:12px;background:#fff'
    return iframe
  }
  /** Hides the overlay and reloads its frame. Nobody is called back. */
  function hide() {
    for (const dialog of Object.values(frames)) {
      dialog.style.display = 'none'
      dialog.querySelector('iframe').replaceWith(frame())
    }
    document.body.classList.remove('imp-payment-progress')
  }
  const broken = () => void alert('결제창을 열지 못했습니다.') // and never calls back
  function pay(params, callback) {
    const request_id = `req_${Date.now()}`
    callbacks[request_id] = callback
    const back = params.m_redirect_url
    if (back && !URL.canParse(back, location.href)) return broken()
    const body = { dialect: 'legacy', userCode: merchant.user_code, request_id, origin: location.origin, mobile, params }
    if (back) body.params = { ...params, m_redirect_url: new URL(back, location.href).href }
    const asked = merchant.$.ajax({
      url: `${base}/sandbox/requests`,
      method: 'POST',
      contentType: 'application/json',
      data: JSON.stringify(body),
    })
    asked.fail(broken).done((answer) => {
      if (answer.failure) {
        if (callback) callback(answer.failure)
        else if (mobile && answer.back) location.href = answer.back
      } else if (answer.leaves) location.href = base + answer.path
      else if (answer.popup) {
        if (!window.open(base + answer.path, request_id, 'width=460,height=760')) alert('팝업이 차단되었습니다. 팝업을 허용해 주세요.')
      } else {
        const dialog = frames[answer.pg]
        const iframe = dialog.querySelector('iframe')
        iframe.title = answer.title
        iframe.src = base + answer.path
        dialog.style.display = 'block'
        if (mobile) document.body.classList.add('imp-payment-progress')
      }
    })
  }
  window.addEventListener('message', (event) => {
    const { request_id, answer, closed } = event.data.result // throws over the messages of others
    if (event.origin !== base) return
    hide()
    const callback = callbacks[request_id]
    delete callbacks[request_id]
    if (callback && !closed) callback(answer)
  })
  window.IMP = {
    init: (user) => begin(user),
    agency: (user, tier) => begin(user, tier),
    request_pay(params, callback) {
      if (!merchant) return void alert('IMP.init()이 호출되지 않았습니다.')
      if (!params?.merchant_uid || !params.name) return void alert('필수 파라미터가 누락되었습니다.')
      if (ready) pay(params, callback)
      else waiting = [params, callback]
    },
    ...(config.version === '1.1.5' ? {} : { close: hide }),
  }
})()
