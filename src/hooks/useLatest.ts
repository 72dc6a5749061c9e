'use client'
import { type RefObject, useInsertionEffect, useRef } from 'react'

/** A ref that holds what the last committed render saw, for callbacks that run later. */
export function useLatest<T>(value: T): RefObject<T> {
  const ref = useRef(value)
  useInsertionEffect(() => {
    ref.current = value
  })
  return ref
}
