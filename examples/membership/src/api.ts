import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ShopView } from './server/routes.ts'

export type { ShopView }
export type SubscriptionView = NonNullable<ShopView['subscription']>

/** JSON over the shop's own server. Its refusals carry a code. */
async function api(path: string, method: string, body?: unknown) {
  const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(`/api${path}`, { method, ...(body === undefined ? {} : json) })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.error?.code ?? 'internal')
  return answer
}

const shopKey = ['shop']
export const useShop = () => useQuery({ queryKey: shopKey, queryFn: (): Promise<ShopView> => api('/shop', 'GET'), retry: false })

/** Has the page show the shop as it is now. */
export function useRefresh() {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: shopKey })
}

/** Something that changes the shop, by what the page had `shown`; it is over once the page shows what came of it. */
export function useAction<Body = void>(path: (body: Body) => string, method = 'POST', shown?: object) {
  const refresh = useRefresh()
  return useMutation({ mutationFn: (body: Body) => api(path(body), method, shown ?? body ?? {}), onSettled: refresh })
}
