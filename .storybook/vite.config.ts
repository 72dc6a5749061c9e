import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  plugins: [react()],
  define: { __STORY_SETTINGS__: JSON.stringify(process.env.STORY_SETTINGS ?? '') },
  resolve: {
    alias: {
      '#describe-error': at('../src/billing/describeError.development.ts'),
      'react-billing-key/styles.css': at('../src/styles.css'),
      'react-billing-key/sandbox': at('../src/sandbox/index.ts'),
      'react-billing-key': at('../src/index.ts'),
    },
  },
})
