// Asking the Glass from a panel: one question at a time, the newest wins, stale answers are dropped.
//
//   const stats = useAsk('stats', (glass) => glass.headStats())
//   const tile = useAsk(`tile ${layer} ${head}`, (glass) => glass.attention({ … }))
//   const rows = useAskLayers(`rows ${position}`, info.layers, layer, (glass, l) => …)
//
// While an answer is on its way a changed question waits; only the last one that waited is asked. The old
// answer stays on screen meanwhile (`fresh` says whether it belongs to the present question). Nothing is asked
// while edits change the model, and what was on its way by then is asked again: the answer would be of another run.

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

type Settled<T> = { data: T; error: null } | { data: null; error: ErrorData }
const settled = <T>(answer: Promise<T>): Promise<Settled<T>> =>
  answer.then(
    (data) => ({ data, error: null }),
    (error: unknown) => ({ data: null, error: toData(error) }),
  )

/**
 * An answer about the run on screen, or why there is none; null where it has to be asked again. That is where the model
 * was put to other work meanwhile (a question of several calls may then have answers of two runs in it), and where it
 * failed about a run that is over.
 */
export async function undisturbed<T>(question: () => Promise<T>): Promise<Settled<T> | null> {
  const { turns, version } = useInspect.getState()
  const result = await settled(question())
  const now = useInspect.getState()
  return now.turns !== turns || (result.error !== null && now.version !== version) ? null : result
}

/**
 * @param key names the question; null asks nothing. It is asked again when the key or the run changes.
 * @param edits the question puts edits in force itself (withEdits): it waits for its turn, and nothing comes between
 */
export function useAsk<T>(
  key: string | null,
  question: (glass: Glass) => Promise<T>,
  { edits = false }: { edits?: boolean } = {},
): Answer<T> {
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
        const ask = () => asked.current(glass)
        const result = edits ? await settled(ask()) : await undisturbed(ask)
        if (wanted.current === null) {
          done.current = null
          break
        } // left, or the run is gone
        if (!result) {
          done.current = null
          continue
        }
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
  }, [full, editing, edits, asked])
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
        const answer = await undisturbed(() => asked.current(glass, layer))
        if (!answer) return // all layers are asked again
        items[layer] = answer.data
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
