import { createCharge } from './charges.ts'
import { confirm } from './confirm.ts'
import { createIntent } from './intents.ts'
import { deleteKey, listKeys } from './keys.ts'
import type { Route } from './route.ts'
import { receiveWebhook } from './webhook.ts'

/** Every address the handler answers at, by method and path under `basePath`, and what each needs. */
export type RouteName = 'POST /intents' | 'POST /confirm' | 'GET /keys' | 'DELETE /keys/:id' | 'POST /charges' | 'POST /webhook'

/** One row a route. What is not here is a 404. */
const routes = {
  'POST /intents': { needs: 'customer', answer: createIntent },
  'POST /confirm': { needs: 'customer', answer: confirm },
  'GET /keys': { needs: 'customer', answer: listKeys },
  'DELETE /keys/:id': { needs: 'owner', names: (_, id) => id, answer: deleteKey },
  'POST /charges': { needs: 'owner', names: (body) => body.customerUid, answer: createCharge },
  'POST /webhook': { needs: 'nothing', answer: receiveWebhook },
} as const satisfies Record<RouteName, Route>

/** The row a request means, and the `:id` in its address. `null` when there is none. */
export function findRoute(method: string, pathname: string, basePath: string): { name: RouteName; row: Route; id: string | null } | null {
  if (!pathname.startsWith(`${basePath}/`)) return null
  const [resource, id, ...rest] = pathname
    .slice(basePath.length + 1)
    .replace(/\/$/, '')
    .split('/')
  if (rest.length > 0) return null
  const wanted = `${method} /${resource}${id === undefined ? '' : '/:id'}`
  const name = (Object.keys(routes) as RouteName[]).find((known) => known === wanted)
  return name === undefined ? null : { name, row: routes[name], id: id === undefined ? null : decoded(id) }
}

/** A part of a path; `null` when it cannot be decoded. */
function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part)
  } catch {
    return null
  }
}
