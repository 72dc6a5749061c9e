import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor'
import { pgTable } from './pgTable.mjs'
import { root } from './prepare.mjs'

// The public API of each entry, and the table of PGs, as texts under version control: `npm run api` writes them, `npm test` compares.
const isCheck = process.argv.includes('--check')
const entries = {
  client: 'dist/index.d.ts',
  server: 'dist/server/index.d.ts',
  sandbox: 'dist/sandbox/index.d.ts',
  'sandbox-node': 'dist/sandbox/node.d.ts',
}
const reportFolder = join(root, 'docs/api')
mkdirSync(reportFolder, { recursive: true })
const quiet = { default: { logLevel: 'none' } }

for (const [name, entry] of Object.entries(entries)) {
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: join(root, entry),
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            strict: true,
            module: 'nodenext',
            target: 'es2022',
            lib: ['ES2023', 'DOM', 'DOM.Iterable'],
            jsx: 'react-jsx',
            skipLibCheck: true,
            noEmit: true,
            allowImportingTsExtensions: true,
            types: ['node'],
          },
          files: [join(root, entry)],
        },
      },
      apiReport: {
        enabled: true,
        reportFolder,
        reportTempFolder: mkdtempSync(join(tmpdir(), 'rbk-api-')),
        reportFileName: `${name}.api.md`,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: {
        extractorMessageReporting: quiet,
        tsdocMessageReporting: quiet,
        compilerMessageReporting: { default: { logLevel: 'warning' } },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, 'package.json'),
  })
  const { apiReportChanged, errorCount } = Extractor.invoke(config, {
    localBuild: !isCheck,
    messageCallback: (message) => {
      message.handled ||= message.logLevel !== 'error' && message.logLevel !== 'warning'
      if (message.messageId === 'console-api-report-not-copied') message.handled = true
    },
  })
  const failed = errorCount > 0 || (isCheck && apiReportChanged)
  console.log(
    `${name}: ${failed ? 'the public API is another one; look at it, and run npm run api' : 'the public API is as docs/api says'}`,
  )
  if (failed) process.exitCode = 1
}

const isSame = pgTable({ isCheck })
console.log(
  `docs/pgs.md: ${isSame ? 'the table is as src/billing/pg.ts has it' : 'the table was another one; look at it, and run npm run api'}`,
)
if (isCheck && !isSame) process.exitCode = 1
