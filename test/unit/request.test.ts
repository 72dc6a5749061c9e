import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BillingKeyError } from '../../src/billing/errors.ts'
import { type BillingKeyRequest, toRequestPayParams } from '../../src/billing/request.ts'

const request: BillingKeyRequest = {
  pg: 'jtnet',
  customerUid: 'card-1',
  merchantUid: 'issue-1',
  name: '월간 이용권',
  amount: 0,
  redirectUrl: 'https://shop.example/billing/complete',
  buyer: { name: '김민아', email: 'mina@example.com', tel: '010-1234-5678' },
}

function issuesOf(change: Record<string, unknown>) {
  try {
    toRequestPayParams({ ...request, ...change } as BillingKeyRequest)
  } catch (error) {
    if (error instanceof BillingKeyError) return { message: error.message, issues: error.issues, code: error.code }
    throw error
  }
  return null
}

describe('toRequestPayParams', () => {
  it('builds exactly what the guide shows for JTNet', () => {
    expect(toRequestPayParams(request)).toEqual({
      pg: 'jtnet',
      pay_method: 'card',
      merchant_uid: 'issue-1',
      customer_uid: 'card-1',
      name: '월간 이용권',
      amount: 0,
      buyer_name: '김민아',
      buyer_email: 'mina@example.com',
      buyer_tel: '010-1234-5678',
      m_redirect_url: 'https://shop.example/billing/complete',
    })
  })

  it('sends every field under the SDK’s own name', () => {
    const all: BillingKeyRequest = {
      ...request,
      pg: 'jtnet',
      payMethod: 'card',
      amount: 9900,
      customerId: 'member-1',
      currency: 'KRW',
      language: 'ko',
      taxFree: 900,
      vatAmount: 900,
      period: { from: '20261201', to: '20271130' },
      display: { card_quota: [] },
      card: { direct: { code: '367' } },
      products: [{ name: '월간', quantity: 1 }],
      customData: { plan: 'a' },
      noticeUrl: ['https://shop.example/a', 'https://shop.example/b'],
      confirmUrl: 'https://shop.example/confirm',
      appScheme: 'shop',
      popup: true,
      bypass: { jtnet: {} },
      naverPopupMode: false,
      buyer: { name: 'n', email: 'e', tel: 't', addr: 'a', postcode: 'p' },
      extra: { niceMobileV2: true, amount: 1, customer_uid: 'other' },
    }
    expect(toRequestPayParams(all)).toEqual({
      pg: 'jtnet',
      pay_method: 'card',
      merchant_uid: 'issue-1',
      customer_uid: 'card-1',
      customer_id: 'member-1',
      name: '월간 이용권',
      amount: 9900,
      currency: 'KRW',
      language: 'ko',
      tax_free: 900,
      vat_amount: 900,
      period: { from: '20261201', to: '20271130' },
      display: { card_quota: [] },
      card: { direct: { code: '367' } },
      products: [{ name: '월간', quantity: 1 }],
      custom_data: { plan: 'a' },
      notice_url: ['https://shop.example/a', 'https://shop.example/b'],
      confirm_url: 'https://shop.example/confirm',
      app_scheme: 'shop',
      popup: true,
      bypass: { jtnet: {} },
      naverPopupMode: false,
      buyer_name: 'n',
      buyer_email: 'e',
      buyer_tel: 't',
      buyer_addr: 'a',
      buyer_postcode: 'p',
      m_redirect_url: 'https://shop.example/billing/complete',
      niceMobileV2: true,
    })
  })

  it('keeps a MID, and leaves pg out when there is none', () => {
    expect(toRequestPayParams({ ...request, pg: 'jtnet.recurring' }).pg).toBe('jtnet.recurring')
    const { pg: _, ...bare } = request
    expect(toRequestPayParams(bare as BillingKeyRequest)).not.toHaveProperty('pg')
    expect(toRequestPayParams(bare as BillingKeyRequest).pay_method).toBe('card')
  })

  it('lets the request win over the defaults, also in how the PG is named', () => {
    const { pg: _, ...bare } = request
    const byKey = { ...bare, channelKey: 'channel-key-1' } as BillingKeyRequest
    expect(toRequestPayParams(byKey, { pg: 'jtnet' })).toMatchObject({ channelKey: 'channel-key-1' })
    expect(toRequestPayParams(byKey, { pg: 'jtnet' })).not.toHaveProperty('pg')
  })

  it('sends no token of its own accord to the window', () => {
    expect(JSON.stringify(toRequestPayParams({ ...request, token: 'signed' }))).not.toContain('signed')
  })

  it.each([
    ['a missing customerUid', { customerUid: undefined }, 'customerUid', 'undefined'],
    ['an empty customerUid', { customerUid: ' ' }, 'customerUid', '" "'],
    ['an amount that is text', { amount: '1000' }, 'amount', '"1000"'],
    ['a negative amount', { amount: -1 }, 'amount', '-1'],
    ['a fraction of a won', { amount: 10.5 }, 'amount', '10.5'],
    ['NaN', { amount: Number.NaN }, 'amount', 'NaN'],
    ['Infinity', { amount: Number.POSITIVE_INFINITY }, 'amount', 'Infinity'],
    ['a merchantUid over 40 characters', { merchantUid: 'm'.repeat(41) }, 'merchantUid', `"${'m'.repeat(41)}"`],
    ['a redirectUrl that is not http', { redirectUrl: 'javascript:alert(1)' }, 'redirectUrl', '"javascript:alert(1)"'],
    ['a redirectUrl with PortOne’s keys', { redirectUrl: 'https://a.example/?imp_uid=1' }, 'redirectUrl', '"https://a.example/?imp_uid=1"'],
    ['no redirectUrl', { redirectUrl: undefined }, 'redirectUrl', 'undefined'],
    ['another way to pay', { payMethod: 'phone' }, 'payMethod', '"phone"'],
  ])('refuses %s and names field, rule and value', (_, change, field, value) => {
    const refused = issuesOf(change)
    expect(refused?.code).toBe('invalid-request')
    expect(refused?.issues).toEqual([{ field, value, rule: expect.stringMatching(/./), limit: expect.any(String) }])
    expect(refused?.message).toContain(`${field} `)
  })

  it('counts characters, not bytes, up to the limit (sdk-facts 18)', () => {
    expect(issuesOf({ merchantUid: 'm'.repeat(40), name: '가'.repeat(40), customerUid: 'c'.repeat(80) })).toBeNull()
    expect(issuesOf({ name: '가'.repeat(41) })?.issues).toHaveLength(1)
  })

  it('sends the channel key alone, and holds the PG’s rules beside it (sdk-facts 31)', () => {
    const whole = { customerUid: 'c', merchantUid: 'm', name: 'n', amount: 0, redirectUrl: 'https://shop.example/done' }
    const params = toRequestPayParams({ ...whole, pg: 'jtnet', channelKey: 'channel-key-1' })
    expect(params).toMatchObject({ channelKey: 'channel-key-1', pay_method: 'card' })
    expect(params).not.toHaveProperty('pg')
    expect(() => toRequestPayParams({ ...whole, amount: 9900, pg: 'payco', channelKey: 'channel-key-1' })).toThrow(/PAYCO/)
  })

  it.each([
    [{ from: '2026-11-24' }],
    [{ to: '20261224' }],
    [{ interval: '1m' }],
    [{ from: '2026-11-24', to: '2027-11-24', interval: '1y' }],
  ])('takes the period %j (sdk-facts 32)', (period) => expect(issuesOf({ period })).toBeNull())

  it.each([[{ from: '24.11.2026' }], [{ interval: 'monthly' }], ['1m']])('refuses the period %j (sdk-facts 32)', (period) =>
    expect(issuesOf({ period })?.issues.map(({ field }) => field)).toEqual(['period']),
  )

  it('says of a missing amount that it is missing', () => {
    expect(issuesOf({ amount: undefined })?.issues[0]).toMatchObject({ field: 'amount', rule: 'whole' })
    expect(issuesOf({ amount: undefined })?.message).toContain('amount is missing: it has to be a number')
  })

  it('reports everything wrong at once, and repeats no customer’s data', () => {
    const refused = issuesOf({ amount: -1, merchantUid: '', buyer: { name: '아주아주아주아주아주아주아주아주긴이름' } })
    expect(refused?.issues.map(({ field }) => field)).toEqual(['merchantUid', 'amount', 'buyer.name'])
    expect(refused?.message).not.toContain('긴이름')
  })

  it('refuses an amount that a PG would only show (sdk-facts 20)', () => {
    const refused = issuesOf({ pg: 'html5_inicis', amount: 9900 })
    expect(refused?.message).toMatch(/KG Inicis.*does not charge it.*displayAmount/)
    expect(toRequestPayParams({ ...request, pg: 'html5_inicis', displayAmount: 9900 } as BillingKeyRequest).amount).toBe(9900)
    expect(issuesOf({ pg: 'jtnet', displayAmount: 9900 })?.issues[0]?.field).toBe('displayAmount')
    expect(issuesOf({ pg: 'danal', amount: 0 })?.message).toContain('more than 0')
  })

  it('does not send an amount where the window takes none', () => {
    const params = toRequestPayParams({ ...request, pg: 'tosspay_v2', customerId: 'c1' } as BillingKeyRequest)
    expect(params).not.toHaveProperty('amount')
    expect(params.pay_method).toBe('tosspay')
  })

  it('closes an address of two parameters so that nothing is glued to it (sdk-facts 15)', () => {
    expect(toRequestPayParams({ ...request, redirectUrl: 'https://a.example/x?a=1&b=2' }).m_redirect_url).toBe(
      'https://a.example/x?a=1&b=2&',
    )
    expect(toRequestPayParams({ ...request, redirectUrl: '/x?a=1' }, {}, 'https://a.example/shop').m_redirect_url).toBe(
      'https://a.example/x?a=1',
    )
  })
})

describe('toRequestPayParams, whatever it is given', () => {
  const anything = fc.oneof(fc.anything({ maxDepth: 1 }), fc.constant({ toString: false }), fc.constant(Object.create(null)))
  const text = fc.oneof(fc.string({ maxLength: 90 }), anything)
  const input = fc.record(
    {
      pg: fc.oneof(
        fc.constantFrom('jtnet', 'jtnet.mid', 'html5_inicis', 'danal', 'smartro_v2', 'tosspay_v2', 'payco', 'welcome', 'other'),
        text,
      ),
      customerUid: text,
      merchantUid: fc.oneof(fc.string({ maxLength: 44 }), text),
      name: text,
      payMethod: fc.oneof(fc.constantFrom('card', 'phone', 'trans'), anything),
      currency: fc.oneof(fc.constantFrom('KRW', 'USD'), anything),
      customerId: text,
      amount: fc.oneof(fc.nat(), fc.double(), anything),
      displayAmount: fc.oneof(fc.nat(), fc.constant(undefined)),
      redirectUrl: fc.oneof(fc.constant('https://a.example/x?a=1&b=2'), fc.webUrl({ withQueryParameters: true }), text),
      buyer: fc.oneof(fc.record({ name: text, email: text }, { requiredKeys: [] }), fc.constant(undefined)),
    },
    { requiredKeys: [] },
  )

  it('either refuses with a BillingKeyError or sends only what the rules allow', () => {
    fc.assert(
      fc.property(input, (given) => {
        try {
          const params = toRequestPayParams(given as BillingKeyRequest)
          if (!(typeof params.customer_uid === 'string' && [...params.customer_uid].length <= 80)) throw new Error('customer_uid')
          if (!(typeof params.merchant_uid === 'string' && [...params.merchant_uid].length <= 40 && params.merchant_uid.trim()))
            throw new Error('merchant_uid')
          const isMoney = params.currency === 'USD' ? Number.isFinite : Number.isSafeInteger
          if (!(params.amount === undefined || (isMoney(params.amount) && params.amount >= 0))) throw new Error('amount')
          if (params.m_redirect_url !== undefined && !/^https?:/.test(params.m_redirect_url)) throw new Error('m_redirect_url')
        } catch (error) {
          if (!(error instanceof BillingKeyError && error.issues.length > 0)) throw error
        }
      }),
      { numRuns: Number(process.env.PROPERTY_RUNS ?? 100_000) },
    )
  }, 1_200_000)
})
