import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pgNames, pgRules } from '../dist/index.js'
import { root } from './prepare.mjs'

const page = join(root, 'docs/pgs.md')
const amounts = {
  'optional-charge': '0: the key only; more is charged',
  'display-only': 'shown, never charged',
  'charge-required': 'has to be above 0, and is charged',
  'not-sent': 'the window takes none',
  unknown: 'not documented',
}
const popups = new Map([
  [true, 'popup'],
  [false, 'frame'],
  [null, 'not documented'],
])
const amountOf = ({ amount }) =>
  typeof amount === 'string'
    ? amounts[amount]
    : Object.entries(amount)
        .map(([method, rule]) => `\`${method}\`: ${amounts[rule]}`)
        .join('; ')
const code = (names) => names.map((name) => `\`${name}\``).join(', ') || '–'
const needs = ({ requires, customerIdLimit, plainMerchantUid }) =>
  [
    ...requires.map((field) => `\`${field}\`${field === 'customerId' && customerIdLimit ? ` of at most ${customerIdLimit}` : ''}`),
    ...(plainMerchantUid ? ['`merchantUid` of letters and digits'] : []),
  ].join(', ') || '–'

/** The library's own table of PGs, as Markdown. */
const table = () =>
  [
    '| `pg` | PG | `payMethod` | amount in the window | PC | phone | window on a PC | also needs |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...Object.entries(pgRules).map(([pg, rule]) => {
      const { ko, en } = pgNames[pg]
      const name = ko === en ? en : `${en} (${ko})`
      return `| \`${pg}\` | ${name} | ${code(rule.payMethods)} | ${amountOf(rule)} | ${rule.pc} | ${rule.mobile} | ${popups.get(rule.popup)} | ${needs(rule)} |`
    }),
  ].join('\n')

/**
 * Writes the table between the two marks of docs/pgs.md, or only looks.
 *
 * @returns whether the page was as src/billing/pg.ts has it
 */
export function pgTable({ isCheck }) {
  const text = readFileSync(page, 'utf8')
  const now = text.replace(/(<!-- table[^\n]*-->\n)[\s\S]*(\n<!-- end of table -->)/, (_, from, to) => `${from}\n${table()}\n${to}`)
  if (!isCheck) writeFileSync(page, now)
  return now === text
}
