/**
 * The origins a shop names, as browsers send them.
 *
 * @throws {TypeError} for one that no browser would ever send, `shop.example` without its scheme for one
 */
export function normalisedOrigins(origins: readonly string[]): readonly string[] {
  return origins.map((origin) => {
    const url = URL.canParse(origin) ? new URL(origin) : null
    if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search || url.hash || url.username || url.host.includes('*'))
      throw new TypeError(`createBillingHandler: origins has to hold addresses like https://shop.example, not ${JSON.stringify(origin)}`)
    return url.origin
  })
}

/**
 * Whether a browser sent this from one of the shop's own pages; what comes from elsewhere is refused before anything is
 * read. A client that is no browser sends none of the three headers and passes: it has to authenticate like anyone.
 */
export function isSameSite(request: Request, origins: readonly string[]): boolean {
  const { headers } = request
  const origin = headers.get('origin')
  if (origin !== null && origins.includes(origin)) return true
  const site = headers.get('sec-fetch-site')
  if (site !== null) return site === 'same-origin' || site === 'none'
  // another site's page cannot send this one without a preflight, which only `origins` pass
  if (headers.get('x-billing-key') === '1') return true
  return !origin || isOwnHost(origin, hostOf(request))
}

/** The host the client asked for: behind a proxy the address of the request is another. */
const hostOf = (request: Request) => request.headers.get('host') ?? new URL(request.url).host

function isOwnHost(origin: string, host: string): boolean {
  if (!URL.canParse(origin)) return false
  const { protocol, host: own } = new URL(origin)
  // the same scheme on both sides takes its default port away
  return URL.canParse(`${protocol}//${host}`) && new URL(`${protocol}//${host}`).host === own
}

/** CORS, for the origins the shop named and no other. */
export function corsHeaders(request: Request, origins: readonly string[]): Record<string, string> | null {
  const origin = request.headers.get('origin')
  if (origin === null || !origins.includes(origin)) return null
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'GET, POST, DELETE',
    'access-control-allow-headers': 'content-type, x-billing-key',
    vary: 'Origin',
  }
}

/** For the developer: what came, what was expected, and which option changes it. `null` outside of development. */
export function crossSiteAdvice(request: Request, origins: readonly string[]): string | null {
  if (!isDevelopment(request)) return null
  const shown = (name: string) => `${name}: ${request.headers.get(name) ?? '(none)'}`
  return [
    `Refused as sent by another site. What came: ${['sec-fetch-site', 'origin', 'host', 'x-billing-key'].map(shown).join(', ')}.`,
    'Expected: sec-fetch-site same-origin or none; without it an origin whose host is the host above, or x-billing-key: 1.',
    `To let this origin in, name it in createBillingHandler({ origins: [...] }), now ${JSON.stringify(origins)}.`,
  ].join(' ')
}

/** `NODE_ENV` says so, or nothing does and the host is this machine. */
function isDevelopment(request: Request): boolean {
  const mode = typeof process === 'undefined' ? undefined : process.env.NODE_ENV
  if (mode) return mode === 'development'
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i.test(hostOf(request))
}
