import { describe, expect, it } from 'vitest'
import { amountRule, pgRule, pgRules } from '../../src/billing/pg.ts'
import { pgNames } from '../../src/billing/pgNames.ts'

// Said again by hand, from PortOne's documentation, so that no row can change without a test that says so.
const rows: Record<
  string,
  [ko: string, en: string, methods: string, amount: string, pc: string, mobile: string, callback: string, requires: string]
> = {
  jtnet: ['JTNet', 'JTNet', 'card', 'optional-charge', 'callback', 'redirect', 'full', ''],
  html5_inicis: ['KG이니시스', 'KG Inicis', 'card', 'display-only', 'callback', 'redirect', 'full', ''],
  kcp_billing: ['NHN KCP', 'NHN KCP', 'card', 'display-only', 'callback', 'redirect', 'full', ''],
  tosspayments: ['토스페이먼츠', 'Toss Payments', 'card', 'display-only', 'callback', 'redirect', 'minimal', ''],
  danal_tpay: ['다날', 'Danal (card)', 'card', 'optional-charge', 'callback', 'redirect', 'full', ''],
  danal: ['다날 휴대폰', 'Danal (phone)', 'phone', 'charge-required', 'callback', 'redirect', 'full', ''],
  kicc: ['KICC', 'KICC EasyPay', 'card', 'display-only', 'callback', 'redirect', 'full', ''],
  mobilians: ['KG파이낸셜', 'KG Mobilians', 'phone', 'charge-required', 'callback', 'redirect', 'full', ''],
  welcome: [
    '웰컴페이먼츠',
    'Welcome Payments',
    'card phone',
    'card:display-only phone:charge-required',
    'callback',
    'redirect',
    'minimal',
    '',
  ],
  smartro_v2: ['스마트로', 'Smartro', 'card', 'display-only', 'callback', 'redirect', 'minimal', 'customerId redirectUrl 20 plain'],
  settle_acc: ['헥토파이낸셜', 'Hecto', 'trans', 'optional-charge', 'callback', 'redirect', 'full', ''],
  kakaopay: ['카카오페이', 'Kakao Pay', 'card', 'optional-charge', 'callback', 'redirect', 'full', ''],
  naverpay: ['네이버페이', 'Naver Pay', '', 'display-only', 'callback', 'redirect', 'full', ''],
  payco: ['페이코', 'PAYCO', 'card', 'display-only', 'callback', 'callback', 'full', ''],
  smilepay: ['스마일페이', 'Smile Pay', '', 'unknown', 'callback', 'redirect', 'full', ''],
  tosspay_v2: ['토스페이', 'Toss Pay', 'tosspay', 'not-sent', 'callback', 'redirect', 'full', 'customerId redirectUrl 50'],
  paymentwall: ['페이먼트월', 'Paymentwall', 'card', 'charge-required', 'callback', 'redirect', 'full', 'buyer.email'],
  galaxia: [
    '갤럭시아머니트리',
    'Galaxia Moneytree',
    'card phone',
    'card:display-only phone:charge-required',
    'callback',
    'redirect',
    'minimal',
    'customerId redirectUrl',
  ],
  mobilians_v2: [
    'KG파이낸셜(신모듈)',
    'KG Financial',
    'phone card',
    'phone:charge-required card:optional-charge',
    'callback',
    'redirect',
    'null',
    '',
  ],
  nice_v2: [
    '나이스정보통신',
    'NICE Payments',
    'naverpay_card naverpay_point kakaopay',
    'unknown',
    'callback',
    'redirect',
    'null',
    'customerId',
  ],
  payletter_global: ['페이레터', 'Payletter Global', '', 'charge-required', 'callback', 'redirect', 'minimal', 'buyer.email plain'],
  chai: ['차이', 'CHAI', 'trans', 'display-only', 'redirect', 'redirect', 'full', 'redirectUrl'],
}

const names: Readonly<Record<string, { readonly ko: string; readonly en: string }>> = pgNames

describe('pgRules', () => {
  it('says which windows are no popup, and which are', () => {
    const known = Object.entries(pgRules).flatMap(([code, { popup }]) => (popup === null ? [] : [`${code}:${popup}`]))
    expect(known.sort()).toEqual([
      'galaxia:false',
      'jtnet:false',
      'mobilians_v2:true',
      'naverpay:true',
      'nice_v2:false',
      'payco:true',
      'settle_acc:true',
      'smartro_v2:false',
      'welcome:false',
    ])
  })

  it('knows these PGs and no others', () => {
    expect(Object.keys(pgRules).sort()).toEqual(Object.keys(rows).sort())
  })

  it.each(Object.entries(rows))('says of %s what PortOne documents (sdk-facts 8, 20)', (code, row) => {
    const rule = pgRule(code)
    const amount =
      typeof rule.amount === 'string' ? rule.amount : rule.payMethods.map((method) => `${method}:${amountRule(rule, method)}`).join(' ')
    const needs = [...rule.requires, rule.customerIdLimit, rule.plainMerchantUid && 'plain'].filter(Boolean).join(' ')
    expect([
      ...Object.values(names[code] ?? {}),
      rule.payMethods.join(' '),
      amount,
      rule.pc,
      rule.mobile,
      String(rule.callback),
      needs,
    ]).toEqual(row)
  })

  it('gives a MID its PG’s rule, and an unknown PG the loosest', () => {
    expect(pgRule('jtnet.general')).toBe(pgRules.jtnet)
    expect(pgRule('constructor').amount).toBe('unknown')
    expect(pgRule(undefined).amount).toBe('unknown')
  })
})
