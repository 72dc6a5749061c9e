import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { payMethodOf, pgCode, pgRule } from '../billing/pg.ts'
import { sleep } from './faults.ts'
import { reachesIn } from './ownName.ts'
import { redirectBack } from './redirectBack.ts'
import legacySource from './sdk.legacy.js?raw'
import sdkSource from './sdk.v1.js?raw'
import { random, type State } from './state.ts'
import { findTestCard, maskCard, type TestCard } from './testCards.ts'
import { formProblems, type WindowForm } from './windowForm.ts'
import { embed, languageOf, pgName, type Shown, windowPage } from './windowPage.ts'
import { type Asked, amountsOf, placeOf, readAsked, requestProblem } from './windowRequest.ts'
import { createWindowRequests } from './windowRequests.ts'

export interface WindowOptions {
  readonly userCode: string
  readonly pgs: readonly string[]
  readonly closeButton: boolean
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Whether something can be gone to; a script is no address. */
const isAddress = (given: unknown): given is string =>
  typeof given === 'string' && URL.canParse(given) && !['javascript:', 'data:', 'vbscript:'].includes(new URL(given).protocol)

/** How a window ends: with an answer, without a word, or with an answer that is lost. */
type End = { readonly answer: Record<string, unknown> } | { readonly closed: true } | { readonly lost: true }

interface WindowRequest extends Asked, Shown {
  readonly epoch: number
  end: Promise<End> | null
}

/** So many windows are remembered, each with what it was asked for: so many characters at most. */
const kept = 1_000
const longest = 100_000
/** How long the card that is slow takes, and the one that waits for its approval. */
const slowMs = 5_000
const pendingMs = 30_000

/** The SDK scripts, and the payment window behind them. */
export function windowApi(state: State, { userCode, pgs, closeButton }: WindowOptions) {
  const windows = createWindowRequests<WindowRequest>(kept)
  const windowOf = (id: string) => {
    const found = windows.get(id)
    return found?.epoch === state.epoch() ? found : undefined
  }
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
    const text = await c.req.text()
    const asked = text.length > longest ? null : readAsked(parsed(text))
    if (!asked) return c.json({ problem: 'not what an SDK sends' }, 400)
    const inPage = c.req.url.startsWith('https://sandbox.invalid')
    const failure = refusalOf(asked, c.req.header('origin'))
    if (failure) {
      return c.json({ failure, back: backOf(asked, failure) })
    }
    const id = state.unique()
    const params: Asked['params'] = { ...asked.params, pg: pgOf(asked) }
    const place = inPage ? 'overlay' : placeOf(params, asked.mobile)
    const request: WindowRequest = { ...asked, id, params, place, epoch: state.epoch(), end: null }
    windows.add(request)
    const language = languageOf(params)
    const title = `${pgName(pgOf(asked))[language]} ${language === 'ko' ? '결제창 (샌드박스)' : 'payment window (sandbox)'}`
    const html = inPage ? windowPage(request, true, '', state.now()) : undefined
    return c.json({ id, pg: params.pg, title, leaves: place === 'page', popup: place === 'popup', path: `/sandbox/window/${id}`, html })
  })
  app.get('/sandbox/window/:id', (c) => {
    const request = windowOf(c.req.param('id'))
    if (!request) return c.text('결제창이 만료되었습니다.', 404)
    const nonce = random()
    return c.html(windowPage(request, false, nonce, state.now()), 200, {
      'cache-control': 'no-store',
      'content-security-policy': `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'`,
    })
  })
  app.post('/sandbox/window/:id', async (c) => {
    const request = windowOf(c.req.param('id'))
    if (!request) return c.json({ problem: 'gone' })
    // a window ends once: pressing twice, or Back and again, charges nothing more
    if (!request.end) {
      const form: (WindowForm & { readonly cancel?: unknown }) | null = await c.req.json().catch(() => null)
      if (typeof form !== 'object' || form === null) return c.json({ problem: 'not what a window sends' }, 400)
      const problems = form.cancel ? null : formProblems(form, state.now(), (number) => findTestCard(number) !== undefined)
      if (problems) return c.json({ problems })
      request.end ??= finish(request, form.cancel ? null : (findTestCard(String(form.number)) ?? null))
    }
    const end = await request.end
    const back = 'answer' in end && request.place === 'page' ? backOf(request, end.answer) : null
    return c.json(back === null ? end : { redirect: back })
  })

  const pgOf = ({ params }: Pick<Asked, 'params'>) => pgCode(params.pg ?? pgs[0])

  /** Where a phone goes back to; `null` when the shop named no address. */
  function backOf({ dialect = 'v1', params, origin }: Asked, answer: Record<string, unknown>): string | null {
    const url = [params.m_redirect_url, origin].find(isAddress)
    return url === undefined ? null : redirectBack(dialect, url, answer)
  }

  /** What the callback gets instead of a window. */
  function refusalOf(asked: Asked, pageOrigin: string | undefined): Record<string, unknown> | null {
    const { params, dialect } = asked
    const { merchant_uid } = params
    const refuse = (error_code: string, error_msg: string) => ({
      ...(dialect === 'legacy' || error_code === 'NOT_READY' ? { success: false } : {}),
      imp_uid: null,
      merchant_uid,
      error_code,
      error_msg,
    })
    if (asked.userCode !== userCode || pgs.length === 0) return refuse('NOT_READY', '등록된 PG가 없습니다.')
    // the misspelt key is PortOne's
    if (!pgs.includes(pgOf(asked))) return { imp_success: false, imp_uid: null, error_coe: 'F1001', error_msg: '등록되지 않은 PG입니다.' }
    const problem = requestProblem({ ...params, pg: pgOf(asked) })
    if (problem) return refuse('F0003', problem)
    if (reachesIn(pageOrigin, params.notice_url)) return refuse('F0003', 'notice_url 값이 올바르지 않습니다.')
    if (state.isPaid(merchant_uid)) return refuse('F0004', '이미 결제된 주문번호입니다.')
    const fixed = state.prepared.get(String(merchant_uid))
    if (!fixed) return null
    if (fixed.amount !== params.amount) return refuse('F0005', '사전등록된 금액과 다릅니다.')
    const differs = fixed.currency !== null && fixed.currency !== (params.currency ?? 'KRW')
    return differs ? refuse('F0005', '사전등록된 통화와 다릅니다.') : null
  }

  async function finish(request: WindowRequest, card: TestCard | null): Promise<End> {
    if (card && (card.window === 'closes' || state.faults.take('window-closed'))) return { closed: true }
    if (card?.window === 'slow') await sleep(slowMs)
    // forgotten meanwhile
    if (request.epoch !== state.epoch()) return { closed: true }
    const answer = record(request, card)
    return card?.window === 'lost' ? { lost: true } : { answer }
  }

  /** What comes of a card, `null` for a customer who cancels; answers what the callback gets. */
  function record({ params, dialect, mobile }: WindowRequest, card: TestCard | null): Record<string, unknown> {
    const { merchant_uid, name, pg = '' } = params as Record<string, string>
    const customer_uid = params.customer_uid ? String(params.customer_uid) : null
    const { approved: amount } = amountsOf(params)
    const common = {
      ...Object.fromEntries(Object.entries(params).filter(([field]) => field.startsWith('buyer_'))),
      custom_data: params.custom_data === undefined ? null : JSON.stringify(params.custom_data),
      merchant_uid: String(merchant_uid),
      customer_uid,
      name,
      currency: params.currency ?? 'KRW',
      customer_uid_usage: customer_uid === null ? null : 'issue',
      notice_url: params.notice_url,
      pg_provider: pg,
      pay_method: payMethodOf({ pg, payMethod: params.pay_method }),
      channel: mobile ? 'mobile' : 'pc',
      amount,
    }
    const isMinimal = pgRule(pg).callback !== 'full'
    const isOld = dialect === 'legacy' && !isMinimal
    const fail = (imp_uid: string | null, error_code: string, error_msg: string) => ({
      ...(isOld ? { success: false } : {}),
      imp_uid,
      merchant_uid,
      error_code,
      error_msg,
    })
    const refusal = card ? card.refusal : { code: 'J001', message: '사용자가 결제를 취소하셨습니다.' }
    if (!card || refusal) {
      const { code = '', message = '' } = refusal ?? {}
      return fail(state.record({ ...common, status: 'failed', fail_reason: message }).imp_uid, code, message)
    }
    // another window was quicker
    if (state.isPaid(merchant_uid)) return fail(null, 'F0004', '이미 결제된 주문번호입니다.')
    const shown = { card_name: card.company, card_number: maskCard(card.number) }
    const status = card.window === 'pending' ? 'ready' : 'paid'
    const payment = state.record({ ...common, ...shown, status })
    const { customer_id } = params
    const key = { card, pg, inserted: state.now(), ...(customer_id ? { customer: { customer_id } } : {}) }
    if (status === 'ready') state.settleLater(payment, pendingMs, key)
    else if (customer_uid !== null) state.billingKeys.set(customer_uid, key)
    const minimal = { imp_uid: payment.imp_uid, merchant_uid }
    if (isMinimal) return minimal
    return {
      ...minimal,
      ...(isOld ? { success: true, error_code: null, error_msg: null } : {}),
      ...shown,
      customer_uid,
      paid_amount: amount,
      status,
      pay_method: common.pay_method,
    }
  }
  return app
}

const withConfig = (source: string, config: object) => source.replace("'__CONFIG__'", () => embed(config))
export const sdkScript = (closeButton: boolean) => withConfig(sdkSource, { closeButton })
