import { beforeEach, describe, expect, it, vi } from 'vitest'
import { clearAttempt, pendingAttempt, saveAttempt } from '../../src/iamport/attempt.ts'
import { resetPage } from './fakeIamport.ts'

const attempt = { merchantUid: 'issue-1', customerUid: 'card-1', amount: 9900, pg: 'jtnet', token: 'signed', startedAt: 1_000_000 }

beforeEach(() => {
  clearAttempt('issue-1')
  resetPage()
})

describe('the pending attempt', () => {
  it('survives a refresh: it is read from this tab’s storage', () => {
    saveAttempt(attempt)
    expect(sessionStorage.length).toBe(1)
    expect(localStorage.length).toBe(0)
    expect(pendingAttempt(attempt.startedAt + 1)).toMatchObject(attempt)
  })

  it('expires after an hour, and is forgotten by its own order number only', () => {
    saveAttempt(attempt)
    expect(pendingAttempt(attempt.startedAt + 3_600_000)).toMatchObject(attempt)
    expect(pendingAttempt(attempt.startedAt + 3_600_001)).toBeNull()
    const fresh = { ...attempt, startedAt: Date.now() }
    saveAttempt(fresh)
    clearAttempt('issue-2')
    expect(pendingAttempt()).toMatchObject(fresh)
    clearAttempt('issue-1')
    expect(pendingAttempt()).toBeNull()
  })

  it.each(['getItem', 'setItem', 'removeItem'] as const)('works for the life of the page where %s throws', (method) => {
    const blocked = vi.spyOn(Storage.prototype, method).mockImplementation(() => {
      throw new DOMException('blocked', 'SecurityError')
    })
    const fresh = { ...attempt, startedAt: Date.now() }
    saveAttempt(fresh)
    expect(pendingAttempt()).toMatchObject(fresh)
    expect(() => clearAttempt('issue-1')).not.toThrow()
    blocked.mockRestore()
  })

  it.each(['{', '[]', 'null', '1', '{"merchantUid":1}', '{"merchantUid":"m","customerUid":"c","amount":"0","startedAt":9e15}'])(
    'is none when the storage holds %s',
    (text) => {
      sessionStorage.setItem('react-billing-key.attempt', text)
      expect(pendingAttempt()).toBeNull()
    },
  )
})
