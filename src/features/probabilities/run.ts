// What every part of this panel needs: the run, the position looked at, the two settings, and how numbers are written.

import { createContext, useContext, useEffect, useMemo, useState } from 'react'
import { useFormats, type Formats } from '../../i18n/index.tsx'
import { glass as common } from '../../i18n/panels/glass.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { probabilities } from '../../i18n/panels/probabilities.ts'
import { answerOf } from '../../store/answer-read.ts'
import { useChat, type SamplingParams } from '../../store/index.ts'
import { useInspect, type GlassInfo, type GlassToken } from '../../store/inspect.ts'
import { blanksOf } from '../../store/rows.ts'
import { useStanding } from '../../store/standing.ts'
import { viewTokens, type TokenView } from '../../ui/tokens.ts'
import { useParams, useSettings, type Side } from './settings.ts'

export interface Run {
  info: GlassInfo
  tokens: GlassToken[]
  views: TokenView[]
  /** tokens.length = the token still to come */
  position: number
  toCome: boolean
  /** every place has odds for its own token: the text is read whole, nothing is drawn and nothing comes */
  own: boolean
  /** places of the blanks */
  blanks: number[]
  params: Record<Side, SamplingParams>
  /** index in the chat's answer, and its message; null when this position is not of it */
  place: { messageId: string; index: number; draw: number | null } | null
  /** where the answer begins; null when the run is not the chat's */
  answerFrom: number | null
  t: typeof probabilities.en
  common: typeof common.en
  format: Formats
  /** 0.83 -> 83 %, 0.0042 -> 0.42 % */
  percent: (fraction: number) => string
  go: (position: number) => void
}

const RunContext = createContext<Run | null>(null)
export const RunProvider = RunContext
export function useRun(): Run {
  const run = useContext(RunContext)
  if (!run) throw new Error('This part stands inside the probabilities panel only.')
  return run
}

export const percentIn =
  (format: Formats) =>
  (fraction: number): string => {
    const hundred = fraction * 100
    if (hundred <= 0) return '0 %'
    if (hundred < 1e-4) return '< 0.0001 %'
    return `${format.short(Number(hundred.toPrecision(hundred >= 99.95 ? 4 : hundred >= 1 ? 3 : 2)))} %`
  }

/** null while there is nothing to look at. */
export function useRunNow(): Run | null {
  const t = usePanelText(probabilities),
    words = usePanelText(common)
  const format = useFormats()
  const { info, tokens, selection, select } = useInspect()
  const { next, set } = useSettings()
  const params = useParams()
  const messages = useChat((s) => s.messages)
  const standing = useStanding((s) => s.standing)
  const [a, b] = [JSON.stringify(params.a), JSON.stringify(params.b)]
  return useMemo(() => {
    if (!info || tokens.length === 0) return null
    const own = info.predicts === 'own'
    const position = next && !own ? tokens.length : Math.min(selection.position ?? tokens.length - 1, tokens.length - 1)
    const answer = messages.length > 0 || standing ? answerOf(tokens) : null
    const index = answer ? position - answer.prompt.ids.length : -1
    const event = answer?.events[index]
    return {
      info,
      tokens,
      views: viewTokens(tokens),
      position,
      toCome: next && !own,
      own,
      blanks: blanksOf(info, tokens),
      t,
      common: words,
      format,
      percent: percentIn(format),
      params: { a: JSON.parse(a) as SamplingParams, b: JSON.parse(b) as SamplingParams },
      place: answer && event ? { messageId: answer.message.id, index, draw: event.draw } : null,
      answerFrom: answer?.prompt.ids.length ?? null,
      go(to: number) {
        set({ next: to >= tokens.length && !own })
        if (to < tokens.length) select({ position: Math.max(0, to) })
      },
    }
  }, [info, tokens, selection.position, select, next, set, messages, standing, a, b, t, words, format])
}

/** The value, once it has not changed for a while: for questions too big to ask at every step of a slider. */
export function useSettled<T>(value: T, wait = 220): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), wait)
    return () => clearTimeout(timer)
  }, [value, wait])
  return settled
}
