// Columns of the lens, read one at a time, the selected one first, then what is on screen. What was read is kept as
// long as the text before it, the edits and the question are the same: a longer answer or a scroll back costs nothing.

import { useEffect, useMemo, useRef, useState } from 'react'
import { undisturbed } from '../../store/ask.ts'
import type { ErrorData } from '../../store/index.ts'
import { useInspect, type GlassToken } from '../../store/inspect.ts'
import { columnKeys, readColumn, type Column } from './read.ts'
import type { Columns, Run } from './run.ts'
import type { Part } from './view.ts'

/** Columns kept: the oldest go first. */
const max = 1200

interface Wanted {
  key: string
  position: number
  tokens: GlassToken[]
  part: Part
  chosen: number | null
}

export function useColumns(run: Run | null, positions: readonly number[], part: Part, chosen: number | null): Columns {
  const { edits, editing, version } = useInspect()
  const tokens = run?.tokens,
    first = run?.position ?? 0
  const info = run?.info
  const keys = useMemo(
    () => (info && tokens ? columnKeys(info, tokens, edits, part, chosen) : []),
    [info, tokens, edits, part, chosen],
  )
  const [held, setHeld] = useState<ReadonlyMap<string, Column>>(() => new Map())
  const [failed, setFailed] = useState<{ key: string; error: ErrorData } | null>(null)
  const known = useRef(new Set<string>())
  const broken = useRef({ version, keys: new Set<string>() })
  const want = useRef<Wanted[]>([])
  const busy = useRef(false)
  const here = useRef(true)

  const asked = positions.map((p) => keys[p]).join('\n')
  useEffect(() => {
    // what failed is asked again when the run has changed
    if (broken.current.version !== version) {
      for (const key of broken.current.keys) known.current.delete(key)
      broken.current = { version, keys: new Set() }
    }
    if (!tokens) return
    want.current = positions
      .flatMap((position) =>
        keys[position] === undefined ? [] : [{ key: keys[position], position, tokens, part, chosen }],
      )
      .sort((a, b) => Math.abs(a.position - first) - Math.abs(b.position - first) || a.position - b.position)
    if (busy.current || editing) return
    const work = async (): Promise<void> => {
      busy.current = true
      for (;;) {
        const next = want.current.find(({ key }) => !known.current.has(key))
        const { glass, info: now, editing: changing } = useInspect.getState()
        if (!next || !here.current || !glass || !now || changing) break
        known.current.add(next.key)
        const { position, part: of, chosen: token } = next
        const answer = await undisturbed(() => readColumn(glass, now, next.tokens, position, of, token))
        if (!answer) {
          known.current.delete(next.key)
          continue
        }
        const { data: column, error } = answer
        if (error) {
          broken.current.keys.add(next.key)
          setFailed({ key: next.key, error })
          continue
        }
        setHeld((old) => {
          const fresh = new Map(old).set(next.key, column)
          while (fresh.size > max) {
            const oldest = fresh.keys().next().value!
            fresh.delete(oldest)
            known.current.delete(oldest)
          }
          return fresh
        })
        setFailed(null)
      }
      busy.current = false
    }
    void work()
    // `asked` names positions, part, token, text and edits
    // oxlint-disable-next-line react/exhaustive-deps
  }, [asked, first, editing, version])
  useEffect(() => {
    here.current = true
    return () => {
      here.current = false
    }
  }, [])

  return useMemo(() => {
    const at = (position: number): Column | null => held.get(keys[position] ?? '') ?? null
    return {
      at,
      all: keys.flatMap((key) => held.get(key) ?? []),
      error: failed && keys.includes(failed.key) ? failed.error : null,
    }
  }, [held, keys, failed])
}
