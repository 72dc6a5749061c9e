import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, useEffect, useState } from 'react'
import { BillingKeyProvider, type BillingKeyProviderProps, BillingKeyRedirect } from '../../src/index.ts'
import { sandbox, sdkUrl } from './sdk.ts'
import { useSettings, wordsOf } from './settings.ts'

export interface ShopProps {
  /** What a story sets of the provider. */
  readonly provider?: Partial<BillingKeyProviderProps> | undefined
  readonly children: ReactNode
}

/** A shop on the sandbox in this page: server, query client, provider; on a phone a narrow screen whose page is left and come back to. */
export function Shop({ provider, children }: ShopProps) {
  const { locale, device, sdk } = useSettings()
  const [client] = useState(() => new QueryClient({ defaultOptions: { queries: { retry: false } } }))
  const [landing, leave] = useLanding()
  const page = (
    <QueryClientProvider client={client}>
      <BillingKeyProvider
        key={`${device} ${sdk} ${landing}`}
        userCode={sandbox.userCode}
        scriptUrl={sdkUrl({ sdk, device })}
        pg="jtnet"
        redirectUrl="/billing/complete"
        api="/api/billing"
        language={locale}
        locale={wordsOf(locale)}
        {...(provider as object)}
      >
        {landing === null ? children : <BillingKeyRedirect onRetry={leave} />}
      </BillingKeyProvider>
    </QueryClientProvider>
  )
  if (device === 'pc') return page
  return (
    <div className="phone">
      <p className="phone-address">{landing === null ? '/plans' : decodeURI(landing)}</p>
      {page}
    </div>
  )
}

/** Where the customer has come back to, and the way back to the plans. The page that was left is thrown away, as a load does it. */
function useLanding(): [string | null, () => void] {
  const [landing, setLanding] = useState<string | null>(null)
  useEffect(() => {
    const address = location.href
    const onLanding = (event: Event) => {
      const url = new URL((event as CustomEvent<string>).detail)
      // the page before is not really gone: what watches its window goes on seeing one
      const overlay = Object.assign(document.createElement('div'), { className: 'imp-dialog' })
      document.body.append(overlay)
      Reflect.deleteProperty(window, Symbol.for('react-billing-key.page'))
      history.replaceState(null, '', `${address}${address.includes('?') ? '&' : '?'}${url.search.slice(1)}`)
      setLanding(url.pathname + url.search)
    }
    window.addEventListener('story-landing', onLanding)
    return () => {
      window.removeEventListener('story-landing', onLanding)
      history.replaceState(null, '', address)
    }
  }, [])
  return [landing, () => setLanding(null)]
}
