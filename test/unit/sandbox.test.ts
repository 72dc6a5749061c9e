import { describe, expect, it } from 'vitest'
import { parseRedirect, safeRedirectUrl, stripRedirectResult } from '../../src/billing/redirect.ts'
import { createSandbox } from '../../src/sandbox/index.ts'
import { redirectBack } from '../../src/sandbox/redirectBack.ts'

const paid = { imp_uid: 'imp_1', merchant_uid: 'm' }
const refused = { imp_uid: null, merchant_uid: 'm', error_code: 'J101', error_msg: '거절 1+1=2 & 더' }

describe('redirectBack', () => {
  it.each([
    ['https://shop.example/x', 'https://shop.example/x?imp_uid=imp_1&merchant_uid=m&imp_success=true'],
    ['https://shop.example/x?a=1', 'https://shop.example/x?a=1&imp_uid=imp_1&merchant_uid=m&imp_success=true'],
    ['https://shop.example/x?a=1&b=2', 'https://shop.example/x?a=1&b=2imp_uid=imp_1&merchant_uid=m&imp_success=true'],
    ['https://shop.example/x?a=1&b=2&', 'https://shop.example/x?a=1&b=2&imp_uid=imp_1&merchant_uid=m&imp_success=true'],
    ['https://shop.example/?a=1#/done', 'https://shop.example/?a=1&imp_uid=imp_1&merchant_uid=m&imp_success=true#/done'],
  ])('joins %s as the legacy SDK does (sdk-facts 15, 16)', (url, back) => {
    expect(redirectBack('legacy', url, paid)).toBe(back)
  })

  it('leaves out what the legacy SDK leaves out, and escapes what it escapes (sdk-facts 14)', () => {
    const back = redirectBack('legacy', 'https://shop.example/', refused)
    expect(back).toBe(`https://shop.example/?imp_uid=&merchant_uid=m&imp_success=false&error_msg=${encodeURI('거절 1+1=2 & 더')}`)
    expect(parseRedirect(back)).toMatchObject({ status: 'failed', code: 'unknown', message: '거절 1 1=2', impUid: null })
  })

  it.each(['v1', 'legacy'] as const)('%s comes back whole from an address made safe (sdk-facts 13 to 16)', (dialect) => {
    for (const query of ['', '?a=1', '?a=1&b=%ED%95%9C', '?a=1&b=2&c=x%20y', '?q=a+b&b=2'])
      for (const hash of ['', '#/done', '#top']) {
        const url = `https://shop.example/x${query}${hash}`
        const back = redirectBack(dialect, safeRedirectUrl(url) ?? '', paid)
        expect(parseRedirect(back)).toMatchObject({ status: 'reported', impUid: 'imp_1', merchantUid: 'm' })
        const own = new URL(stripRedirectResult(back))
        expect([...own.searchParams]).toEqual([...new URL(url).searchParams])
        expect(own.hash).toBe(hash)
      }
  })
})

describe('the sandbox', () => {
  const post = async (sandbox: ReturnType<typeof createSandbox>, path: string, body: unknown) => {
    const headers = { 'content-type': 'application/json' }
    const response = await sandbox.fetch(new Request(`http://sandbox${path}`, { method: 'POST', headers, body: JSON.stringify(body) }))
    return response.json()
  }
  const pay = async (sandbox: ReturnType<typeof createSandbox>, params: object, card: string, mobile = false) => {
    const request = { userCode: sandbox.userCode, origin: 'https://shop.example', mobile, params: { name: 'n', amount: 0, ...params } }
    const { failure, path } = await post(sandbox, '/sandbox/requests', request)
    return failure ?? (await post(sandbox, path, { number: card })).answer
  }

  it('replaces the key of a customer_uid that is used again, and refuses an order that was paid (sdk-facts 18, 19)', async () => {
    const sandbox = createSandbox()
    await pay(sandbox, { customer_uid: 'c', merchant_uid: '1' }, '9410-0000-0000-0001')
    await pay(sandbox, { customer_uid: 'c', merchant_uid: '2' }, '9410-0000-0000-0004')
    expect(sandbox.billingKeys.get('c')?.card.company).toBe('롯데카드')
    expect(await pay(sandbox, { customer_uid: 'c', merchant_uid: '2' }, '9410-0000-0000-0001')).toMatchObject({ error_code: 'F0004' })
    expect(sandbox.payments).toHaveLength(2)
  })

  it('answers a minimal PG’s four fields, and approves nothing where the window only shows the amount (sdk-facts 10, 20)', async () => {
    const sandbox = createSandbox({ pgs: ['tosspayments'] })
    const answer = await pay(sandbox, { customer_uid: 'c', merchant_uid: '1', amount: 9900 }, '9410-0000-0000-0001')
    expect(Object.keys(answer)).toEqual(['imp_uid', 'merchant_uid'])
    expect(sandbox.payments[0]).toMatchObject({ amount: 0 })
  })

  it.each(['tosspayments', 'nice_v2'])(
    'answers the four fields of %s to the older SDKs too, without a word of success (sdk-facts 10)',
    async (pg) => {
      const sandbox = createSandbox({ pgs: [pg] })
      const ask = async (merchant_uid: string, form: object) => {
        const params = { name: 'n', amount: 0, customer_uid: 'c', customer_id: 'c', merchant_uid }
        const request = { userCode: sandbox.userCode, origin: 'https://shop.example', mobile: false, dialect: 'legacy', params }
        const { path } = await post(sandbox, '/sandbox/requests', request)
        return (await post(sandbox, path, form)).answer
      }
      expect(Object.keys(await ask('1', { number: '9410-0000-0000-0001' }))).toEqual(['imp_uid', 'merchant_uid'])
      expect(Object.keys(await ask('2', { cancel: true }))).toEqual(['imp_uid', 'merchant_uid', 'error_code', 'error_msg'])
    },
  )

  it('takes the page away where the PG does, by PG and not by device alone (sdk-facts 8)', async () => {
    const sandbox = createSandbox({ pgs: ['jtnet', 'payco', 'chai'] })
    const leaves = async (pg: string, mobile: boolean) =>
      (
        await post(sandbox, '/sandbox/requests', {
          userCode: sandbox.userCode,
          origin: 'https://shop.example',
          mobile,
          params: { pg, customer_uid: 'c', merchant_uid: 'm', name: 'n', m_redirect_url: 'https://shop.example/done' },
        })
      ).leaves
    expect([await leaves('jtnet', false), await leaves('jtnet', true)]).toEqual([false, true])
    expect([await leaves('payco', false), await leaves('payco', true)]).toEqual([false, false])
    expect([await leaves('chai', false), await leaves('chai', true)]).toEqual([true, true])
  })

  it('sends a webhook for what was paid and none for what failed, to the payment’s own address first (sdk-facts 22)', async () => {
    const sent: unknown[] = []
    const sandbox = createSandbox({ sendNotice: (address, notice) => sent.push([address, notice]) })
    await pay(sandbox, { customer_uid: 'c', merchant_uid: '1' }, '9410-0000-0000-0001')
    expect(sent).toEqual([])
    sandbox.noticeUrl = 'https://shop.example/webhook'
    await pay(sandbox, { customer_uid: 'c', merchant_uid: '2' }, '9410-0000-0000-0002')
    const { imp_uid } = await pay(sandbox, { customer_uid: 'c', merchant_uid: '3' }, '9410-0000-0000-0001')
    await pay(sandbox, { customer_uid: 'c', merchant_uid: '4', notice_url: 'https://shop.example/other' }, '9410-0000-0000-0001')
    expect(sent).toEqual([
      ['https://shop.example/webhook', { imp_uid, merchant_uid: '3', status: 'paid' }],
      ['https://shop.example/other', expect.objectContaining({ merchant_uid: '4' })],
    ])
  })
})
