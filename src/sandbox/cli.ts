#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { serve } from '@hono/node-server'
import { createSandbox } from './createSandbox.ts'

const { port } = parseArgs({ options: { port: { type: 'string', default: '4010' } } }).values
const sandbox = createSandbox()
serve({ fetch: sandbox.fetch, port: Number(port), hostname: '127.0.0.1' }, (address) => {
  console.log(`billing-sandbox: http://127.0.0.1:${address.port}`)
  console.log(`  SDK     http://127.0.0.1:${address.port}/v1/iamport.js`)
  console.log(
    `  user code ${sandbox.userCode}, REST key ${sandbox.impKey}, REST secret ${sandbox.impSecret} (worth nothing outside the sandbox)`,
  )
})
