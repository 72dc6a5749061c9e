// `npm run bench` writes docs/benchmarks.md. The machine is never quiet: what is compared runs in turns, and only ratios count.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { arch, cpus, totalmem } from 'node:os'
import { chromium } from '../scripts/prepare.mjs'
import { browserFigures } from './browser.mjs'
import { clientFigures } from './client.mjs'
import { printRows, root } from './figures.mjs'
import { nodeFigures, weights } from './node.mjs'

const version = (name) => `${name} ${JSON.parse(readFileSync(`${root}node_modules/${name}/package.json`, 'utf8')).version}`
const table = (head, rows) => [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
const head = ['what', 'ours beside', 'ratio', 'better', 'ours : theirs']
const collect = async (figures) => {
  const rows = []
  await figures((some) => {
    printRows(some)
    rows.push(...some)
  })
  return table(head, rows)
}

process.env.CHROMIUM_PATH ??= (await chromium()).path
const browserVersion = spawnSync(process.env.CHROMIUM_PATH, ['--version'], { encoding: 'utf8' }).stdout.trim()
const browser = await collect(browserFigures)
const server = await collect(nodeFigures)
const client = await collect(clientFigures)
const weight = table(['what', 'alone', 'with react-query'], await weights())
const peers = ['react', 'esbuild', 'iamport-rest-client-nodejs', '@stripe/react-stripe-js', '@paypal/react-paypal-js']
writeFileSync(
  `${root}docs/benchmarks.md`,
  `# Figures

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} × ${cpus()[0]?.model.trim()} (${arch}), ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}, ${browserVersion}, ${peers.map(version).join(', ')}.

What is compared ran in turns, five times each; the medians are shown. The machine was not quiet, so only the ratios count, and those of one run. "By hand" is \`bench/pages/hand.jsx\` of the repository: it loads the script, opens the window and asks the shop's server, and does nothing of what [attempt.md](attempt.md) is about.

## In the browser

${browser}

## On the server

${server}

## The client of PortOne's REST API

Twenty calls at a time, each contender in a process of its own, with every guarantee on. \`charge\` looks the order up, then sends it.

${client}

## What a page fetches

Minified and gzipped by esbuild, React outside. The rivals fetch their payment logic later, from their own servers; PortOne's SDK is in none of these.

${weight}
`,
)
console.log('Written: docs/benchmarks.md')
