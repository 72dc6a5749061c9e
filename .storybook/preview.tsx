import type { Preview } from '@storybook/react-vite'
import { configure } from 'storybook/test'
import '../src/styles.css'
import './preview.css'

// A busy machine is not a failure: what is waited for may take its time.
configure({ asyncUtilTimeout: 10_000 })

const preview: Preview = {
  parameters: { a11y: { test: 'error' }, layout: 'padded' },
  tags: ['autodocs'],
  // what one story leaves pending is not another's
  beforeEach: () => {
    sessionStorage.clear()
    Reflect.deleteProperty(window, Symbol.for('react-billing-key.page'))
  },
  globalTypes: {
    locale: {
      description: '언어',
      toolbar: {
        title: '언어',
        items: [
          { value: 'ko', title: '한국어' },
          { value: 'en', title: 'English' },
        ],
        dynamicTitle: true,
      },
    },
  },
  initialGlobals: { locale: 'ko' },
  decorators: [
    (Story, { globals }) => (
      <div lang={globals.locale}>
        <Story />
      </div>
    ),
  ],
}
export default preview
