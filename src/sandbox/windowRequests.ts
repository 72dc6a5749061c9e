/** What is remembered of a window. */
interface Remembered {
  readonly id: string
  /** What has come of it, `null` while it is open. */
  readonly end: unknown
}

/**
 * The windows that are open, and those that ended lately and may be sent again: so many, whatever a shop opens. What has
 * ended goes first, then the oldest that nobody ever ended.
 */
export function createWindowRequests<Row extends Remembered>(most: number) {
  const rows = new Map<string, Row>()
  const oldestEnded = () => [...rows.values()].find(({ end }) => end !== null)?.id
  return {
    get: (id: string) => rows.get(id),
    add(row: Row) {
      if (rows.size >= most) rows.delete(oldestEnded() ?? String(rows.keys().next().value))
      rows.set(row.id, row)
    },
  }
}
