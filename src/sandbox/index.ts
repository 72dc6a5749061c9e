export { createSandbox, type Sandbox, type SandboxOptions, type SandboxPayment } from './createSandbox.ts'
export { startInPage } from './inPage.ts'
export { findTestCard, type TestCard, testCards } from './testCards.ts'
