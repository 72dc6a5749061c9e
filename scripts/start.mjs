import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { checkNode, giveUp, install, npx, root, run, say } from './prepare.mjs'

checkNode()
install({ demo: true })
say('Building the library and the demo shop…')
if (!npx('vite', ['build', '--logLevel', 'warn'])) giveUp('The library could not be built: see above.')
const shop = join(root, 'examples/membership')
if (!run('npm', ['run', '--silent', 'build'], { cwd: shop })) giveUp('The demo shop could not be built: see above.')
const env = existsSync(join(shop, '.env')) ? [`--env-file=${join(shop, '.env')}`] : []
process.exitCode = run(process.execPath, [...env, join(shop, 'dist/server/main.js')], { shell: false }) ? 0 : 1
