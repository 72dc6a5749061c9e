'use client'
import { type ReactNode, useEffect, useInsertionEffect, useMemo } from 'react'
import { adviseOfLanding } from '#describe-error'
import { recheckPage } from '../attempt/page.ts'
import { keepOnlyFor } from '../attempt/pending.ts'
import type { AttemptSettings } from '../attempt/runAttempt.ts'
import type { Confirm } from '../billing/confirm.ts'
import type { RequestDefaults } from '../billing/request.ts'
import { apiConfirm, apiIntents } from '../hooks/api.ts'
import { BillingKeyContext } from '../hooks/useBillingKeyContext.ts'
import { useLatest, useNewestConfirm } from '../hooks/useLatest.ts'
import { type SdkConfig, waitable } from '../iamport/loadIamport.ts'
import type { Messages } from '../locales/messages.ts'

export interface BillingKeyProviderProps extends SdkConfig, RequestDefaults {
  /** When the SDK is loaded: with the first button or hook, or when a button is hovered, focused or touched. `'mount'` when left out. */
  readonly preload?: 'mount' | 'interaction' | undefined
  /** Base address of the merchant's handler, e.g. `/api/billing`. */
  readonly api?: string | undefined
  /** Asks the merchant's server in another way than `api`. */
  readonly confirm?: Confirm | undefined
  /** Milliseconds of visible time until `confirm` counts as unanswered: at most 23 days. 15,000 when left out, or not above 0. */
  readonly confirmTimeoutMs?: number | undefined
  /** Who is signed in, by an id. When it changes, what was pending for the other one is dropped. */
  readonly customerKey?: string | undefined
  /** What customers read: `ko`, `en`, or the shop's own, `{ ...ko, button: '…' }`. The components say it in Korean when left out. */
  readonly locale?: Messages | undefined
  /** For routers that keep a copy of the address: replaces it without a load. `history.replaceState` when left out. */
  readonly replaceUrl?: ((url: string) => void) | undefined
  readonly children?: ReactNode
}

/**
 * Settings for everything below it: which shop, which PG, which server. Renders nothing and loads nothing by itself, and
 * rendering it again renders nothing below it unless a setting has changed.
 *
 * @example
 * <BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/billing/complete" api="/api/billing">…</BillingKeyProvider>
 */
export function BillingKeyProvider(props: BillingKeyProviderProps) {
  const { userCode, tierCode, scriptUrl, nonce, crossOrigin, loadTimeoutMs } = props
  const confirmTimeoutMs = waitable(props.confirmTimeoutMs)
  const { pg, channelKey, redirectUrl, appScheme, language } = props
  const { preload = 'mount', api, locale, children } = props
  const customerKey = props.customerKey?.toString() // a number, where no types look: kept as text, it is the same member after a reload
  const noticeUrl = JSON.stringify(props.noticeUrl) // may be a list, made anew with each render
  const confirm = useNewestConfirm(props.confirm)
  const latest = useLatest({ replaceUrl: props.replaceUrl })
  const hasReplaceUrl = props.replaceUrl !== undefined

  const settings = useMemo((): AttemptSettings => {
    const ofApi = api === undefined ? undefined : apiConfirm(api)
    return {
      sdk: { userCode, tierCode, scriptUrl, nonce, crossOrigin, loadTimeoutMs },
      defaults: {
        pg,
        channelKey,
        redirectUrl,
        appScheme,
        language,
        noticeUrl: noticeUrl === undefined ? undefined : JSON.parse(noticeUrl),
      },
      confirm: confirm ?? ofApi,
      confirmTimeoutMs,
      fetchIntent: api === undefined ? undefined : apiIntents(api),
      customerKey,
    }
  }, [
    userCode,
    tierCode,
    scriptUrl,
    nonce,
    crossOrigin,
    loadTimeoutMs,
    pg,
    channelKey,
    redirectUrl,
    appScheme,
    language,
    noticeUrl,
    api,
    confirm,
    confirmTimeoutMs,
    customerKey,
  ])
  const value = useMemo(
    () => ({
      settings,
      api,
      preload,
      locale,
      replaceUrl: hasReplaceUrl ? (url: string) => latest.current.replaceUrl?.(url) : undefined,
    }),
    [settings, api, preload, locale, hasReplaceUrl, latest],
  )
  // in the commit itself, so that nothing of the member before comes between; React forbids updates there
  useInsertionEffect(() => {
    keepOnlyFor(customerKey)
    queueMicrotask(recheckPage)
  }, [customerKey])
  useEffect(adviseOfLanding, [])
  useEffect(() => {
    // who comes back to the page may have signed in meanwhile, or paid in an app. A function of this provider's own:
    // one that all share would be taken away with the first of them that goes
    const recheckWhenVisible = () => document.visibilityState === 'visible' && recheckPage()
    document.addEventListener('visibilitychange', recheckWhenVisible)
    return () => document.removeEventListener('visibilitychange', recheckWhenVisible)
  }, [])
  return <BillingKeyContext.Provider value={value}>{children}</BillingKeyContext.Provider>
}
