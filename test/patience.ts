import { configure } from '@testing-library/react'

// A busy machine is not a failure: what is waited for may take its time.
configure({ asyncUtilTimeout: 10_000 })
