import { checkNode, install, npx } from './prepare.mjs'

checkNode()
install()
process.exitCode = npx('storybook', ['dev', '-p', '6006', '--no-open', ...process.argv.slice(2)]) ? 0 : 1
