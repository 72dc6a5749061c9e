// sdk-facts 30: a legacy SDK throws over the messages of the test's own tools, and goes on doing so after its test
addEventListener('error', (event) => {
  if (event.message === 'Script error.') event.preventDefault()
})

/** Takes away what a page keeps between tests. */
export function freshPage() {
  Reflect.deleteProperty(window, 'IMP')
  Reflect.deleteProperty(window, Symbol.for('react-billing-key.page'))
  Reflect.deleteProperty(window, 'jQuery')
  for (const element of document.querySelectorAll('script[src*="127.0.0.1"], .imp-dialog, #imp-iframe-wrapper')) element.remove()
  document.body.className = ''
  sessionStorage.clear()
}
