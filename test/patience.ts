import { configure } from '@testing-library/react'
import { afterAll, vi } from 'vitest'

// A busy machine is not a failure: what is waited for may take its time. What a mutant has taken away never comes.
const isMutant = globalThis.process?.env?.MUTATE !== undefined
configure({ asyncUtilTimeout: isMutant ? 1_500 : 10_000 })
vi.setConfig({ testTimeout: 60_000 })

if (navigator.userAgent.includes('jsdom')) {
  const { setTimeout: begin } = globalThis
  const timers: ReturnType<typeof begin>[] = []
  const recorded = (...timer: Parameters<typeof begin>) => {
    const id = begin(...timer)
    timers.push(id)
    return id
  }
  globalThis.setTimeout = Object.assign(recorded, begin)
  afterAll(async () => {
    // a window that is closed at the end of a test counts as closed 300 ms later, and needs a document for it
    await new Promise((resolve) => begin(resolve, 500))
    // a question that no test answered would run out when there is none any more
    for (const timer of timers) clearTimeout(timer)
  })
}
