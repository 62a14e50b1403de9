// The newest value of a render, for callbacks that outlive it: a saved file takes what is on the screen now.

import { useLayoutEffect, useRef, type RefObject } from 'react'

/** Read `current` in events only: while rendering it is the value of the render before. */
export function useLatest<T>(value: T): RefObject<T> {
  const latest = useRef(value)
  useLayoutEffect(() => {
    latest.current = value
  })
  return latest
}
