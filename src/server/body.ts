import { BillingRefusal, refusal } from './refusal.ts'

/** A request's JSON, of which nothing is known. */
export type Body = Readonly<Record<string, unknown>>

const bodyLimit = 16_384
/** How long a body may take to arrive, in ms. */
const bodyDeadlineMs = 10_000

/** The body as text: no more than the limit is ever read, and one that trickles is given up. */
export async function readText(request: Request): Promise<string> {
  if (Number(request.headers.get('content-length') ?? 0) > bodyLimit) throw refusal('too-large')
  const stream = request.body?.getReader()
  if (!stream) return ''
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(refusal('too-slow')), bodyDeadlineMs)
  })
  try {
    return await Promise.race([readAll(stream), late])
  } catch (error) {
    // not waited for: a sender that does not listen must not hold the answer
    stream.cancel().catch(() => undefined)
    // one that broke off is the sender's doing, and no failure of this side
    throw error instanceof BillingRefusal ? error : refusal('not-json')
  } finally {
    clearTimeout(timer)
  }
}

async function readAll(stream: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  for (let part = await stream.read(); part.value; part = await stream.read()) {
    size += part.value.length
    if (size > bodyLimit) throw refusal('too-large')
    text += decoder.decode(part.value, { stream: true })
  }
  return text + decoder.decode()
}

/** The body as a JSON object, whose content type has to say so: a form of another site cannot. */
export async function readJson(request: Request): Promise<Body> {
  if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? '')) throw refusal('wrong-type')
  const text = await readText(request)
  try {
    const body: unknown = JSON.parse(text)
    if (isBody(body)) return body
  } catch {
    // said below
  }
  throw refusal('not-json')
}

const isBody = (value: unknown): value is Body => typeof value === 'object' && value !== null && !Array.isArray(value)
