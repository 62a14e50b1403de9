// Asking the Glass from a panel: one question at a time, the newest wins, stale answers are dropped.
//
//   const stats = useAsk('stats', (glass) => glass.headStats())
//   const tile = useAsk(`tile ${layer} ${head}`, (glass) => glass.attention({ … }))
//
// While an answer is on its way a changed question waits; only the last one that waited is asked. The old
// answer stays on screen meanwhile (`fresh` says whether it belongs to the present question).

import { useEffect, useRef, useState } from 'react'
import type { ErrorData, Glass } from '../worker/protocol.ts'
import { toData } from './client.ts'
import { useInspect } from './inspect.ts'

export interface Answer<T> {
  data: T | null
  error: ErrorData | null
  /** data answers the present question about the present run */
  fresh: boolean
  /** milliseconds from asking to the answer */
  took: number
}

interface Held<T> { key: string; data: T | null; error: ErrorData | null; took: number }

/** @param key names the question; null asks nothing. It is asked again when the key or the run changes. */
export function useAsk<T>(key: string | null, question: (glass: Glass) => Promise<T>): Answer<T> {
  const glass = useInspect((s) => s.glass)
  const version = useInspect((s) => s.version)
  const [held, setHeld] = useState<Held<T>>({ key: '', data: null, error: null, took: 0 })
  const asked = useRef(question)
  const wanted = useRef<string | null>(null)
  const busy = useRef(false)
  const full = key === null || !glass ? null : `${version} ${key}`
  useEffect(() => { asked.current = question })

  useEffect(() => {
    wanted.current = full
    if (full === null || busy.current) return
    const run = async (): Promise<void> => {
      busy.current = true
      let done: string | null = null
      while (wanted.current !== null && wanted.current !== done) {
        const now = (done = wanted.current)
        const { glass: source } = useInspect.getState()
        if (!source) break
        const from = performance.now()
        const result = await asked.current(source).then((data) => ({ data, error: null }), (error: unknown) => ({ data: null, error: toData(error) }))
        if (wanted.current === null) break // left, or the run is gone
        setHeld((old) => ({ key: now, data: result.data ?? (result.error ? null : old.data), error: result.error, took: performance.now() - from }))
      }
      busy.current = false
    }
    void run()
  }, [full])
  useEffect(() => () => { wanted.current = null }, [])

  return { data: full === null ? null : held.data, error: held.error, fresh: full !== null && held.key === full, took: held.took }
}
