/** What the shop sells, by the month. `free` months come first; without any, the first month is paid in the window. */
export const plans = [
  { id: 'trial', amount: 9900, free: 1 },
  { id: 'now', amount: 9900, free: 0 },
] as const

export type PlanId = (typeof plans)[number]['id']
export const planOf = (id: unknown) => plans.find((plan) => plan.id === id)
