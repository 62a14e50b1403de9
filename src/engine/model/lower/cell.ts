// A recurrent layer in one block. Its state of every position stands in the cache, as keys and values do; H is D.

import { gatesOf } from '../../ops/recurrent-cell.ts'
import type { PlanBuilder, Value } from '../build.ts'
import type { Cell } from '../describe.ts'

export function cell(build: PlanBuilder, name: string, c: Cell, x: Value): Value {
  const { D: H } = build.plan.dims
  const gates = gatesOf[c.cell]
  const width = gates * H
  const input = build.linear(`${name}.input`, c.input, x, 'input', width)
  const state = `state.${build.layer}`
  build.plan.caches[state] = { layer: build.layer, kvHeads: gates === 4 ? 2 : 1, headDim: H }
  const weight = build.weight(c.hidden, width, H, 'linear')
  const bias = build.bias(c.hidden, width)
  build.step(
    `${name}.out`,
    'recurrent-cell',
    {
      x: input.buffer,
      weight,
      ...(bias && { bias }),
      state,
      gates: build.buffer('gates', width),
      y: build.buffer(`y.${build.layer}`, H),
    },
    { H, gates, hasBias: Number(bias !== null) },
    { sized: { C: 'context' } },
  )
  const seen = build.site(`${name}.gates`, 'gates', width, [input], { heads: gates })
  build.site(`${name}.state`, 'state', (gates === 4 ? 2 : 1) * H, [seen], { in: 'cache' })
  return build.site(`${name}.out`, 'y', H, [seen])
}
