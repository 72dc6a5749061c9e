import { BillingKeyButton, BillingKeyProvider, BillingKeyRedirect } from 'react-billing-key'
import { createRoot } from 'react-dom/client'

// The page that examples/python serves in a test; its settings stand in the address, and a redirect keeps them.
const { search } = location
const at = new URLSearchParams(search)
const settings = {
  userCode: at.get('userCode') ?? '',
  scriptUrl: at.get('scriptUrl') ?? '',
  pg: 'jtnet',
  redirectUrl: `/?${new URLSearchParams({ landing: '1', userCode: at.get('userCode') ?? '', scriptUrl: at.get('scriptUrl') ?? '' })}`,
  api: '/api/billing',
} as const
createRoot(document.getElementById('root') as HTMLElement).render(
  <BillingKeyProvider {...settings}>
    {at.has('landing') ? <BillingKeyRedirect /> : <BillingKeyButton order={{ plan: 'monthly' }} />}
  </BillingKeyProvider>,
)
