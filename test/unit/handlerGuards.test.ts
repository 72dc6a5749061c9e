import { connect } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
import { type BillingHandlerOptions, BillingRefusal, createBillingHandler } from '../../src/server/index.ts'
import { startShop } from './billingShop.ts'

const { open, iamport, client } = await startShop()

describe('routes', () => {
  it.each([
    ['GET', '/api/billing/webhook/x/intents'],
    ['POST', '/api/billing/webhook/x/intents'],
    ['GET', '/elsewhere/api/billing/keys'],
    ['GET', '/api/billing/keys/x/y'],
    ['DELETE', '/api/billing/keys/x/y'],
    ['GET', '/apo/billing/keys'],
    ['GET', '/api/billingkeys'],
    ['GET', '/api/billing-keys'],
    ['GET', '/api/billing/intents'],
    ['GET', '/api/billing/toString'],
    ['DELETE', '/api/billing/keys'],
    ['PATCH', '/api/billing/keys'],
  ])('knows no %s %s', async (method, path) => {
    const { base } = await open()
    const response = await fetch(`${base}${path}`, { method })
    expect(response.status).toBe(404)
    expect((await response.json()).error.code).toBe('no-such-route')
  })

  it('answers under another basePath, and not under the usual one', async () => {
    const { base } = await open({ basePath: '/v2/pay' })
    expect((await fetch(`${base}/v2/pay/keys`)).status).toBe(200)
    expect((await fetch(`${base}/api/billing/keys`)).status).toBe(404)
  })
})

describe('cross-site', () => {
  const evil = { origin: 'https://evil.example' }
  it.each([
    ['the shop’s own page', { 'sec-fetch-site': 'same-origin', origin: 'https://shop.example' }, 200],
    ['its own page without a referrer', { 'sec-fetch-site': 'same-origin', origin: 'null' }, 200],
    ['the address bar', { 'sec-fetch-site': 'none' }, 200],
    ['another site', { 'sec-fetch-site': 'cross-site', ...evil }, 403],
    ['another site that sends the header of the client', { 'sec-fetch-site': 'cross-site', ...evil, 'x-billing-key': '1' }, 403],
    ['a sibling that was not named', { 'sec-fetch-site': 'same-site', origin: 'https://blog.shop.example' }, 403],
    ['a sibling that was named', { 'sec-fetch-site': 'same-site', origin: 'https://m.shop.example' }, 200],
    ['an old browser on another site', evil, 403],
    ['an old browser in a sandboxed frame', { origin: 'null' }, 403],
    ['an old browser, by the client', { origin: 'https://shop.example', 'x-billing-key': '1' }, 200],
    ['an old browser behind a TLS proxy', { origin: 'https://HOST' }, 200],
    ['no browser', {}, 200],
  ])('lets in or refuses %s', async (_, headers, status) => {
    const shop = await open({ origins: ['HTTPS://m.shop.example:443/'] })
    const { host } = new URL(shop.base)
    const sent = Object.entries(headers).map(([name, value]) => [name, value.replace('HOST', host)] as const)
    const response = await rawGet(shop.base, '/api/billing/keys', sent)
    expect(response.status).toBe(status)
  })

  it('lets a preflight of a named origin ask for the client’s header, and of no other', async () => {
    const shop = await open({ origins: ['https://m.shop.example'] })
    const preflight = (origin: string) => fetch(`${shop.base}/api/billing/keys`, { method: 'OPTIONS', headers: { origin } })
    const named = await preflight('https://m.shop.example')
    expect([named.status, named.headers.get('access-control-allow-headers')]).toEqual([204, 'content-type, x-billing-key'])
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull()
  })

  it('says in development what came, what was expected and which option changes it, and nothing of it elsewhere', async () => {
    const shop = await open({ origins: ['https://m.shop.example'] })
    const message = async () => (await (await rawGet(shop.base, '/api/billing/keys', Object.entries(evil))).json()).error.message
    vi.stubEnv('NODE_ENV', 'development')
    expect(await message()).toMatch(/origin: https:\/\/evil\.example.*host: 127\.0\.0\.1.*origins.*m\.shop\.example/)
    expect((await shop.call('GET /nothing')).body.error.message).not.toContain('What came')
    vi.stubEnv('NODE_ENV', 'production')
    expect(await message()).toBe('이 페이지에서는 이용할 수 없어요. 쇼핑몰에서 다시 열어 주세요.')
    vi.unstubAllEnvs()
  })
})

describe('what the shop gives', () => {
  it.each<[string, Partial<BillingHandlerOptions>, RegExp]>([
    ['a firstOrder without name', { firstOrder: () => ({ amount: 0 }) as never }, /firstOrder.*name is missing/],
    ['an amount as text', { firstOrder: () => ({ name: 'x', amount: '0' }) as never }, /amount has to be a number, whole and 0 or more/],
    [
      'a name that is too long',
      { firstOrder: () => ({ name: 'x'.repeat(100), amount: 0 }) },
      /name has to be text of 1 to 40 characters, not text of 100/,
    ],
    [
      'a field that is none',
      { firstOrder: () => ({ name: 'x', amount: 0, display_amount: 1 }) as never },
      /display_amount is not one of its fields/,
    ],
    ['an order whose fields a class computes', { firstOrder: () => new ComputedOrder() }, /name is missing; amount is missing/],
    [
      'an order number that is another address',
      { firstOrder: () => ({ name: 'x', amount: 0, merchantUid: '..' }) },
      /merchantUid.*address/,
    ],
    [
      'a customer whose number is also another’s',
      { authenticate: () => ({ id: 2 ** 53 }) as never },
      /id is text or a number.*larger ones as text/,
    ],
    ['a refusal that gives itself a status', { firstOrder: () => Promise.reject(new StrangeRefusal(404, 'x', 'strange')) }, /strange/],
    ['half a won', { firstOrder: () => ({ name: 'x', amount: 99.5 }) }, /amount has to be a number, whole/],
    ['a key to replace that is not the customer’s', { firstOrder: () => ({ name: 'x', amount: 0, replaces: 'x' }) }, /replaces/],
    ['a firstOrder that throws', { firstOrder: () => Promise.reject(new Error('database is gone')) }, /database is gone/],
    ['an authenticate that throws', { authenticate: () => Promise.reject(new Error('session store')) }, /session store/],
    ['a customer without id', { authenticate: () => ({}) as never }, /authenticate has to give null or an object whose id/],
    [
      'a refusal that is none (204)',
      {
        firstOrder: () => {
          throw new BillingRefusal(204, 'x', 'x')
        },
      },
      /status has to be 400 to 499, not 204/,
    ],
    [
      'a refusal that is none (0)',
      {
        firstOrder: () => {
          throw new BillingRefusal(0, 'x', 'x')
        },
      },
      /status has to be 400 to 499, not 0/,
    ],
    ['no signing key', { signingKey: undefined }, /signingKey is missing/],
  ])('answers 500 to the browser and a sentence to the operator: %s', async (_, change, sentence) => {
    const shop = await open(change as never)
    const answer = await shop.call('POST /intents', {})
    expect(answer).toMatchObject({
      status: 500,
      code: 'internal',
      body: { error: { message: '처리하지 못했어요. 잠시 후 다시 시도해 주세요.' } },
    })
    expect(shop.told.errors).toEqual([['POST /intents', expect.stringMatching(sentence)]])
  })

  it.each([
    ['price', { price: () => ({ merchantUid: 'x'.repeat(41), name: 'x', amount: 1 }) }, /price.*merchantUid/],
    ['price', { price: () => ({ merchantUid: '.', name: 'x', amount: 1 }) }, /merchantUid has to be text that can stand in an address/],
    ['price', { price: () => new ComputedOrder() }, /merchantUid is missing; name is missing; amount is missing/],
    ['price', { price: () => ({ merchantUid: 'x', name: 'x', amount: 0 }) }, /amount has to be a number, whole and above 0/],
    [
      'onCharged',
      { price: () => ({ merchantUid: 'told', name: 'x', amount: 1 }), onCharged: () => Promise.reject(new Error('mail')) },
      /mail/,
    ],
  ])('reports a %s that fails', async (_, change, sentence) => {
    const shop = await open(change)
    expect(await shop.call('POST /charges', { customerUid: await shop.addCard() })).toMatchObject({ status: 500 })
    expect(shop.told.errors).toEqual([['POST /charges', expect.stringMatching(sentence)]])
  })

  it('reports a wrong REST secret, and keeps the secret out of it', async () => {
    const shop = await open({ iamport: client({ impSecret: 'a-wrong-secret' }), customerUids: () => ['card'] })
    expect(await shop.call('GET /keys')).toMatchObject({ status: 502, code: 'portone-unreachable' })
    expect(shop.told.errors).toEqual([['GET /keys', expect.stringContaining('/users/getToken')]])
    expect(JSON.stringify(shop.told.errors)).not.toContain('a-wrong-secret')
  })

  it('names the key of customerUids that is none', async () => {
    for (const [key, rule] of [
      ['..', /the one at 1 has to be text that can stand in an address/],
      ['', /the one at 1 has to be text of 1 to 80 characters/],
      [null, /the one at 1 .*, not null/],
    ] as const) {
      const shop = await open({ customerUids: () => ['fine', key] as never })
      expect(await shop.call('GET /keys')).toMatchObject({ status: 500, code: 'internal' })
      expect(shop.told.errors).toEqual([['GET /keys', expect.stringMatching(rule)]])
    }
  })

  it('reports a customerUids that is no list, and survives an onError that throws', async () => {
    const log = vi.spyOn(console, 'error').mockReturnValue(undefined)
    const shop = await open({
      customerUids: () => 'card' as never,
      onError: () => Promise.reject(new Error('no log')),
    })
    expect(await shop.call('GET /keys')).toMatchObject({ status: 500 })
    expect(log).toHaveBeenCalledTimes(1)
    log.mockRestore()
  })

  it('refuses wrong options by name when it is made, and a missing signing key only when it is used', () => {
    const fine = {
      iamport,
      signingKey: undefined,
      authenticate: () => null,
      firstOrder: () => ({ name: 'x', amount: 0 }),
      onIssued: () => 0,
      customerUids: () => [],
      price: () => ({ merchantUid: 'x', name: 'x', amount: 1 }),
    }
    const make = (change: object) => () => createBillingHandler({ ...fine, ...change })
    expect(make({})).not.toThrow()
    expect(make({ signingKey: '' })).toThrow(/signingKey has to be/)
    expect(make({ origins: ['shop.example'] })).toThrow(/origins has to hold addresses like https:\/\/shop\.example, not "shop\.example"/)
    for (const origin of ['/path', '?query', '#part', ':80:80']
      .map((end) => `https://shop.example${end}`)
      .concat('https://*.shop.example', 'https://me@shop.example', 'ftp://shop.example'))
      expect(make({ origins: [origin] }), origin).toThrow(/origins/)
    for (const basePath of ['/api/../billing', '/./billing', '/api/..']) expect(make({ basePath })).toThrow(/basePath has to be/)
    expect(make({ basePath: '/api/v1.2/..billing' })).not.toThrow()
    expect(make({ signingKey: ' '.repeat(40) })).toThrow(/signingKey has to be/)
    expect(make({ basePath: '/api/billing/' })).toThrow(/basePath has to be/)
    expect(make({ onIssued: undefined })).toThrow(/onIssued has to be a function/)
    expect(make({ onIsued: () => 0 })).toThrow(/there is no option onIsued/)
    expect(make({ patienceMs: '1' })).toThrow(/patienceMs/)
    expect(make({ patienceMs: 2 ** 31 })).toThrow(/patienceMs has to be a number of milliseconds, at most/)
    expect(make({ inFlightMs: 9_999 })).toThrow(/inFlightMs \(9999\) has to be at least twice the client's timeoutMs \(5000\)/)
    const slow = Object.assign(Object.create(fine.iamport), { timeoutMs: 150_001 })
    expect(make({ iamport: slow })).toThrow(/inFlightMs \(300000\) has to be at least twice the client's timeoutMs \(150001\)/)
    expect(make({ iamport: slow, inFlightMs: 300_002 })).not.toThrow()
    expect(make({ lock: { acquire: () => true, release: () => true } })).toThrow(/lock has to be a ChargeLock/)
    expect(make({ iamport: { payment: () => null, paymentByMerchantUid: () => null, billingKey: () => null } })).toThrow(
      /iamport has to be/,
    )
  })
})

/** An order as an ORM's entity may be. */
class ComputedOrder {
  get name() {
    return '월간'
  }
  get amount() {
    return 9900
  }
  get merchantUid() {
    return 'computed-1'
  }
}

class StrangeRefusal extends BillingRefusal {
  override readonly status = 99
}

/** A GET with exactly these headers: `fetch` adds its own `sec-fetch` ones. */
async function rawGet(base: string, path: string, headers: readonly (readonly [string, string])[]) {
  const { hostname, port, host } = new URL(base)
  const text = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), hostname)
    let all = ''
    socket.on('data', (part) => {
      all += String(part)
    })
    socket.on('end', () => resolve(all)).on('error', reject)
    const lines = [`GET ${path} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...headers.map(([name, value]) => `${name}: ${value}`)]
    socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  })
  const status = Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1])
  return { status, json: async () => JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)) }
}
