import { configure } from '@testing-library/react'
import { afterAll, vi } from 'vitest'

// A busy machine is not a failure: what is waited for may take its time. What a mutant has taken away never comes.
const isMutant = globalThis.process?.env?.MUTATE !== undefined
configure({ asyncUtilTimeout: isMutant ? 1_500 : 10_000 })
vi.setConfig({ testTimeout: 60_000 })

// a window that is closed at the end of a test counts as closed 300 ms later, and needs a document for it
if (navigator.userAgent.includes('jsdom')) afterAll(() => new Promise((resolve) => setTimeout(resolve, 500)))
