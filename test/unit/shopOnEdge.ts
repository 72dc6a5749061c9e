import { charge, createBillingHandler, createIamportClient, type IamportClient } from '../../src/server/index.ts'

/** Where the sandbox is. */
export interface Environment {
  readonly impKey: string
  readonly impSecret: string
  readonly baseUrl: string
}

const keys = new Set<string>()
/** A client as a shop keeps it, over all requests. */
let kept: IamportClient | undefined

/** A shop for any runtime: the handler under `/api/billing`, and the client by itself under `/client`. */
export async function serveShop(request: Request, environment: Environment): Promise<Response> {
  const iamport = createIamportClient({ ...environment, timeoutMs: 5_000 })
  const { pathname, searchParams } = new URL(request.url)
  const id = searchParams.get('id') ?? ''
  const order = { customerUid: id, merchantUid: searchParams.get('order') ?? '', amount: 9900, name: '월간' }
  // where charges go instead
  const instead = searchParams.get('instead')
  const elsewhere: typeof fetch = (input, init) => fetch(String(input).endsWith('/again') && instead ? instead : input, init)
  const astray = createIamportClient({ ...environment, fetch: elsewhere, timeoutMs: 5_000 })
  const answers: Record<string, () => Promise<unknown>> = {
    '/client/token': async () => typeof (await iamport.getToken()),
    '/client/payment': () => iamport.payment(id),
    '/client/kept': () => {
      kept ??= createIamportClient({ ...environment, timeoutMs: 1_000 })
      return kept.payment(id).catch((error) => error.message)
    },
    '/client/charge': () => charge(iamport, order, { patienceMs: 100, inFlightMs: 20_000 }),
    '/client/astray': () => charge(astray, order, { patienceMs: 0, inFlightMs: 20_000 }),
  }
  const answer = answers[pathname]
  if (answer) return Response.json(await answer())
  const billing = createBillingHandler({
    iamport,
    signingKey: 'a-signing-key-of-at-least-32-characters',
    authenticate: () => ({ id: 'mina' }),
    firstOrder: () => ({ name: '월간', amount: 9900 }),
    onIssued: ({ customerUid }) => void keys.add(customerUid),
    onDeleted: ({ customerUid }) => void keys.delete(customerUid),
    customerUids: () => [...keys],
    price: ({ body }) => ({ merchantUid: String((body as { order: unknown }).order), name: '월간', amount: 9900 }),
    patienceMs: 100,
  })
  if (pathname === '/sweep') return Response.json(await billing.sweepRegistrations({ since: new Date(Date.now() - 3_600_000) }))
  return billing(request)
}
