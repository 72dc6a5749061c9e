import { copyFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const styles: Plugin = {
  name: 'styles',
  closeBundle() {
    copyFileSync(at('src/styles.css'), at('dist/styles.css'))
    writeFileSync(at('dist/styles.css.d.ts'), 'export {}\n') // TypeScript looks for it where a stylesheet is imported
  },
}

/** Text that is imported has no source to map to: an empty map helps nobody. */
const noEmptyMaps: Plugin = {
  name: 'no-empty-maps',
  generateBundle(_, bundle) {
    for (const [name, file] of Object.entries(bundle)) {
      if (file.type !== 'chunk' || file.map === null || file.map.sources.length > 0) continue
      file.code = file.code.replace(/\n\/\/# sourceMappingURL=.*/, '')
      delete bundle[`${name}.map`]
    }
  },
}

// The library. One file a module, so that bundlers drop what is not used and 'use client' stays where it stands.
export default defineConfig({
  plugins: [react(), noEmptyMaps, styles],
  build: {
    target: 'es2022',
    minify: false,
    sourcemap: true,
    lib: {
      entry: {
        index: at('src/index.ts'),
        // chosen by package.json's imports: sentences in development, codes elsewhere
        'billing/describeError': at('src/billing/describeError.ts'),
        'billing/describeError.development': at('src/billing/describeError.development.ts'),
        'server/index': at('src/server/index.ts'),
        'server/browser': at('src/server/browser.ts'),
        'sandbox/index': at('src/sandbox/index.ts'),
        'sandbox/node': at('src/sandbox/node.ts'),
        'sandbox/cli': at('src/sandbox/cli.ts'),
      },
      formats: ['es'],
    },
    rolldownOptions: {
      external: [/^#/, /^react/, /^@tanstack\//, /^@hono\//, /^hono/, /^jose$/, /^node:/],
      output: { preserveModules: true, preserveModulesRoot: at('src'), entryFileNames: '[name].js' },
    },
  },
})
