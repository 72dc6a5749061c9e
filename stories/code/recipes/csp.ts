import { randomUUID } from 'node:crypto'

/** A policy under which PortOne's SDK loads and JTNet's window opens. Give the same nonce to <BillingKeyProvider nonce>. */
export function policy(nonce = randomUUID()) {
  const windows = 'https://*.iamport.kr https://*.iamport.co https://*.jtnet.co.kr'
  const csp = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' https://cdn.iamport.kr`,
    `connect-src 'self' ${windows}`,
    `frame-src ${windows}`,
    `form-action 'self' ${windows}`,
    "require-trusted-types-for 'script'",
    'trusted-types react-billing-key',
  ]
  return { nonce, csp: csp.join('; ') }
}
