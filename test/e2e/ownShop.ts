import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '@playwright/test'

export interface OwnShop {
  /** Where it listens. */
  address: string
  /** Ends it as Ctrl-C does, and starts it again on the same file. */
  restart(): Promise<void>
}

/** A shop of the test's own, whose clock moves for nobody else. */
export const test = base.extend<{ shop: OwnShop }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures from the pattern
  shop: async ({}, use) => {
    const file = join(mkdtempSync(join(tmpdir(), 'shop-')), 'shop.sqlite')
    let process_: ChildProcess | undefined
    const start = async (port: number) => {
      const env = { ...process.env, PORT: String(port), DATABASE: file }
      const child = spawn(process.execPath, ['examples/membership/dist/server/main.js'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
      process_ = child
      for await (const text of child.stdout) {
        const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(String(text)) ?? []
        if (address) return address
      }
      throw new Error('The shop did not start')
    }
    const stop = async () => {
      const ended = process_ && once(process_, 'exit')
      process_?.kill('SIGINT')
      await ended
    }
    const shop: OwnShop = {
      address: await start(0),
      async restart() {
        await stop()
        shop.address = await start(Number(new URL(shop.address).port))
      },
    }
    await use(shop)
    await stop()
  },
})
