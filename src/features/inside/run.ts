// What every part of this panel needs of the present run: the run itself, its words, and how numbers are written.

import { createContext, useContext, useMemo } from 'react'
import { useFormats, type Formats } from '../../i18n/index.tsx'
import { glass as common } from '../../i18n/panels/glass.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { inside } from '../../i18n/panels/inside.ts'
import { useAsk } from '../../store/ask.ts'
import { useInspect, type GlassInfo, type GlassToken, type PlanInfo } from '../../store/inspect.ts'
import { viewTokens, type TokenView } from '../../ui/tokens.ts'

export interface Run {
  info: GlassInfo
  tokens: GlassToken[]
  views: TokenView[]
  position: number
  layer: number
  head: number
  t: typeof inside.en
  common: typeof common.en
  format: Formats
  plan: PlanInfo | null
}

const RunContext = createContext<Run | null>(null)
export const RunProvider = RunContext
export function useRun(): Run {
  const run = useContext(RunContext)
  if (!run) throw new Error('This part stands inside the inside panel only.')
  return run
}

/** null while there is nothing to look at. */
export function useRunNow(): Run | null {
  const t = usePanelText(inside),
    words = usePanelText(common)
  const format = useFormats()
  const { info, tokens, selection } = useInspect()
  const plan = useAsk('plan', (glass) => glass.plan()).data
  return useMemo(
    () =>
      !info || tokens.length === 0
        ? null
        : {
            info,
            tokens,
            views: viewTokens(tokens),
            t,
            common: words,
            format,
            plan,
            position: Math.min(selection.position ?? Infinity, tokens.length - 1),
            layer: selection.layer,
            head: selection.head,
          },
    [info, tokens, selection, t, words, format, plan],
  )
}

/** Four digits, a true minus, and no long tails of zeros: 0.04121, −3.208, 1.2e-5. */
export function num(v: number): string {
  const size = Math.abs(v)
  const text = v === 0 ? '0' : size < 1e-3 || size >= 1e5 ? v.toExponential(2) : v.toPrecision(4)
  return text.replace(/-/g, '−')
}
