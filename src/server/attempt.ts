import type { ChargeClient, ChargeSettings } from './chargeOptions.ts'
import type { AgainRequest } from './iamportClient.ts'

/** Asking about one order. */
export interface Question extends ChargeSettings {
  readonly iamport: ChargeClient
  readonly request: AgainRequest
}

/** One charge of one order, under one claim. */
export interface Attempt extends Question {
  readonly claim: string
}
