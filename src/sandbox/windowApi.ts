import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { amountRule, pgRule } from '../billing/pg.ts'
import { type Dialect, redirectBack } from './redirectBack.ts'
import legacySource from './sdk.legacy.js?raw'
import sdkSource from './sdk.v1.js?raw'
import { random, type State } from './state.ts'
import { findTestCard, maskCard, type TestCard, testCards } from './testCards.ts'
import windowSource from './window.html?raw'

export interface WindowOptions {
  readonly userCode: string
  readonly pgs: readonly string[]
  readonly closeButton: boolean
}

interface WindowRequest {
  readonly id: string
  readonly params: Readonly<Record<string, unknown>>
  readonly origin: string
  readonly mobile: boolean
  readonly dialect: Dialect
  /** The legacy SDK's own number of the call. */
  readonly request_id?: string
  /** Whether this PG takes the whole page, and sends it back. */
  readonly leaves: boolean
  done: Record<string, unknown> | null
}

const escapeHtml = (value: unknown) => String(value).replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
const embed = (value: unknown) => JSON.stringify(value).replaceAll('<', '\\u003c')

/** The SDK scripts, and the payment window behind them. */
export function windowApi(state: State, { userCode, pgs, closeButton }: WindowOptions) {
  const requests = new Map<string, WindowRequest>()
  const app = new Hono()
  app.use('/sandbox/*', cors())
  const script = (source: string) =>
    new Response(source, { headers: { 'content-type': 'text/javascript; charset=utf-8', 'access-control-allow-origin': '*' } })
  app.get('/v1/iamport.js', () => script(sdkScript(closeButton)))
  app.get('/js/:file{iamport\\.payment-1\\.(?:1\\.5|2\\.0)\\.js}', (c) =>
    script(withConfig(legacySource, { closeButton, version: /1\.\d\.\d/.exec(c.req.param('file'))?.[0] })),
  )

  // what the SDK and the window call
  app.post('/sandbox/merchant', (c) => c.json({ pgs }))
  app.get('/sandbox/merchant', (c) => script(`${c.req.query('callback')?.replace(/[^\w$.]/g, '')}(${embed({ pgs })})`))
  app.post('/sandbox/requests', async (c) => {
    const asked = (await c.req.json()) as Omit<WindowRequest, 'done' | 'leaves'> & { userCode: string }
    const { params, origin, mobile, dialect = 'v1' } = asked
    const url = typeof params.m_redirect_url === 'string' ? params.m_redirect_url : origin
    const failure = (answer: Record<string, unknown>) => c.json({ failure: answer, back: redirectBack(dialect, url, answer) })
    const refuse = (error_code: string, error_msg: string) =>
      failure({
        ...(dialect === 'legacy' || error_code === 'NOT_READY' ? { success: false } : {}),
        imp_uid: null,
        merchant_uid: params.merchant_uid,
        error_code,
        error_msg,
      })
    if (asked.userCode !== userCode || pgs.length === 0) return refuse('NOT_READY', '등록된 PG가 없습니다.')
    const pg = String(String(params.pg ?? pgs[0]).split('.')[0])
    // the misspelt key is PortOne's
    if (!pgs.includes(pg)) return failure({ imp_success: false, imp_uid: null, error_coe: 'F1001', error_msg: '등록되지 않은 PG입니다.' })
    if (typeof params.amount !== 'number' && params.amount !== undefined) return refuse('F0003', 'amount는 숫자여야 합니다.')
    if (state.paidOrder(params.merchant_uid)) return refuse('F0004', '이미 결제된 주문번호입니다.')
    const fixed = state.prepared.get(String(params.merchant_uid))
    if (fixed !== undefined && fixed !== params.amount) return refuse('F0005', '사전등록된 금액과 다릅니다.')
    const id = random()
    const inPage = c.req.url.startsWith('https://sandbox.invalid')
    const leaves = pgRule(pg)[mobile ? 'mobile' : 'pc'] === 'redirect' && !inPage
    const request: WindowRequest = { ...asked, id, params: { ...params, pg }, dialect, leaves, done: null }
    requests.set(id, request)
    return c.json({ id, pg, leaves, path: `/sandbox/window/${id}`, html: inPage ? windowPage(request, true, '') : undefined })
  })
  app.get('/sandbox/window/:id', (c) => {
    const request = requests.get(c.req.param('id'))
    if (!request) return c.text('결제창이 만료되었습니다.', 404)
    const nonce = random()
    return c.html(windowPage(request, false, nonce), 200, {
      'cache-control': 'no-store',
      'content-security-policy': `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'`,
    })
  })
  app.post('/sandbox/window/:id', async (c) => {
    const request = requests.get(c.req.param('id'))
    if (!request) return c.json({ problem: '결제창이 만료되었습니다.' })
    // a window answers once: pressing twice, or Back and again, charges nothing more
    if (!request.done) {
      const body = (await c.req.json()) as { number?: string; cancel?: boolean }
      const card = findTestCard(body.number ?? '')
      if (!body.cancel && !card) return c.json({ problem: '테스트 카드번호가 아닙니다. 위에서 테스트 카드를 골라 주세요.' })
      request.done = finish(request, body.cancel ? null : (card ?? null))
    }
    const { done, dialect, params, origin, leaves } = request
    return c.json(leaves ? { redirect: redirectBack(dialect, String(params.m_redirect_url ?? origin), done) } : { answer: done })
  })

  function finish({ params, dialect }: WindowRequest, card: TestCard | null): Record<string, unknown> {
    const { merchant_uid, customer_uid, name, pg, pay_method } = params as Record<string, string>
    const rule = amountRule(pgRule(pg), pay_method ?? 'card')
    const amount = rule === 'display-only' || rule === 'not-sent' ? 0 : Number(params.amount ?? 0)
    const custom_data = params.custom_data === undefined ? null : JSON.stringify(params.custom_data)
    const common = {
      custom_data,
      merchant_uid: String(merchant_uid),
      customer_uid: String(customer_uid),
      name,
      customer_uid_usage: 'issue',
      notice_url: params.notice_url,
    }
    const refusal = card ? card.refusal : { code: 'J001', message: '사용자가 결제를 취소하셨습니다.' }
    if (!card || refusal) {
      const failed = state.record({ ...common, amount, status: 'failed', fail_reason: refusal?.message })
      const said = { imp_uid: failed.imp_uid, merchant_uid, error_code: refusal?.code, error_msg: refusal?.message }
      return dialect === 'legacy' ? { success: false, ...said } : said
    }
    const shown = { card_name: card.company, card_number: maskCard(card.number) }
    const paid = state.record({ ...common, ...shown, amount, status: 'paid' })
    state.billingKeys.set(String(customer_uid), { card, inserted: state.now() })
    const minimal = {
      imp_uid: paid.imp_uid,
      merchant_uid,
      ...(dialect === 'legacy' ? { success: true, error_code: null, error_msg: null } : {}),
    }
    return pgRule(pg).callback === 'minimal'
      ? minimal
      : { ...minimal, ...shown, customer_uid, paid_amount: amount, status: 'paid', pay_method: 'card' }
  }
  return app
}

const withConfig = (source: string, config: object) => source.replace("'__CONFIG__'", () => embed(config))
export const sdkScript = (closeButton: boolean) => withConfig(sdkSource, { closeButton })

function windowPage({ id, request_id, params, origin }: WindowRequest, inPage: boolean, nonce: string): string {
  const amount = Number(params.amount ?? 0)
  const rows: [string, unknown][] = [
    ['상품', params.name],
    ['금액', amount > 0 ? `${amount.toLocaleString('ko-KR')}원` : '카드 등록 (결제 없음)'],
  ]
  const values: Record<string, string> = {
    __SUMMARY__: rows.map(([term, value]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(value)}</dd>`).join(''),
    __CARDS__: testCards.map(({ number, company, label }) => `<option value="${number}">${company} · ${label}</option>`).join(''),
    __SUBMIT__: amount > 0 ? '등록하고 결제' : '카드 등록',
    __NONCE__: nonce,
    __REQUEST__: embed({ id, request_id, path: `/sandbox/window/${id}`, origin, inPage }),
  }
  return windowSource.replace(/__[A-Z]+__/g, (place) => values[place] ?? place)
}
