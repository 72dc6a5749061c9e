import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

// The repository's public address, in every place that names it. `none` takes it out: then the package holds what it names.
const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const [given] = process.argv.slice(2)
if (given === undefined || (given !== 'none' && !/^https:\/\/[\w.-]+\/[\w.-]+\/[\w.-]+$/.test(given))) {
  console.error('npm run address -- https://github.com/OWNER/NAME, or none')
  process.exit(1)
}
const address = given === 'none' ? null : given.replace(/\.git$/, '')

const { repository: _repository, homepage: _homepage, bugs: _bugs, ...rest } = JSON.parse(readFileSync(at('package.json'), 'utf8'))
const fields = Object.entries(rest).flatMap(([name, value]) =>
  name === 'license' && address !== null
    ? [
        ['homepage', `${address}#readme`],
        ['repository', { type: 'git', url: `git+${address}.git` }],
        ['bugs', `${address}/issues`],
        [name, value],
      ]
    : [[name, value]],
)
writeFileSync(at('package.json'), `${JSON.stringify(Object.fromEntries(fields), null, 2)}\n`)

const folder = address === null ? 'docs/errors' : `${address}/blob/main/docs/errors`
for (const file of ['src/billing/describeError.ts', 'src/billing/describeError.development.ts'])
  writeFileSync(
    at(file),
    readFileSync(at(file), 'utf8').replace(/(?:https:[^`\s]*\/)?docs\/errors\/(?=\$\{code\})/, () => `${folder}/`),
  )
console.log(address === null ? 'No public address.' : `${address}: look at the diff, and build.`)
