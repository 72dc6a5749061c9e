'use client'
import { QueryClient, QueryClientContext } from '@tanstack/react-query'
import { type ReactNode, useContext, useState } from 'react'
import * as ReactDOM from 'react-dom'
import type { Confirm } from '../billing/confirm.ts'
import { type Locale, type Messages, messagesFor } from '../billing/messages.ts'
import type { RequestDefaults } from '../billing/request.ts'
import { BillingKeyContext } from '../hooks/useBillingKeyContext.ts'
import { defaultScriptUrl, type SdkConfig } from '../iamport/loadIamport.ts'

export type BillingKeyProviderProps = SdkConfig &
  RequestDefaults & {
    /** When the SDK is loaded: with the page, or when a button is hovered, focused or touched. `'mount'` when left out. */
    readonly preload?: 'mount' | 'intent' | undefined
    /** Language of the texts, `'ko'` when left out. */
    readonly locale?: Locale | undefined
    /** Texts to use in place of the built-in ones. */
    readonly messages?: Partial<Messages> | undefined
    /** Base address of the merchant's handler, e.g. `/api/billing`. */
    readonly api?: string | undefined
    /** Asks the merchant's server in another way than `api`. */
    readonly confirm?: Confirm | undefined
    /** The app's own is used when left out, and one of ours when it has none. */
    readonly queryClient?: QueryClient | undefined
    readonly children?: ReactNode
  }

/**
 * Settings for everything below it: which shop, which PG, which server. Loads the SDK once however many there are.
 *
 * @example
 * <BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/billing/complete" api="/api/billing">…</BillingKeyProvider>
 */
export function BillingKeyProvider(props: BillingKeyProviderProps) {
  const {
    userCode,
    tierCode,
    scriptUrl,
    nonce,
    crossOrigin,
    loadTimeoutMs,
    preload = 'mount',
    locale = 'ko',
    messages,
    api,
    confirm,
    queryClient,
    children,
    ...defaults
  } = props
  const above = useContext(QueryClientContext)
  const [own] = useState(() => new QueryClient())
  const sdk = { userCode, tierCode, scriptUrl, nonce, crossOrigin, loadTimeoutMs }
  hint(sdk, preload)
  const value = {
    sdk,
    preload,
    locale,
    messages: messagesFor(locale, messages),
    api,
    confirm,
    defaults,
    queryClient: queryClient ?? above ?? own,
  }
  return <BillingKeyContext.Provider value={value}>{children}</BillingKeyContext.Provider>
}

/** Lets the browser fetch the SDK, or connect to its host, before any of our code runs: React 19 puts this into the server's HTML too. */
function hint({ scriptUrl = defaultScriptUrl, nonce, crossOrigin }: SdkConfig, preload: 'mount' | 'intent') {
  const origin = /^https?:\/\/[^/?#]+/.exec(scriptUrl)?.[0]
  if (!origin) return
  const hints: Partial<Pick<typeof ReactDOM, 'preconnect' | 'preload'>> = ReactDOM // React 18 has neither
  if (preload === 'intent') hints.preconnect?.(origin)
  else hints.preload?.(scriptUrl, { as: 'script', nonce, crossOrigin })
}
