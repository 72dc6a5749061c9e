#!/usr/bin/env node
import { serve } from '@hono/node-server'
import { baseOf, type CliOptions, help, readOptions } from './cliOptions.ts'
import { createSandbox, type Sandbox } from './createSandbox.ts'
import { runningClock } from './runningClock.ts'
import { stateFile } from './stateFile.ts'

const sdkPaths = { v1: '/v1/iamport.js', legacy: '/js/iamport.payment-1.2.0.js' } as const

/** What a shop puts into its configuration. */
const configuration = (sandbox: Sandbox, { dialect }: CliOptions, base: string) => ({
  dashboard: `${base}/`,
  sdk: base + sdkPaths[dialect],
  rest: base,
  userCode: sandbox.userCode,
  impKey: sandbox.impKey,
  impSecret: sandbox.impSecret,
})

function print(config: ReturnType<typeof configuration>, { json }: CliOptions) {
  if (json) return console.log(JSON.stringify(config))
  console.log(`billing-sandbox: no card is charged. Ctrl+C ends it.

  dashboard    ${config.dashboard}
  SDK script   ${config.sdk}
  REST base    ${config.rest}
  user code    ${config.userCode}
  REST key     ${config.impKey}
  REST secret  ${config.impSecret}

  curl -d imp_key=${config.impKey} -d imp_secret=${config.impSecret} ${config.rest}/users/getToken
`)
}

/** What is answered instead of what could not be remembered. */
function unsaved({ message }: Error) {
  console.error(`billing-sandbox: ${message}`)
  return Response.json({ code: -1, message, response: null }, { status: 500 })
}

const give = (sentence: string) => {
  console.error(`billing-sandbox: ${sentence}`)
  process.exit(1)
}

function run(options: CliOptions) {
  const { port, host, pgs, seed, webhook, clock, state, keep } = options
  const memory = state === null ? { saved: null } : stateFile(state)
  const sandbox = createSandbox({
    pgs,
    clock: runningClock(clock, memory.saved),
    ...(seed === undefined ? {} : { seed }),
    ...(keep === undefined ? {} : { keep }),
    ...memory,
  })
  if (webhook !== null) sandbox.noticeUrl = webhook
  const answer = (request: Request, env: object) => sandbox.fetch(request, env).catch(unsaved)
  const server = serve({ fetch: answer, port, hostname: host }, (at) =>
    print(configuration(sandbox, options, baseOf(host, at.port)), options),
  )
  server.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE')
      give(
        `port ${port} is taken, maybe by a sandbox that runs already. Give another with --port, or 0 for any, and its address to the shop.`,
      )
    give(`cannot listen on ${host}:${port} (${error.code ?? error.message}).`)
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(0))
}

try {
  const options = readOptions(process.argv.slice(2))
  if (options.help) console.log(help)
  else run(options)
} catch (error) {
  give(error instanceof Error ? error.message : String(error))
}
