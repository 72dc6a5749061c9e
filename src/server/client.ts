import { bare } from './caller.ts'
import { IamportApiError, isRefused } from './iamportApiError.ts'
import type { CallOptions, IamportClient, IamportClientOptions } from './iamportClient.ts'
import { inChunks, segment } from './ids.ts'
import { detailsOf } from './requests.ts'
import { checked, createSender } from './sender.ts'
import { type BillingKey, isWire, type Payment, reader, toBillingKey, toPayment, toSchedule } from './wire.ts'

/**
 * A client of PortOne's V1 REST API. Reads and the token are tried again when PortOne is busy; what moves money never is.
 * Under Node it uses Node's HTTP client, elsewhere `fetch`.
 *
 * @throws {TypeError} in a browser, where the secret must not be, and when an option is malformed
 * @example
 * const iamport = createIamportClient({ impKey: process.env.IAMPORT_KEY, impSecret: process.env.IAMPORT_SECRET })
 */
export function createIamportClient(options: IamportClientOptions): IamportClient {
  const { baseUrl, timeoutMs } = checked(options)
  const { includeSandbox = true } = options
  const { getToken, send } = createSender(options, baseUrl, timeoutMs)
  return {
    timeoutMs,
    getToken,
    ...paymentCalls(send, includeSandbox),
    ...keyCalls(send),
    ...scheduleCalls(send),
  }
}

type Send = ReturnType<typeof createSender>['send']

function paymentCalls(
  send: Send,
  includeSandbox: boolean,
): Pick<IamportClient, 'again' | 'payment' | 'paymentsByStatus' | 'paymentByMerchantUid' | 'preparePayment' | 'cancelPayment'> {
  const find = finder(send)
  return {
    async again({ customerUid, merchantUid, amount, name, ...details }, options) {
      const path = '/subscribe/payments/again'
      const body = { customer_uid: customerUid, merchant_uid: merchantUid, amount, name, ...detailsOf(details) }
      return toPayment(await send('POST', path, options, body), path)
    },
    async payment(impUid, options) {
      const path = `/payments/${segment(impUid)}${includeSandbox ? '?include_sandbox=true' : ''}`
      return find(
        path,
        null,
        about(toPayment, (found) => found.impUid === impUid),
        options,
      )
    },
    async paymentsByStatus(status, { from, to, page, limit } = {}, options) {
      const asked = Object.entries({ page, limit, from, to }).flatMap(([key, value]) => (value === undefined ? [] : `${key}=${value}`))
      const path = `/payments/status/${segment(status)}`
      const wire = await send('GET', `${path}${asked.length > 0 ? '?' : ''}${asked.join('&')}`, options)
      const { number } = reader(wire, path)
      return { total: number('total'), next: number('next'), payments: listOf(toPayment)(isWire(wire) ? wire.list : null, path) }
    },
    async paymentByMerchantUid(merchantUid, status, options) {
      const path = `/payments/find/${segment(merchantUid)}${status ? `/${status}` : ''}`
      const fits = (found: Payment) => found.merchantUid === merchantUid && (!status || found.status === status)
      return find(path, null, about(toPayment, fits), options)
    },
    async preparePayment(merchantUid, amount, options) {
      const body = { merchant_uid: merchantUid, amount }
      try {
        await send('POST', '/payments/prepare', options, body)
      } catch (error) {
        // what was fixed before is changed by another call
        if (!isRefused(error)) throw error
        await send('PUT', '/payments/prepare', options, body)
      }
    },
    async cancelPayment(request, options) {
      const { amount, checksum, reason, taxFree } = request
      const which = 'impUid' in request ? { imp_uid: request.impUid } : { merchant_uid: request.merchantUid }
      const path = '/payments/cancel'
      return toPayment(await send('POST', path, options, { ...which, amount, checksum, reason, tax_free: taxFree }), path)
    },
  }
}

function keyCalls(send: Send): Pick<IamportClient, 'billingKey' | 'billingKeys' | 'deleteBillingKey'> {
  const find = finder(send)
  const customersPath = '/subscribe/customers'
  return {
    async billingKey(customerUid, options) {
      const fits = (found: BillingKey) => found.customerUid === customerUid
      return find(`${customersPath}/${segment(customerUid)}`, null, about(toBillingKey, fits), options)
    },
    async billingKeys(customerUids, options) {
      const keys: BillingKey[] = []
      const asked = new Set(customerUids)
      const fits = (found: BillingKey[]) => found.every(({ customerUid }) => asked.has(customerUid))
      for (const query of inChunks(customerUids.map((uid) => `customer_uid[]=${segment(uid)}`)))
        keys.push(...(await find(`${customersPath}?${query}`, [], about(listOf(toBillingKey), fits), options)))
      return keys
    },
    async deleteBillingKey(customerUid, { reason, requester } = {}, options) {
      const query = [reason && `reason=${segment(reason)}`, requester && `extra[requester]=${segment(requester)}`].filter(Boolean).join('&')
      await send('DELETE', `${customersPath}/${segment(customerUid)}${query && `?${query}`}`, options)
    },
  }
}

function scheduleCalls(send: Send): Pick<IamportClient, 'schedule' | 'unschedule' | 'scheduled' | 'schedules'> {
  const find = finder(send)
  const schedulePath = '/subscribe/payments/schedule'
  return {
    async schedule(customerUid, schedules, options) {
      const body = {
        customer_uid: customerUid,
        schedules: schedules.map(({ merchantUid, scheduleAt, amount, name, currency = 'KRW', ...details }) => ({
          merchant_uid: merchantUid,
          schedule_at: scheduleAt,
          amount,
          name,
          ...detailsOf({ ...details, currency }),
        })),
      }
      return listOf(toSchedule)(await send('POST', schedulePath, options, body), schedulePath)
    },
    async unschedule(customerUid, merchantUids, options) {
      const path = '/subscribe/payments/unschedule'
      const wires = await send('POST', path, options, { customer_uid: customerUid, merchant_uid: merchantUids })
      return listOf(toSchedule)(wires, path)
    },
    scheduled: async (merchantUid, options) => find(`${schedulePath}/${segment(merchantUid)}`, null, toSchedule, options),
    async schedules(customerUid, { from, to, page = 1 }, options) {
      const path = `${schedulePath}/customers/${segment(customerUid)}?page=${page}&from=${from}&to=${to}`
      return find(path, [], listOf(toSchedule), options)
    },
  }
}

/** `absent` when PortOne itself says that there is none: a proxy's 404 is no such word. */
function finder(send: Send) {
  return async function find<Found, Absent>(
    path: string,
    absent: Absent,
    parse: (wire: unknown, path: string) => Found,
    callOptions?: CallOptions,
  ) {
    try {
      return parse(await send('GET', path, callOptions), bare(path))
    } catch (error) {
      if (error instanceof IamportApiError && error.httpStatus === 404 && error.code) return absent
      throw error
    }
  }
}

/** An answer about something else is no word on what was asked, and may be another customer's. */
const about =
  <Found>(parse: (wire: unknown, path: string) => Found, fits: (found: Found) => boolean) =>
  (wire: unknown, path: string): Found => {
    const found = parse(wire, path)
    if (!fits(found)) throw new IamportApiError(path, 200, 0, 'the answer is not about what was asked')
    return found
  }

const listOf =
  <Item>(parse: (wire: unknown, path: string) => Item) =>
  (wires: unknown, path: string) =>
    list(wires, path).map((wire) => parse(wire, path))

/** The list an answer holds; `null` is an empty one. */
function list(value: unknown, path: string): unknown[] {
  if (value === null || value === undefined) return []
  if (!Array.isArray(value)) throw new IamportApiError(path, 200, 0, 'the answer is not a list')
  return value.filter(isWire)
}
