import type { PgCode } from './pg.ts'

/** The PGs' names as customers and merchants know them. Apart from their rules, so that a page that does not show them does not ship them. */
export const pgNames = {
  jtnet: { ko: 'JTNet', en: 'JTNet' },
  html5_inicis: { ko: 'KG이니시스', en: 'KG Inicis' },
  kcp_billing: { ko: 'NHN KCP', en: 'NHN KCP' },
  tosspayments: { ko: '토스페이먼츠', en: 'Toss Payments' },
  danal_tpay: { ko: '다날', en: 'Danal (card)' },
  danal: { ko: '다날 휴대폰', en: 'Danal (phone)' },
  kicc: { ko: 'KICC', en: 'KICC EasyPay' },
  mobilians: { ko: 'KG파이낸셜', en: 'KG Mobilians' },
  welcome: { ko: '웰컴페이먼츠', en: 'Welcome Payments' },
  smartro_v2: { ko: '스마트로', en: 'Smartro' },
  settle_acc: { ko: '헥토파이낸셜', en: 'Hecto' },
  kakaopay: { ko: '카카오페이', en: 'Kakao Pay' },
  naverpay: { ko: '네이버페이', en: 'Naver Pay' },
  payco: { ko: '페이코', en: 'PAYCO' },
  smilepay: { ko: '스마일페이', en: 'Smile Pay' },
  tosspay_v2: { ko: '토스페이', en: 'Toss Pay' },
  paymentwall: { ko: '페이먼트월', en: 'Paymentwall' },
  chai: { ko: '차이', en: 'CHAI' },
  galaxia: { ko: '갤럭시아머니트리', en: 'Galaxia Moneytree' },
  mobilians_v2: { ko: 'KG파이낸셜(신모듈)', en: 'KG Financial' },
  nice_v2: { ko: '나이스정보통신', en: 'NICE Payments' },
  payletter_global: { ko: '페이레터', en: 'Payletter Global' },
} satisfies Record<PgCode, { readonly ko: string; readonly en: string }>
