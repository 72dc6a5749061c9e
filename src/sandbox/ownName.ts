/** Names that no stranger's DNS can point at this machine: numbers, single words and the reserved endings. */
export const isOwnName = (hostname: string) => /^(?:\[.*\]|[\d.]+|[^.]+|.*\.(?:localhost|local|internal|test|invalid))$/.test(hostname)

const hostOf = (address: unknown) => (typeof address === 'string' && URL.canParse(address) ? new URL(address).hostname : null)

/** Whether a page of a public site would have the sandbox post to a machine that the site itself cannot reach. */
export function reachesIn(pageOrigin: string | undefined, address: unknown): boolean {
  const [page, goal] = [hostOf(pageOrigin), hostOf(address)]
  return pageOrigin !== undefined && !(page !== null && isOwnName(page)) && goal !== null && isOwnName(goal)
}
