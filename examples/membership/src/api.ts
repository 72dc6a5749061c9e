import type { Pg } from 'react-billing-key'

/** JSON over the shop's own server. Rejects with the server's words. */
export async function api<T>(path: string, init: { method?: string; body?: unknown } = {}): Promise<T> {
  const { method = 'GET', body } = init
  const response = await fetch(`/api${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.error?.message || '잠시 후 다시 시도해 주세요.')
  return answer
}

export interface Shop {
  config: { userCode: string; pg: Pg; scriptUrl?: string; sandbox: boolean }
  customer: string | null
  /** The member's id: what is pending for one member is not another's. */
  customerKey: string | null
  orders: { merchant_uid: string; name: string; amount: number; status: 'open' | 'paid' }[]
}
