import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, type Page } from '@playwright/test'

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

/** Holds the whole page against axe's rules: all of WCAG 2.2 A and AA, and its best practices. */
export async function expectAccessible(page: Page) {
  await page.evaluate(`if (!window.axe) { ${axe} }`)
  const violations: unknown = await page.evaluate(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html, failureSummary }) => html.slice(0, 160) + ' ' + failureSummary).join(' | ')))`)
  expect(violations).toEqual([])
}
