import type { RequestPayParams } from '../../src/index.ts'

/** An SDK that answers when the test says so. */
export function installFakeIamport() {
  const calls: { params: RequestPayParams; answer: (answer: unknown) => void }[] = []
  const imp = {
    inits: 0,
    init() {
      imp.inits += 1
    },
    request_pay(params: RequestPayParams, callback: (answer: unknown) => void) {
      calls.push({ params, answer: callback })
    },
  }
  window.IMP = imp
  return { imp, calls }
}

/** Takes away what a page keeps between tests. */
export function resetPage() {
  delete window.IMP
  delete window[Symbol.for('react-billing-key.page')]
  for (const script of document.querySelectorAll('script')) script.remove()
  sessionStorage.clear()
  localStorage.clear()
  history.replaceState(null, '', '/')
}
