import type { Preview } from '@storybook/react-vite'
import { configure } from 'storybook/test'
import '../src/styles.css'
import { type ApiBehaviour, freshApi, startApi } from '../stories/support/api.ts'
import { DocsContainer, DocsPage } from '../stories/support/docs.tsx'
import { waitForReader } from '../stories/support/frame.ts'
import { Shop } from '../stories/support/Shop.tsx'
import { freshPage } from '../stories/support/sdk.ts'
import { applySettings, initialSettings, type Settings } from '../stories/support/settings.ts'
import './preview.css'

// A busy machine is not a failure: what is waited for may take its time.
configure({ asyncUtilTimeout: 10_000 })
startApi()
waitForReader()

const choice = (description: string, icon: string, items: { readonly [value: string]: string }) => ({
  description,
  toolbar: { title: description, icon, dynamicTitle: true, items: Object.entries(items).map(([value, title]) => ({ value, title })) },
})

const preview: Preview = {
  parameters: {
    a11y: { test: 'error' },
    layout: 'padded',
    controls: { expanded: true },
    docs: { container: DocsContainer, page: DocsPage },
    options: {
      storySort: {
        order: [
          'Start',
          ['What it is', 'Getting started', 'Test cards', 'From sandbox to real'],
          'Playgrounds',
          ['Script loading', 'Parameters', 'Results', 'Redirects'],
          'Components',
          ['BillingKeyProvider', 'BillingKeyButton', 'BillingKeyOutcomeView', 'BillingKeyRedirect', 'BillingKeyList', 'Looks'],
          'Hooks',
          'Recipes',
          [
            'First payment in the window',
            'Your own button',
            'React Router',
            'Next.js',
            'Several PGs and channelKey',
            'In-app browsers and WebViews',
            'CSP and Trusted Types',
            'Errors and what to do',
            'Testing your shop',
            'From hand-written code',
            'A backend in another language',
          ],
          'Reference',
          ['Outcomes', 'Errors', 'PGs', 'SDK facts'],
        ],
      },
    },
  },
  tags: ['autodocs'],
  // what one story leaves pending is not another's
  beforeEach: ({ globals, parameters }) => {
    applySettings(globals as Settings)
    freshPage()
    freshApi(parameters.api as ApiBehaviour | undefined)
  },
  globalTypes: {
    locale: choice('Language', 'globe', { ko: '한국어', en: 'English' }),
    theme: choice('Theme', 'circlehollow', { light: 'Light', dark: 'Dark' }),
    device: choice('Device', 'mobile', { pc: 'PC', phone: 'Phone' }),
    sdk: choice('SDK', 'wrench', { v1: 'v1/iamport.js', legacy: 'iamport.payment-1.1.5.js' }),
  },
  initialGlobals: { ...initialSettings },
  decorators: [
    (Story, { globals, parameters }) => {
      applySettings(globals as Settings)
      return parameters.shop === false ? (
        <Story />
      ) : (
        <Shop provider={parameters.shop}>
          <Story />
        </Shop>
      )
    },
  ],
}
export default preview
