// The card of each op: which one shows it, and in which column. A new op of the outline is one line here.

import type { FC, ReactElement } from 'react'
import { AttentionCard } from './Attention.tsx'
import { CacheCard } from './Cache.tsx'
import { DistanceCard } from './Distance.tsx'
import { EmbedCard, SoftmaxCard } from './Ends.tsx'
import { GatesCard } from './Gates.tsx'
import { LabelsCard, VectorsCard } from './Given.tsx'
import { MemoryCard } from './Memory.tsx'
import type { Op, OpBox, PartBox } from './outline.ts'
import { PlainMlpCard } from './PlainMlp.tsx'
import { RopeCard } from './Rope.tsx'
import { RouterCard } from './Router.tsx'
import { StatesCard } from './States.tsx'
import { NormCard, OutCard, QkvCard, SwigluCard } from './Sums.tsx'

type Shown = FC<{ box: OpBox }>

const UnitsCard: Shown = ({ box }) =>
  box.vectors.some(({ name }) => name === 'gate') ? <SwigluCard /> : <PlainMlpCard />
const StateCards: Shown = ({ box }) => (
  <>
    <VectorsCard box={box} />
    <MemoryCard />
    <StatesCard />
  </>
)
const TurnCards: Shown = () => (
  <>
    <RopeCard />
    <DistanceCard />
  </>
)

const shown: Record<Op, [column: 0 | 1, Card: Shown]> = {
  embed: [0, EmbedCard],
  norm: [0, NormCard],
  qkv: [0, QkvCard],
  rope: [0, TurnCards],
  router: [0, RouterCard],
  swiglu: [0, UnitsCard],
  gates: [0, GatesCard],
  transform: [0, VectorsCard],
  cache: [1, CacheCard],
  attention: [1, AttentionCard],
  state: [1, StateCards],
  after: [1, NormCard],
  out: [1, OutCard],
  closing: [1, NormCard],
  softmax: [1, SoftmaxCard],
  labels: [1, LabelsCard],
  vector: [1, VectorsCard],
}

/** The cards of a part, in two columns. */
export function columns({ ops }: PartBox): [ReactElement[], ReactElement[]] {
  const of = (column: 0 | 1): ReactElement[] =>
    ops.flatMap((box) => {
      const [where, One] = shown[box.op]
      return where === column ? [<One key={box.op} box={box} />] : []
    })
  return [of(0), of(1)]
}
