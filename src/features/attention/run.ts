// What every part of this panel needs of the present run: the run itself, its words, and token names.

import { createContext, useContext, useMemo } from 'react'
import { useExplain, useFormats, type Formats } from '../../i18n/index.tsx'
import { attention } from '../../i18n/panels/attention.ts'
import { glass as common } from '../../i18n/panels/glass.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import type { ErrorData } from '../../store/index.ts'
import { useInspect, type GlassInfo, type GlassToken } from '../../store/inspect.ts'
import { viewTokens, type TokenView } from '../../ui/tokens.ts'

export interface Run {
  info: GlassInfo
  tokens: GlassToken[]
  views: TokenView[]
  /** the row the pictures are about */
  position: number
  layer: number
  head: number
  t: typeof attention.en
  common: typeof common.en
  format: Formats
  /** 0.83 -> 83 %, 0.0042 -> 0.42 % */
  percent: (fraction: number) => string
  /** a weight or score in three digits */
  value: (n: number) => string
  /** a token's label on an axis */
  name: (position: number) => string
  /** the model can be changed now */
  editable: boolean
}

const RunContext = createContext<Run | null>(null)
export const RunProvider = RunContext
export function useRun(): Run {
  const run = useContext(RunContext)
  if (!run) throw new Error('This part stands inside the attention panel only.')
  return run
}

/** An answer that did not come, in words. */
export function useTrouble(): (error: ErrorData) => string {
  const explain = useExplain()
  const { info, t } = useRun()
  return (error) => (info.source === 'recording' ? t.notRecorded : explain(error).text)
}

/** null while there is nothing to look at. */
export function useRunNow(): Run | null {
  const t = usePanelText(attention),
    words = usePanelText(common)
  const format = useFormats()
  const { info, tokens, selection, editing, writing } = useInspect()
  return useMemo(() => {
    if (!info || tokens.length === 0) return null
    const views = viewTokens(tokens)
    return {
      info,
      tokens,
      views,
      t,
      common: words,
      format,
      position: Math.min(selection.position ?? Infinity, tokens.length - 1),
      layer: selection.layer,
      head: selection.head,
      percent: (fraction: number) =>
        !Number.isFinite(fraction)
          ? t.matrix.absent
          : `${format.short(fraction < 1e-6 ? 0 : Number((fraction * 100).toPrecision(fraction < 0.1 ? 2 : 3)))} %`,
      value: (n: number) =>
        !Number.isFinite(n) ? t.matrix.absent : Math.abs(n) < 0.0005 && n !== 0 ? n.toExponential(1) : n.toFixed(3),
      name: (position: number) => views[position]?.label ?? String(position),
      editable: info.source === 'live' && !editing && !writing,
    }
  }, [info, tokens, selection, t, words, format, editing, writing])
}
