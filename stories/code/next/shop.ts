/** Stands for a shop's own session and database. */
export const sessionOf = (request: Request) => (request.headers.has('cookie') ? { id: 'member-1' } : null)
const cards = new Map<string, string[]>()
export const db = {
  cardsOf: async (member: string) => cards.get(member) ?? [],
  keepCard: async (member: string, customerUid: string) => void cards.set(member, [...(cards.get(member) ?? []), customerUid]),
  order: async (member: string, _body: unknown) => ({ merchantUid: `${member}-2026-12`, name: '12월 이용권', amount: 9900 }),
}
