import { afterEach, expect, it, vi } from 'vitest'
import { createTokens } from '../../src/server/token.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

/** Tokens whose answers come when the test gives them, in any order. */
function slowTokens() {
  const answers: ((token: string) => void)[] = []
  const ask = () => new Promise((resolve) => answers.push((token) => resolve({ access_token: token, now: 0, expired_at: 1_800 })))
  const set = vi.fn()
  return { answers, set, tokens: createTokens(ask, { get: () => null, set }, 30_000) }
}

/** Until every promise that can has gone on. */
const settled = () => new Promise(setImmediate)

it('keeps the newer of two that were asked for, whichever comes first', async () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(1_000)
  const { answers, set, tokens } = slowTokens()
  const first = tokens.get()
  await settled()
  now.mockReturnValue(16_001)
  const second = tokens.get()
  await settled()
  answers[1]?.('newer')
  expect(await second).toBe('newer')
  answers[0]?.('older')
  expect(await first).toBe('older')
  expect(await tokens.get()).toBe('newer')
  expect(set.mock.calls).toEqual([[expect.objectContaining({ value: 'newer' })]])
})

it('never gives a refused token to whom it was refused, out of what was asked for before', async () => {
  const { answers, tokens } = slowTokens()
  const first = tokens.get()
  await settled()
  const replaced = [tokens.get('refused'), tokens.get('refused'), tokens.get()]
  await settled()
  expect(answers).toHaveLength(2)
  answers[0]?.('refused')
  expect(await first).toBe('refused')
  answers[1]?.('another')
  expect(await Promise.all(replaced)).toEqual(['another', 'another', 'another'])
  expect(await tokens.get()).toBe('another')
})
