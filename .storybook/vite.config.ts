import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '#describe-error': fileURLToPath(new URL('../src/billing/describeError.development.ts', import.meta.url)) } },
})
