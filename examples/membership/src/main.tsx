import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import 'react-billing-key/styles.css'
import { App } from './App.tsx'
import './shop.css'

// at once or not at all: what was pressed offline must not cancel or refund when the connection is back
const networkMode = 'always'
const client = new QueryClient({ defaultOptions: { queries: { networkMode }, mutations: { networkMode } } })
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
)
