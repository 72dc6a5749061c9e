import type { RequestPayParams } from '../../src/index.ts'

/** An SDK that answers when the test says so. */
export function installFakeIamport() {
  const calls: { params: RequestPayParams; answer: (answer: unknown) => void }[] = []
  const merchants: string[] = []
  const imp = {
    init(userCode: string) {
      merchants.push(userCode)
    },
    request_pay(params: RequestPayParams, callback: (answer: unknown) => void) {
      calls.push({ params, answer: callback })
    },
  }
  Reflect.set(window, 'IMP', imp)
  return { imp, calls, merchants }
}

/** Takes away what a page keeps between tests; `sessionStorage` too, unless the test goes on in the same tab. */
export function resetPage({ keepStorage = false } = {}) {
  Reflect.deleteProperty(window, 'IMP')
  Reflect.deleteProperty(window, Symbol.for('react-billing-key.page'))
  for (const script of document.querySelectorAll('script')) script.remove()
  if (!keepStorage) sessionStorage.clear()
  localStorage.clear()
  history.replaceState(null, '', '/')
}
