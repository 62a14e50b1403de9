// A mixture of experts in one block: the router scores all, the best few compute, their answers are added by what they
// were chosen for. Values of the chosen experts stand side by side, best first: (top F) of gate, up and act.

import { activationIndex } from '../../ops/activations.ts'
import type { PlanBuilder, Value } from '../build.ts'
import type { ExpertRows, Experts } from '../describe.ts'
import { mlp } from './mlp.ts'

export function experts(build: PlanBuilder, name: string, m: Experts, h: Value): Value {
  const { D } = build.plan.dims
  const { count, top, F } = m
  const file = m.files.find(({ gate }) => build.holds(gate.tensor)) ?? m.files[0]!
  const scores = build.linear(`${name}.scores`, file.router, h, 'scores', count, { role: 'router' })
  const [probs, chosen, weights] = [
    build.buffer('probs', count),
    build.buffer('chosen', top),
    build.buffer('shares', top),
  ] as [string, string, string]
  const params = { E: count, top, renorm: Number(m.renorm) }
  build.step(`${name}.route`, 'route', { scores: scores.buffer, probs, chosen, weights }, params)
  build.site(`${name}.router`, 'probs', count, [scores])
  const picked = build.site(`${name}.chosen`, 'chosen', top, [scores])
  const shares = build.site(`${name}.shares`, 'weights', top, [scores])

  const project = (step: string, site: string, rows: ExpertRows, x: Value, each: boolean, N: number): Value => {
    const K = each ? x.width / top : x.width
    const weight = build.experts(rows, count, N, K)
    const y = build.buffer(`${site}Experts`, top * N)
    const args = { x: x.buffer, chosen, weight, y }
    build.step(`${name}.${step}`, 'expert-matmul', args, { K, N, top, E: count, each: Number(each) })
    return build.site(`${name}.${site}`, 'y', top * N, [x, picked])
  }
  const gate = project('gate', 'gate', file.gate, h, false, F)
  const up = project('up', 'up', file.up, h, false, F)
  const y = build.buffer('actExperts', top * F)
  build.step(`${name}.act`, 'glu', { gate: gate.buffer, up: up.buffer, y }, { F: top * F, act: activationIndex(m.act) })
  const act = build.site(`${name}.act`, 'y', top * F, [gate, up])
  const answers = project('down', 'answers', file.down, act, true, D)
  const out = build.buffer('expertsOut', D)
  build.step(`${name}.combine`, 'combine', { y: answers.buffer, weights, out }, { D, top })
  if (!m.shared) return build.site(`${name}.out`, 'out', D, [answers, shares])

  const chosenOut = build.site(`${name}.chosen_out`, 'out', D, [answers, shares])
  const shared = mlp(build, `${name}.shared`, m.shared, h)
  const opens = m.shared.opens && build.linear(`${name}.shared.gate_score`, m.shared.opens, h, 'opens', 1)
  const step = `${name}.shared.add`
  if (opens) build.step(step, 'add-gated', { x: out, gate: opens.buffer, delta: shared.buffer }, { D })
  else build.step(step, 'add', { x: out, delta: shared.buffer }, { D, by: 1 })
  return build.site(`${name}.out`, 'x', D, [chosenOut, shared, ...(opens ? [opens] : [])])
}
