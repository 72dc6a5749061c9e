import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { startShop } from './billingShop.ts'

const { open, iamport, exchanges } = await startShop()

describe('webhooks', () => {
  const asked = (impUid: string) => exchanges.filter(({ path }) => path === `/payments/${impUid}`).length

  it('asks about one payment one at a time, and tells the shop twice of 200 posts at once', async () => {
    const shop = await open()
    const { impUid } = await shop.register()
    const post = () =>
      shop.billing(new Request('http://shop.example/api/billing/webhook', { method: 'POST', body: JSON.stringify({ imp_uid: impUid }) }))
    const answers = await Promise.all(Array.from({ length: 200 }, post))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(shop.told.issued).toHaveLength(2)
    expect(asked(impUid)).toBe(2)
  })

  it('asks few at once, whoever posts, and turns the rest away', async () => {
    let running = 0
    let most = 0
    const slow = Object.assign(Object.create(iamport), {
      payment: async () => {
        running += 1
        most = Math.max(most, running)
        await new Promise((resolve) => setTimeout(resolve, 5))
        running -= 1
        return null
      },
    })
    const { billing } = await open({ iamport: slow })
    const post = (at: number) =>
      billing(new Request('http://shop.example/api/billing/webhook', { method: 'POST', body: JSON.stringify({ imp_uid: `imp_${at}` }) }))
    const answers = await Promise.all(Array.from({ length: 2_000 }, (_, at) => post(at)))
    expect(most).toBeLessThanOrEqual(8)
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404, 503]))
  })

  it('remembers for a moment that PortOne knows of no such payment', async () => {
    const shop = await open()
    for (let post = 0; post < 5; post += 1)
      expect(await shop.call('POST /webhook', { imp_uid: 'imp_forged' })).toMatchObject({ status: 404 })
    expect(asked('imp_forged')).toBe(1)
  })

  it('gives up a body that arrives a byte at a time', async () => {
    const { base } = await open()
    const { hostname, port } = new URL(base)
    const socket = connect(Number(port), hostname)
    socket.on('error', () => undefined)
    socket.write(
      'POST /api/billing/webhook HTTP/1.1\r\nHost: shop.example\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n',
    )
    const drip = setInterval(() => socket.write(' '), 200)
    const answer = await new Promise<string>((resolve) => socket.once('data', (part) => resolve(String(part))))
    clearInterval(drip)
    socket.destroy()
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
  })

  it('fails, and reports, when this side did', async () => {
    const shop = await open({ onRefused: () => Promise.reject(new Error('mail is down')) })
    const { impUid } = await shop.register({ customer_uid: 'other-webhook' })
    expect(await shop.call('POST /webhook', { imp_uid: impUid })).toMatchObject({ status: 500 })
    expect(shop.told.errors).toEqual([['POST /webhook', 'Error: mail is down']])
  })
})
