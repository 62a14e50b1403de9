// The MLP of one block: down(act(up x)), or down(act(gate x) * up x).

import { activationIndex } from '../../ops/activations.ts'
import type { PlanBuilder, Value } from '../build.ts'
import type { GatedMlp, Mlp } from '../describe.ts'

export function mlp(build: PlanBuilder, name: string, m: Mlp | GatedMlp, h: Value): Value {
  const { D, F: usual } = build.plan.dims
  const F = m.F ?? usual
  const gate = m.kind === 'gated-mlp' ? build.linear(`${name}.gate`, m.gate, h, 'gate', F) : null
  const up = build.linear(`${name}.up`, m.up, h, 'up', F)
  const y = build.buffer('act', F),
    params = { F, act: activationIndex(m.act) }
  if (gate) build.step(`${name}.act`, 'glu', { gate: gate.buffer, up: up.buffer, y }, params)
  else build.step(`${name}.act`, 'activation', { x: up.buffer, y }, params)
  const act = build.site(`${name}.act`, 'y', F, gate ? [gate, up] : [up])
  return build.linear(`${name}.out`, m.down, act, 'mlpOut', D, { step: `${name}.down` })
}
