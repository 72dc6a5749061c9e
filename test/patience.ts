import { configure } from '@testing-library/react'
import { vi } from 'vitest'

// A busy machine is not a failure: what is waited for may take its time.
configure({ asyncUtilTimeout: 10_000 })
vi.setConfig({ testTimeout: 60_000 })
