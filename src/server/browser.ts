import type * as server from './index.ts'

/** Stands in for this entry where a bundler builds for browsers (the `browser` condition of package.json). */
function refuse(): never {
  throw new Error(
    'react-billing-key/server was bundled for a browser. It holds the REST secret: import it only in code that runs on your server, and call that from the page (docs/http-api.md).',
  )
}

// the names are there, so that it is this sentence that is read and not a bundler's about a missing export
export const charge: typeof server.charge = refuse()
export const chargeMany: typeof server.chargeMany = refuse()
export const reconcileCharge: typeof server.reconcileCharge = refuse()
export const createIamportClient: typeof server.createIamportClient = refuse()
export const createBillingHandler: typeof server.createBillingHandler = refuse()
export const IamportApiError: typeof server.IamportApiError = refuse()
export const BillingRefusal: typeof server.BillingRefusal = refuse()
