import { SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { type Intent, intentOf, type SigningKeys, signIntent, verifyIntent } from '../../src/server/intent.ts'

const keys: SigningKeys = ['a-signing-key-of-at-least-32-characters']
const intent: Intent = { customerId: 'mina', customerUid: 'card-1', merchantUid: 'issue-1', amount: 9900, currency: 'KRW' }
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const signed = (claims: object, { alg = 'HS256', issuer = 'react-billing-key', key = keys[0] } = {}) =>
  new SignJWT({ ...claims }).setProtectedHeader({ alg }).setIssuer(issuer).sign(new TextEncoder().encode(key))

describe('an intent', () => {
  it.each<[string, object]>([
    ['text', {}],
    ['a number', { customerId: 7 }],
    ['one that replaces a key', { replaces: 'card-0' }],
  ])('comes back from its token as it was signed: %s', async (_, change) => {
    const given = { ...intent, ...change }
    expect(await verifyIntent(await signIntent(given, keys), keys)).toEqual(given)
    expect(await verifyIntent(await signed(given), ['another-key-of-at-least-32-characters!', ...keys])).toEqual(given)
  })

  it.each<[string, () => unknown]>([
    ['without a signature', () => `${part({ alg: 'none' })}.${part({ ...intent, iss: 'react-billing-key' })}.`],
    ['by another key', () => signed(intent, { key: 'another-key-of-at-least-32-characters!' })],
    ['by another algorithm', () => signed(intent, { alg: 'HS512', key: `${keys[0]}${keys[0]}` })],
    ['for something else', () => signed(intent, { issuer: 'the-shops-session' })],
    [
      'of another amount',
      async () => (await signed(intent)).replace(/\.[^.]+\./, `.${part({ ...intent, iss: 'react-billing-key', amount: 1 })}.`),
    ],
    ['that is a list', async () => [await signed(intent)]],
    ['that is an object', async () => ({ token: await signed(intent) })],
    ['that is nothing', () => ''],
    ['that is huge', () => 'x'.repeat(1_000_000)],
    ...Object.entries({ customerId: '', customerUid: 1, merchantUid: null, amount: '9900', currency: 410 }).map(
      ([field, value]): [string, () => unknown] => [`whose ${field} is none`, () => signed({ ...intent, [field]: value })],
    ),
  ])('is not read from a token %s', async (_, make) => {
    const double: SigningKeys = [keys[0], `${keys[0]}${keys[0]}`]
    expect(await verifyIntent(await make(), double)).toBeNull()
  })

  it('has no key to replace where that is none', async () => {
    expect(await verifyIntent(await signed({ ...intent, replaces: ['card-0'] }), keys)).toEqual(intent)
  })

  it('is found in what travelled with a payment, whatever else that holds', async () => {
    const token = await signIntent(intent, keys)
    expect(await intentOf({ customData: JSON.stringify({ intent: token, more: 1 }) }, keys)).toEqual(intent)
    for (const customData of [
      null,
      '',
      'null',
      '[]',
      '5',
      '"text"',
      '{',
      '{}',
      '{"intent":null}',
      JSON.stringify({ intent: [token] }),
      token,
    ])
      expect(await intentOf({ customData }, keys)).toBeNull()
  })
})
