// Asking the Glass from a panel: one question at a time, the newest wins, stale answers are dropped.
//
//   const stats = useAsk('stats', (glass) => glass.headStats())
//   const tile = useAsk(`tile ${layer} ${head}`, (glass) => glass.attention({ … }))
//   const rows = useAskLayers(`rows ${position}`, info.layers, layer, (glass, l) => …)
//
// While an answer is on its way a changed question waits; only the last one that waited is asked. The old
// answer stays on screen meanwhile (`fresh` says whether it belongs to the present question). Nothing is asked
// while edits change the model: the answer would be of another run.

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

interface Held<T> {
  key: string
  data: T | null
  error: ErrorData | null
  took: number
}

/** @param key names the question; null asks nothing. It is asked again when the key or the run changes. */
export function useAsk<T>(key: string | null, question: (glass: Glass) => Promise<T>): Answer<T> {
  const { full, editing, asked } = useQuestion(key, question)
  const [held, setHeld] = useState<Held<T>>({ key: '', data: null, error: null, took: 0 })
  const wanted = useRef<string | null>(null)
  const done = useRef<string | null>(null)
  const busy = useRef(false)

  useEffect(() => {
    wanted.current = full
    if (full === null || busy.current || editing) return
    const run = async (): Promise<void> => {
      busy.current = true
      while (wanted.current !== null && wanted.current !== done.current) {
        const { glass, editing: changing } = useInspect.getState()
        if (!glass || changing) break
        const now = (done.current = wanted.current)
        const from = performance.now()
        const result = await asked.current(glass).then(
          (data) => ({ data, error: null }),
          (error: unknown) => ({ data: null, error: toData(error) }),
        )
        if (wanted.current === null) {
          done.current = null
          break
        } // left, or the run is gone
        setHeld((old) => ({
          key: now,
          data: result.data ?? (result.error ? null : old.data),
          error: result.error,
          took: performance.now() - from,
        }))
      }
      busy.current = false
    }
    void run()
  }, [full, editing, asked])
  useEffect(
    () => () => {
      wanted.current = null
      done.current = null
    },
    [],
  )

  return {
    data: full === null ? null : held.data,
    error: held.error,
    fresh: full !== null && held.key === full,
    took: held.took,
  }
}

export interface LayerAnswers<T> {
  /** answers about the present question and run */
  layers: (T | null)[]
  /**
   * the same, with the answers of the run before where the new ones are not there yet: for pictures that should not
   * flicker
   */
  last: (T | null)[]
  complete: boolean
  took: number
}

/**
 * The same question to every layer, the layer at hand first; answers come in one by one. Entries are null until they
 * are there.
 */
export function useAskLayers<T>(
  key: string | null,
  layers: number,
  first: number,
  question: (glass: Glass, layer: number) => Promise<T>,
): LayerAnswers<T> {
  const { full, editing, asked } = useQuestion(key, question)
  const [held, setHeld] = useState<{ key: string; items: (T | null)[]; last: (T | null)[]; took: number }>({
    key: '',
    items: [],
    last: [],
    took: 0,
  })
  const nearest = useRef(first)
  useEffect(() => {
    nearest.current = first
  })

  useEffect(() => {
    const { glass } = useInspect.getState()
    if (full === null || editing || !glass) return
    let here = true
    const run = async (): Promise<void> => {
      const left = Array.from({ length: layers }, (_, layer) => layer)
      const from = performance.now()
      const items: (T | null)[] = left.map(() => null)
      while (here && left.length) {
        left.sort((a, b) => Math.abs(a - nearest.current) - Math.abs(b - nearest.current))
        const layer = left.shift()!
        items[layer] = await asked.current(glass, layer).catch(() => null)
        if (here) {
          setHeld((old) => ({
            key: full,
            items: [...items],
            last: items.map((item, l) => item ?? old.last[l] ?? null),
            took: performance.now() - from,
          }))
        }
      }
    }
    void run()
    return () => {
      here = false
    }
  }, [full, editing, layers, asked])

  const mine = full !== null && held.key === full
  const none = (): null[] => Array.from({ length: layers }, () => null)
  return {
    layers: mine ? held.items : none(),
    last: full === null || held.last.length !== layers ? none() : held.last,
    complete: mine && held.items.length === layers && held.items.every((item) => item !== null),
    took: held.took,
  }
}

/** The question as of the last render, and its name together with the run it is about. */
function useQuestion<Q>(key: string | null, question: Q) {
  const here = useInspect((s) => s.glass !== null)
  const version = useInspect((s) => s.version)
  const editing = useInspect((s) => s.editing)
  const asked = useRef(question)
  useEffect(() => {
    asked.current = question
  })
  return { full: key === null || !here ? null : `${version} ${key}`, editing, asked }
}
