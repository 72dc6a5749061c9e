'use client'
import { type RefObject, useInsertionEffect, useMemo, useRef } from 'react'
import type { Confirm } from '../billing/confirm.ts'

/** A ref that holds what the last committed render saw, for callbacks that run later. */
export function useLatest<T>(value: T): RefObject<T> {
  const ref = useRef(value)
  useInsertionEffect(() => {
    ref.current = value
  })
  return ref
}

/** A shop's `confirm` as one function, that calls the newest: it is made anew with each render, and an attempt keeps what it began with. */
export function useNewestConfirm(newest: Confirm | undefined): Confirm | undefined {
  const latest = useLatest(newest)
  const isThere = newest !== undefined
  return useMemo(() => {
    const own: Confirm = (claim, signal) => latest.current?.(claim, signal) ?? Promise.reject(Error('no confirm'))
    return isThere ? own : undefined
  }, [isThere, latest])
}
