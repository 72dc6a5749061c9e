/** What `fetch` throws in a function of the shop's own: Chromium, Firefox, Safari. A slip in that function is a TypeError as well. */
const isUnreachable = (cause: unknown) => cause instanceof TypeError && /fetch|load failed/i.test(cause.message)

/** The text that says what has to be done before another try can go better, `null` where waiting may do. */
export function firstStep(cause: unknown): 'signInFirst' | 'offline' | null {
  const { status } = (cause ?? {}) as { status?: unknown }
  return status === 401 ? 'signInFirst' : status === 0 || isUnreachable(cause) ? 'offline' : null
}
