import { describe, expect, it, vi } from 'vitest'
import { IamportApiError } from '../../src/server/index.ts'
import { startShop } from './billingShop.ts'

const { open, sandbox, iamport, faults } = await startShop()
const free = { firstOrder: () => ({ name: '카드 등록', amount: 0 }) }
const paymentOf = (impUid: string) => sandbox.payments.find(({ imp_uid }) => imp_uid === impUid) ?? {}

describe('a number of the shop’s own', () => {
  const prepared = new IamportApiError('/payments/prepare', 400, 1, '이미 등록된 merchant_uid입니다.')
  it.each<[string, string | undefined, Error, number]>([
    ['that was prepared before opens a window', 'own-1', prepared, 200],
    ['that we made ourselves does not, where PortOne refuses it', undefined, prepared, 502],
    ['does not where PortOne is in trouble', 'own-2', new IamportApiError('/payments/prepare', 500, 1, 'trouble'), 502],
    ['does not where PortOne looked at nothing', 'own-5', new IamportApiError('/payments/prepare', 429, -1, 'too many'), 502],
    ['does not where a gateway answered', 'own-3', new IamportApiError('/payments/prepare', 400, null, 'HTML'), 502],
    ['does not where something else broke', 'own-4', new TypeError('a bug'), 500],
  ])('%s', async (_, merchantUid, error, status) => {
    const preparePayment = () => Promise.reject(error)
    const shop = await open({ iamport: { ...iamport, preparePayment }, firstOrder: () => ({ name: '월간', amount: 9900, merchantUid }) })
    expect(await shop.call('POST /intents', {})).toMatchObject({ status })
    expect(shop.told.errors).toHaveLength(status === 200 ? 0 : 1)
  })
})

it.each(['too-many-requests', 'unauthorized'] as const)('opens no window whose amount PortOne did not fix: %s', async (kind) => {
  const shop = await open({ firstOrder: () => ({ name: '월간', amount: 9900, merchantUid: `own-${kind}` }) })
  faults.push({ kind, path: /prepare/ }, { kind, path: /prepare/ })
  expect(await shop.call('POST /intents', {})).toMatchObject({ status: 502 })
  expect(faults.splice(0)).toHaveLength(kind === 'unauthorized' ? 0 : 1)
  expect(await shop.call('POST /intents', {})).toMatchObject({ status: 200 })
})

it('fixes no amount where none is charged: a display-only PG shows another', async () => {
  const preparePayment = vi.fn(async () => undefined)
  for (const own of [{}, { merchantUid: 'shown-1' }]) {
    const firstOrder = () => ({ name: '월간', amount: 0, displayAmount: 9900, ...own })
    const shop = await open({ iamport: { ...iamport, preparePayment }, firstOrder })
    expect(await shop.call('POST /intents', {})).toMatchObject({ status: 200 })
  }
  expect(preparePayment).not.toHaveBeenCalled()
})

describe('what a registration came to', () => {
  it.each([
    ['한도 초과', '한도 초과'],
    [null, ''],
  ])('is failed with the PG’s reason (%s)', async (fail_reason, message) => {
    const shop = await open()
    const registration = await shop.register()
    Object.assign(paymentOf(registration.impUid), { status: 'failed', fail_reason })
    expect((await shop.confirm(registration)).body).toEqual({ status: 'failed', code: 'declined', message })
    expect(shop.told).toMatchObject({ issued: [], refused: [], errors: [] })
  })

  it('is not asked for by the key where the payment is another’s', async () => {
    const billingKey = vi.fn(iamport.billingKey)
    const shop = await open({ iamport: { ...iamport, billingKey } })
    expect(await shop.confirm(await shop.register({ customer_uid: 'somebody-elses-too' }))).toMatchObject({ code: 'other-key' })
    expect(billingKey).not.toHaveBeenCalled()
  })

  it.each([
    ['a window for 9,900 won', { firstOrder: () => ({ name: '월간', amount: 9900 }) }, { amount: 10 }],
    ['500 won', free, { amount: 500 }],
    ['10 of another currency', free, { amount: 10, currency: 'USD' }],
    ['10 won without a key', free, { amount: 10, gone: true }],
  ])(
    'is money that does not fit, at danal too: %s',
    async (_, change, { amount, currency = 'KRW', gone = false }: Record<string, unknown>) => {
      const billingKey: typeof iamport.billingKey = async (uid) => {
        const key = gone ? null : await iamport.billingKey(uid)
        return key && { ...key, pgProvider: 'danal_tpay' }
      }
      const shop = await open({ ...change, iamport: { ...iamport, billingKey } })
      const registration = await shop.register()
      Object.assign(paymentOf(registration.impUid), { amount, currency })
      expect(await shop.confirm(registration)).toMatchObject({ status: 422, code: 'other-amount' })
      expect(shop.told).toMatchObject({ issued: [], errors: [] })
    },
  )
})

describe('the key that a new one replaces', () => {
  /** A customer with a card, who registers another in its place. */
  const replacing = async (deleteBillingKey = iamport.deleteBillingKey) => {
    let replaces: string | undefined
    const listed = new Set<string>()
    const shop = await open({
      iamport: { ...iamport, deleteBillingKey },
      firstOrder: () => ({ name: '카드 변경', amount: 0, replaces }),
      customerUids: () => [...listed],
    })
    const old = await shop.addCard()
    listed.add(old)
    replaces = old
    return { shop, old, listed, registration: await shop.register() }
  }

  it('is told as removed where the shop still lists it, though it has gone', async () => {
    const { shop, old, registration } = await replacing()
    await iamport.deleteBillingKey(old)
    expect(await shop.confirm(registration)).toMatchObject({ code: 'issued' })
    expect(shop.told.deleted).toMatchObject([{ customerUid: old }])
  })

  it('is removed where the shop no longer lists it', async () => {
    const { shop, old, listed, registration } = await replacing()
    listed.clear()
    expect(await shop.confirm(registration)).toMatchObject({ code: 'issued' })
    expect(await iamport.billingKey(old)).toBeNull()
  })

  it('is reported where it could not be removed: the new one is kept all the same', async () => {
    const { shop, old, registration } = await replacing(() => Promise.reject(new Error('refused')))
    expect(await shop.confirm(registration)).toMatchObject({ status: 200, code: 'issued' })
    expect(shop.told.errors).toEqual([['POST /confirm', 'Error: refused']])
    expect(shop.told.deleted).toEqual([])
    expect(await iamport.billingKey(old)).not.toBeNull()
  })
})
