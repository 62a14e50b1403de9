// What every part of this panel needs of the present run: the run itself, its words, and token names.

import { createContext, useContext, useMemo } from 'react'
import { useExplain, useFormats, type Formats } from '../../i18n/index.tsx'
import { attention } from '../../i18n/panels/attention.ts'
import { attentionMasks, type MaskWords } from '../../i18n/panels/attention-masks.ts'
import { glass as common } from '../../i18n/panels/glass.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import type { ErrorData } from '../../store/index.ts'
import { useAsk } from '../../store/ask.ts'
import { useInspect, type GlassInfo, type GlassToken } from '../../store/inspect.ts'
import { viewTokens, type TokenView } from '../../ui/tokens.ts'
import type { HeadRef } from './scores.ts'
import { maskWords, seesAhead, sightOf, type Sight } from './sight.ts'
import { useView } from './view.ts'

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
  /** the layer is one of an encoder–decoder's encoder: the tokens are the source's */
  reads: boolean
  /** what this layer sees */
  sight: Sight
  /** queries of this layer see keys after them */
  wide: boolean
  /** what is said of it; 'source': of cross-attention */
  sentences: (mask?: Sight['mask']) => MaskWords
  /** keys [0, end) are in sight of the query at this position */
  end: (position: number) => number
  /** selects a token; one of the source is this panel's own */
  pick: (position: number) => void
  /** what there is of a layer: the source and the answer differ in length */
  infoOf: (layer: number) => GlassInfo
  /** the same run at another head */
  to: (head: HeadRef) => Run
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

/** The tokens of the source, as the other parts of the panel take them. */
export const encoderTokens = ({ encoder }: GlassInfo, [first]: readonly GlassToken[]): GlassToken[] =>
  (encoder?.tokens ?? []).map((token, position) => ({ ...first!, bytes: [], generated: false, ...token, position }))

/** null while there is nothing to look at. */
export function useRunNow(): Run | null {
  const t = usePanelText(attention),
    words = usePanelText(common),
    masks = usePanelText(attentionMasks)
  const format = useFormats()
  const { info, tokens, selection, editing, writing } = useInspect()
  const sourceAt = useView((s) => s.sourceAt)
  const plan = useAsk('plan', (glass) => glass.plan()).data
  return useMemo(() => {
    if (!info || tokens.length === 0) return null
    const source = encoderTokens(info, tokens)
    const infoOf = (layer: number): GlassInfo =>
      info.encoder && layer < info.encoder.layers ? { ...info, length: source.length, kept: 0 } : info
    const to = ({ layer, head }: HeadRef): Run => {
      const reads = info.encoder !== null && layer < info.encoder.layers
      const shown = reads ? source : tokens
      const views = viewTokens(shown)
      const sight = sightOf(plan, layer)
      const wide = seesAhead(sight)
      const last = shown.length - 1
      return {
        info: infoOf(layer),
        infoOf,
        to,
        reads,
        sight,
        wide,
        sentences: (mask = sight.mask) => maskWords(masks, { ...sight, mask }),
        tokens: shown,
        views,
        t,
        common: words,
        format,
        position: Math.min((reads ? sourceAt : selection.position) ?? Infinity, last),
        layer,
        head,
        end: (position: number) =>
          sight.mask === 'both' ? shown.length : Math.max(position + 1, sight.mask === 'prefix' ? info.seen : 0),
        pick: (position: number) => {
          const at = Math.max(0, Math.min(last, position))
          if (reads) useView.getState().set({ sourceAt: at })
          else useInspect.getState().select({ position: at })
        },
        percent: (fraction: number) => (!Number.isFinite(fraction) ? t.matrix.absent : format.share(fraction)),
        value: (n: number) =>
          !Number.isFinite(n) ? t.matrix.absent : Math.abs(n) < 0.0005 && n !== 0 ? n.toExponential(1) : n.toFixed(3),
        name: (position: number) => views[position]?.label ?? String(position),
        editable: info.source === 'live' && !editing && !writing,
      }
    }
    return to(selection)
  }, [info, tokens, selection, sourceAt, plan, t, words, masks, format, editing, writing])
}
