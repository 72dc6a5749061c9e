import { IamportApiError } from './iamportApiError.ts'

/** What can stand as one part of an address: not `.` or `..`, which mean another address, and whole characters only. */
export const isSegment = (id: unknown): id is string => typeof id === 'string' && !/^\.{0,2}$/.test(id) && !/\p{Surrogate}/u.test(id)

/** @throws {IamportApiError} when the id would make another address of it; nothing was sent then */
export function segment(id: string): string {
  if (!isSegment(id)) throw new IamportApiError('', 0, null, 'an id that cannot stand in an address', { sent: false })
  return encodeURIComponent(id)
}

/** Ids in groups whose addresses stay short enough for every proxy, each id once. */
export function inChunks(parts: readonly string[], longest = 4_000): string[] {
  const chunks: string[] = []
  for (const part of new Set(parts)) {
    const last = chunks.at(-1)
    if (last !== undefined && last.length + part.length < longest) chunks[chunks.length - 1] = `${last}&${part}`
    else chunks.push(part)
  }
  return chunks
}
