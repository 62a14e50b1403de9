// What every part of this panel needs of the present run: the run itself, its words, its columns, and how tokens are
// written.

import { createContext, useContext, useMemo } from 'react'
import { useFormats, type Formats } from '../../i18n/index.tsx'
import { glass as common } from '../../i18n/panels/glass.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { lens } from '../../i18n/panels/lens.ts'
import { endOf } from '../../store/answer-read.ts'
import { useChat, type ErrorData } from '../../store/index.ts'
import { useInspect, type GlassInfo, type GlassToken } from '../../store/inspect.ts'
import { viewTokens, type TokenView } from '../../ui/tokens.ts'
import { absentHere } from '../../store/rows.ts'
import { firstLayer, type Column } from './read.ts'
import { useView } from './view.ts'

export interface Run {
  info: GlassInfo
  tokens: GlassToken[]
  views: TokenView[]
  position: number
  /** -1 = the embedding */
  layer: number
  t: typeof lens.en
  common: typeof common.en
  format: Formats
  percent: (fraction: number) => string
  layerName: (layer: number) => string
  /** each place speaks of its own token: nothing comes next */
  own: boolean
  /** why a logit is no sum of parts, and a token no direction, in this model; null: they are */
  noParts: ErrorData | null
  noDirection: ErrorData | null
  /** what came after this position, as Probabilities writes it; '·' where nothing did */
  came: (position: number) => string
  /** selects for all panels; the embedding row is this panel's own */
  choose: (layer: number, position: number) => void
}
/** Columns that have been read; null while one is on its way. */
export interface Columns {
  at: (position: number) => Column | null
  all: Column[]
  error: ErrorData | null
}

const RunContext = createContext<{ run: Run; columns: Columns } | null>(null)
export const RunProvider = RunContext
export function useRun(): Run {
  return useBoth().run
}
export function useColumnsHere(): Columns {
  return useBoth().columns
}
function useBoth() {
  const both = useContext(RunContext)
  if (!both) throw new Error('This part stands inside the lens panel only.')
  return both
}

/** The words where every place speaks of its own token. */
const ofOwnPlace = (t: typeof lens.en): typeof lens.en => ({
  ...t,
  lead: t.own.lead,
  after: t.own.at,
  target: { ...t.target, next: t.own.token },
  grid: { ...t.grid, caption: t.own.caption, label: t.own.label },
  curves: { ...t.curves, noTarget: t.own.blank },
  game: { ...t.game, ask: t.own.ask },
})

/** null while there is nothing to look at. */
export function useRunNow(): Run | null {
  const t = usePanelText(lens),
    words = usePanelText(common)
  const format = useFormats()
  const { info, tokens, selection, select } = useInspect()
  const { embedAt, set } = useView()
  const messages = useChat((s) => s.messages)
  return useMemo(() => {
    if (!info || tokens.length === 0) return null
    const own = info.predicts === 'own'
    const views = viewTokens(tokens),
      end = messages.length ? endOf(tokens) : null
    return {
      info,
      tokens,
      views,
      t: own ? ofOwnPlace(t) : t,
      common: words,
      own,
      noParts: absentHere(info, 'contributions'),
      noDirection: absentHere(info, 'direction'),
      format,
      position: Math.min(selection.position ?? Infinity, tokens.length - 1),
      layer: embedAt === selection.layer ? -1 : Math.max(firstLayer(info), selection.layer),
      percent: (fraction: number) => format.share(fraction),
      layerName: (layer: number) => (layer < 0 ? t.embedding : `L${layer}`),
      came: (position: number) => views[position + 1]?.label ?? (end ? candidateView(end.id, end.text).label : '·'),
      choose: (layer: number, position: number) => {
        set({ embedAt: layer < 0 ? useInspect.getState().selection.layer : null })
        select(layer < 0 ? { position } : { position, layer })
      },
    }
  }, [info, tokens, selection, t, words, format, embedAt, set, select, messages])
}

/** A candidate as it is written on a chip: whitespace as signs, bytes as \xE4. */
export const candidateView = (id: number, text: string): TokenView =>
  viewTokens([{ position: 0, id, text, bytes: [], special: false, generated: false }])[0]!
