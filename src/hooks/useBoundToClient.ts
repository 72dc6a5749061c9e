'use client'
import type { QueryClient } from '@tanstack/react-query'
import { useState } from 'react'

/**
 * An observer of one client's, and of one member's where `member` says so: of another it is another in the same render.
 * TanStack's own hooks keep the one they began with, so that the next member would see what was the last one's.
 */
export function useBoundToClient<Observer>(client: QueryClient, member: string, make: () => Observer): Observer {
  const observe = () => ({ client, member, observer: make() })
  const [observed, setObserved] = useState(observe)
  const current = observed.client === client && observed.member === member ? observed : observe()
  if (current !== observed) setObserved(current)
  return current.observer
}
