import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ShopView } from './server/routes.ts'

export type { ShopView }
export type SubscriptionView = NonNullable<ShopView['subscription']>

/** JSON over the shop's own server. */
async function api<T>(path: string, init: { method?: string; body?: unknown } = {}): Promise<T> {
  const { method = 'GET', body } = init
  const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(`/api${path}`, { method, ...(body === undefined ? {} : json) })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.error?.code ?? 'internal')
  return answer
}

export const useShop = () => useQuery({ queryKey: ['shop'], queryFn: () => api<ShopView>('/shop'), retry: false })

/** Something that changes the shop, and is answered with what it is now. */
export function useAction<Body = void>(path: (body: Body) => string, method = 'POST') {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Body) => api<ShopView>(path(body), { method, body: body ?? {} }),
    onSettled: () => client.invalidateQueries({ queryKey: ['shop'] }),
  })
}
