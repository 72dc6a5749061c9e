import { payMethodOf } from '../billing/pg.ts'
import { pgNames } from '../billing/pgNames.ts'
import { testCards } from './testCards.ts'
import windowSource from './window.html?raw'
import { laterExpiry } from './windowForm.ts'
import { type Asked, amountsOf, type Place } from './windowRequest.ts'
import { type WindowWords, windowWords } from './windowWords.ts'

export const embed = (value: unknown) => JSON.stringify(value).replaceAll('<', '\\u003c')

/** A PG's name, its code when it is not known here. */
export function pgName(pg: string): { readonly ko: string; readonly en: string } {
  const names: Readonly<Record<string, { readonly ko: string; readonly en: string }>> = pgNames
  return names[pg] ?? { ko: pg, en: pg }
}

/** The language a request asks for: Korean unless it is another. */
export const languageOf = ({ language }: Asked['params']) => (typeof language === 'string' && !/^ko/i.test(language) ? 'en' : 'ko')

function methodOf(params: Asked['params']): keyof WindowWords['title'] {
  const method = payMethodOf({ pg: params.pg, payMethod: params.pay_method })
  return method === 'card' || method === 'phone' || method === 'trans' ? method : 'wallet'
}

function periodOf(period: unknown): string {
  const { from, to, interval } = (typeof period === 'object' && period !== null ? period : {}) as Record<string, unknown>
  const span = from || to ? `${from ?? ''} ~ ${to ?? ''}` : ''
  return [span, interval ?? ''].filter(Boolean).join(' · ')
}

export interface Shown extends Pick<Asked, 'params' | 'origin' | 'request_id'> {
  readonly id: string
  readonly place: Place
}

/**
 * The document of a payment window.
 *
 * @param nonce of its policy; none in a page, whose own policy holds
 * @param now epoch seconds
 */
export function windowPage({ id, request_id, params, origin, place }: Shown, inPage: boolean, nonce: string, now: number): string {
  const { shown, approved } = amountsOf(params)
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  const rows: [keyof WindowWords, string][] = [
    ['shop', URL.canParse(origin) ? new URL(origin).host : origin],
    ['product', text(params.name)],
    ['order', text(params.merchant_uid)],
    ['period', periodOf(params.period)],
  ]
  const request = {
    id,
    request_id,
    path: `/sandbox/window/${id}`,
    origin,
    inPage,
    place,
    language: languageOf(params),
    pg: pgName(String(params.pg)),
    method: methodOf(params),
    amount: shown,
    currency: text(params.currency) || 'KRW',
    charged: approved > 0,
    rows: rows.filter(([, value]) => value !== ''),
    cards: testCards.map(({ id: card, number, company, label, does }) => ({ id: card, number, company, label, does })),
    expiry: laterExpiry(now),
    words: windowWords,
  }
  const values: Record<string, string> = { __NONCE__: nonce, __REQUEST__: embed(request) }
  return windowSource.replace(/__[A-Z]+__/g, (mark) => values[mark] ?? mark)
}
