import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasRedirectResult, parseRedirect, redirectKeys, safeRedirectUrl, stripRedirectResult } from '../../src/billing/redirect.ts'

const attempt = { merchantUid: 'issue-1', customerUid: 'card-1', amount: 9900, pg: 'jtnet' }

describe('parseRedirect', () => {
  it.each([
    ['a query', '?imp_uid=imp_1&merchant_uid=issue-1'],
    ['an address', 'https://a.example/done?x=1&imp_uid=imp_1&merchant_uid=issue-1'],
    ['a query before a hash (sdk-facts 16)', 'https://a.example/?imp_uid=imp_1&merchant_uid=issue-1#/done'],
    ['a query inside a hash route', 'https://a.example/#/done?imp_uid=imp_1&merchant_uid=issue-1'],
    ['glued parameters (sdk-facts 15)', '?a=1&b=2imp_uid=imp_1&merchant_uid=issue-1'],
    ['an older flow', '?imp_uid=imp_1&merchant_uid=issue-1&imp_success=true'],
    ['keys in another order', '?merchant_uid=issue-1&imp_success=true&imp_uid=imp_1'],
    ['URLSearchParams', new URLSearchParams('imp_uid=imp_1&merchant_uid=issue-1')],
    ['glued URLSearchParams', new URLSearchParams('a=1&b=2imp_uid=imp_1&merchant_uid=issue-1')],
    ['a framework’s params', { imp_uid: ['imp_1'], merchant_uid: 'issue-1', other: undefined }],
    ['empty error keys (sdk-facts 14)', '?imp_uid=imp_1&merchant_uid=issue-1&error_msg=&error_code=undefined'],
  ])('reads success from %s', (_, input) => {
    expect(parseRedirect(input, attempt)).toMatchObject({
      status: 'reported',
      impUid: 'imp_1',
      merchantUid: 'issue-1',
      customerUid: 'card-1',
      charged: 9900,
    })
  })

  it('knows neither customer nor amount of another attempt (sdk-facts 13, 17)', () => {
    expect(parseRedirect('?imp_uid=imp_1&merchant_uid=other', attempt)).toMatchObject({
      customerUid: null,
      charged: null,
      merchantUid: 'other',
    })
  })

  it.each([
    ['', null],
    ['?merchant_uid=issue-1', null],
    ['?success=true&error_msg=x', null],
    ['?imp_uid=&merchant_uid=issue-1', 'failed'],
    ['?imp_uid=undefined&merchant_uid=issue-1', 'failed'],
    ['?imp_uid=null&merchant_uid=issue-1&imp_success=true', 'failed'],
    ['?imp_uid=imp_1&merchant_uid=issue-1&imp_success=false', 'failed'],
    ['?imp_uid=imp_1&imp_success=false&imp_success=true', 'failed'],
    ['?imp_uid=imp_1&error_code=J101&error_code=', 'failed'],
    ['?imp_uid=imp_1&merchant_uid=issue-1&error_msg=%ED%95%9C%EB%8F%84%EC%B4%88%EA%B3%BC', 'failed'],
    [
      '?imp_uid=imp_1&error_msg=%EC%82%AC%EC%9A%A9%EC%9E%90%EA%B0%80+%EA%B2%B0%EC%A0%9C%EB%A5%BC+%EC%B7%A8%EC%86%8C%ED%95%98%EC%85%A8%EC%8A%B5%EB%8B%88%EB%8B%A4',
      'cancelled',
    ],
    ['?imp_uid=imp_1&error_msg=%25EC%2582%25AC%25EC%259A%25A9%25EC%259E%2590%2520%25EC%25B7%25A8%25EC%2586%258C', 'cancelled'],
  ])('reads %s as %s', (query, status) => {
    expect(parseRedirect(query)?.status ?? null).toBe(status)
  })

  it('reads an address that was encoded a hundred thousand times, which anybody can make up', () => {
    const query = `?plan=%${'25'.repeat(100_000)}EC&imp_uid=imp_1&error_msg=%${'25'.repeat(100_000)}`
    expect(parseRedirect(query)).toMatchObject({ status: 'failed', impUid: 'imp_1' })
    expect(stripRedirectResult(query)).toBe(`?plan=%${'25'.repeat(100_000)}EC`)
  })

  const key = fc.oneof(fc.constantFrom(...redirectKeys, 'plan', 'a'), fc.string({ maxLength: 8 }))
  const value = fc.oneof(
    fc.constantFrom('imp_1', 'true', 'false', 'null', 'undefined', '', '%', '%E0%A4%A', 'a=b', 'bimp_uid=imp_2'),
    fc.string({ unit: 'binary', maxLength: 12 }),
  )
  const query = fc
    .array(fc.tuple(key, value, fc.constantFrom('&', '', '&&', '?', '#')))
    .map((parts) => `?${parts.map(([k, v, end]) => `${k}=${v}${end}`).join('')}`)

  it('never throws, and never says reported without an imp_uid or with an error', () => {
    fc.assert(
      fc.property(query, (text) => {
        const outcome = parseRedirect(text)
        if (outcome?.status !== 'reported') return
        expect(outcome.impUid).not.toBe('')
        expect(parseRedirect(`?error_code=J1&${text.slice(1)}`)?.status).not.toBe('reported')
        expect(parseRedirect(`?imp_success=false&${text.slice(1)}`)?.status).not.toBe('reported')
      }),
      { numRuns: Number(process.env.PROPERTY_RUNS ?? 100_000) },
    )
  }, 1_200_000)

  it('takes out what it reads, and nothing else', () => {
    fc.assert(
      fc.property(query, (text) => {
        expect(hasRedirectResult(stripRedirectResult(text)) && !hasRedirectResult(text)).toBe(false)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('stripRedirectResult', () => {
  it.each([
    ['/done?plan=a%20b&imp_uid=imp_1&merchant_uid=m', '/done?plan=a%20b'],
    ['/done?a=1&b=2imp_uid=imp_1&merchant_uid=m', '/done?a=1&b=2'],
    ['/done?imp_uid=imp_1&merchant_uid=m#top', '/done#top'],
    ['/#/done?x=1&imp_uid=imp_1&merchant_uid=m&error_msg=x', '/#/done?x=1'],
    ['/orders?merchant_uid=mine', '/orders?merchant_uid=mine'],
  ])('turns %s into %s', (from, to) => {
    expect(stripRedirectResult(from)).toBe(to)
  })
})

describe('safeRedirectUrl', () => {
  it.each(['https://a.example/x', 'https://a.example/x?a=1', 'https://a.example/x?a=1&b=2', 'https://a.example/x?한글=값&b=2&c=3#top'])(
    'brings the parameters of %s back under the right and the wrong joining',
    (url) => {
      const safe = safeRedirectUrl(url) ?? ''
      const [before = '', hash = ''] = safe.split('#')
      const count = (before.match(/&/g) ?? []).length
      const legacy = `${encodeURI(before)}${before.includes('?') ? (count > 0 ? '' : '&') : '?'}imp_uid=imp_1&merchant_uid=m${hash && `#${hash}`}`
      const right = `${before}${before.includes('?') ? '&' : '?'}imp_uid=imp_1&merchant_uid=m${hash && `#${hash}`}`
      for (const back of [legacy, right]) {
        expect(parseRedirect(back)).toMatchObject({ status: 'reported', impUid: 'imp_1', merchantUid: 'm' })
        expect([...new URL(stripRedirectResult(back)).searchParams]).toEqual([...new URL(url).searchParams])
      }
    },
  )

  it.each([
    ['/x?q=%C7%D1%B1%DB&b=1', '/x?q=%C7%D1%B1%DB&b=1&'], // EUC-KR
    ['/x?q=a%0d%0ab&tab=%7f%09', '/x?q=a%0d%0ab&tab=%7f%09&'],
    ['/x?q=%0D%0A%ED%95%9C%0D%0A', '/x?q=%0D%0A한%0D%0A'],
    ['/x?q=100%25', '/x?q=100%25'],
    ['/x?q=%ED%95%9C', '/x?q=한'],
  ])('gives %s to the SDK as %s', (url, given) => {
    expect(safeRedirectUrl(url, 'https://a.example/shop')).toBe(`https://a.example${given}`)
  })
})
