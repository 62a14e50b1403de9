// What every part of this panel needs of the present run: the run itself, its words, and how numbers are written.

import { createContext, useContext, useMemo } from 'react'
import { useFormats, type Formats } from '../../i18n/index.tsx'
import { glass as common } from '../../i18n/panels/glass.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { inside } from '../../i18n/panels/inside.ts'
import { useAsk } from '../../store/ask.ts'
import { useInspect, type GlassInfo, type GlassToken, type PlanInfo } from '../../store/inspect.ts'
import { viewTokens, type TokenView } from '../../ui/tokens.ts'
import {
  boxOf,
  opOf,
  outlineOf,
  placeIn,
  type Op,
  type OpBox,
  type Outline,
  type Part,
  type PartBox,
} from './outline.ts'
import { useView } from './view.ts'
import { worldOf, type World } from './world.ts'

export interface Run {
  /** in a layer of an encoder–decoder's encoder: its length is the source's */
  info: GlassInfo
  /** of the text, or, in such a layer, of the source */
  tokens: GlassToken[]
  views: TokenView[]
  position: number
  /** what cross-attention looks at */
  source: { tokens: GlassToken[]; views: TokenView[] }
  /** the position that a layer is shown at */
  positionOf: (layer: number) => number
  pick: (position: number) => void
  outline: Outline
  world: World
  /** where one stands, in this model */
  part: Part
  op: Op
  partBox: PartBox
  box: OpBox
  layer: number
  head: number
  t: typeof inside.en
  common: typeof common.en
  format: Formats
  plan: PlanInfo
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
  const { info: whole, tokens: text, selection, select } = useInspect()
  const view = useView()
  // a plan that was told of another model is not this one's
  const asked = useAsk(`plan ${whole?.model}`, async (glass) => ({ of: whole?.model, plan: await glass.plan() })).data
  const plan = asked && asked.of === whole?.model && asked.plan.blocks.length === whole?.layers ? asked.plan : null
  const { part: wanted, op: wantedOp, sourceAt, set } = view
  return useMemo(() => {
    if (!whole || !plan || text.length === 0) return null
    const outline = outlineOf(plan)
    const { part, layer, op } = placeIn(outline, { part: wanted, layer: selection.layer, op: wantedOp })
    const partBox = boxOf(outline, part, layer)!
    const read = (whole.encoder?.tokens ?? []).map((token, position): GlassToken => ({
      ...text[0]!,
      bytes: [],
      generated: false,
      ...token,
      position,
    }))
    const source = { tokens: read, views: viewTokens(read) }
    const here = Math.min(selection.position ?? Infinity, text.length - 1),
      there = Math.min(sourceAt ?? Infinity, read.length - 1)
    const reads = partBox.side === 'source'
    return {
      info: reads ? { ...whole, length: read.length, kept: 0 } : whole,
      tokens: reads ? read : text,
      views: reads ? source.views : viewTokens(text),
      source,
      position: reads ? there : here,
      positionOf: (l) => (l < outline.sourceLayers ? there : here),
      pick: (position) => (reads ? set({ sourceAt: position }) : select({ position })),
      outline,
      world: worldOf(outline),
      part,
      op,
      partBox,
      box: opOf(partBox, op)!,
      t,
      common: words,
      format,
      plan,
      layer,
      head: selection.head,
    }
  }, [whole, text, selection, select, wanted, wantedOp, sourceAt, set, t, words, format, plan])
}

/** Four digits, a true minus, and no long tails of zeros: 0.04121, −3.208, 1.2e-5. */
export function num(v: number): string {
  const size = Math.abs(v)
  const text = v === 0 ? '0' : size < 1e-3 || size >= 1e5 ? v.toExponential(2) : v.toPrecision(4)
  return text.replace(/-/g, '−')
}
