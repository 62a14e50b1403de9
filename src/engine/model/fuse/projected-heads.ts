//   three matmuls of one x + norms of two of them, or of none + rope of these, or of none + append
//     ->  one stacked matmul + norm-heads, where there are norms + rope-append
// The cache is where turned keys and values stand afterwards: nobody else keeps them. Norms stay a step, in place: what is
// looked at before them is copied before they run.

import { normKinds } from '../../ops/matmul/fused.ts'
import { readersOf } from '../flow.ts'
import type { PlanStep } from '../plan.ts'
import type { Draft } from './draft.ts'

export function projectedHeads(draft: Draft): void {
  for (let i = 0; i < draft.steps.length; i++) {
    const append = draft.steps[i]!
    if (append.op !== 'append') continue
    const cache = append.args['kCache']!
    const attention = readersOf(draft.steps, cache, i)[0]
    if (attention === undefined || draft.steps[attention]!.op !== 'attention') continue
    const [q, k] = [pathTo(draft, attention, 'q'), pathTo(draft, i, 'k')]
    // both are normed and turned, or neither
    if ((q.rope === null) !== (k.rope === null) || (q.norm === null) !== (k.norm === null)) continue
    const matmuls = [q.matmul, k.matmul, draft.soleSource(i, 'v', 'matmul')]
    if (matmuls.some((m) => m === null)) continue
    const at = matmuls as number[]
    const stepsAt = (list: (number | null)[]): PlanStep[] => list.flatMap((n) => (n === null ? [] : [draft.steps[n]!]))
    const turns = stepsAt([q.rope, k.rope]),
      norms = stepsAt([q.norm, k.norm])
    if (
      !alike(turns, ({ args, params: { d, r, interleaved, sections } }) => [args['table'], d, r, interleaved, sections])
    ) {
      continue
    }
    if (!alike(norms, ({ op, params: { eps, own, hasBias = 0 } }) => [op, eps, own, hasBias])) continue
    const stacked = draft.stacked(at)
    if (!stacked) continue

    const [turnQ, turnK] = turns
    const prefix = append.name.slice(0, append.name.lastIndexOf('.') + 1)
    const norm = norms.length > 0 ? normHeads(`${prefix}qk_norm`, norms as [PlanStep, PlanStep], stacked) : null
    const made: PlanStep = {
      ...append,
      name: `${prefix}rope_append`,
      op: 'rope-append',
      args: {
        qkv: stacked.args['y']!,
        ...(turnQ && { table: turnQ.args['table']! }),
        q: draft.steps[attention]!.args['q']!,
        kCache: cache,
        vCache: append.args['vCache']!,
      },
      params: {
        ...(turnQ ? turnQ.params : { r: 0, interleaved: 0, sections: 1 }),
        ...append.params,
        H: draft.steps[attention]!.params['H']!,
      },
      sized: { ...turnQ?.sized, ...append.sized },
    }
    const gone = [...at, ...[q.norm, k.norm, q.rope, k.rope].flatMap((n) => n ?? []), i]
    draft.replace(
      gone,
      [
        { at: Math.min(...at), step: stacked },
        ...(norm ? [{ at: Math.max(...gone), step: norm }] : []),
        { at: Math.max(...gone), step: made },
      ],
      [
        ...draft.movesOf(at, stacked),
        ...norms.map(({ name }, n) => ({
          from: { step: name, arg: 'y' },
          to: { step: norm!.name, arg: 'x' },
          by: n * norm!.params['RQ']! * norm!.params['DQ']!,
        })),
        ...(turnQ ? [{ from: { step: turnQ.name, arg: 'x' }, to: { step: made.name, arg: 'q' } }] : []),
        ...(turnK
          ? [{ from: { step: turnK.name, arg: 'x' }, to: { step: made.name, arg: 'kCache', in: 'cache' as const } }]
          : []),
        { from: { step: append.name, arg: 'kCache' }, to: { step: made.name, arg: 'kCache' } },
        { from: { step: append.name, arg: 'vCache' }, to: { step: made.name, arg: 'vCache' } },
      ],
    )
    i = draft.steps.indexOf(made)
  }
}

/** What stands before an argument: a matmul, a norm of what it gives, a turn of that in place; null where there is none. */
function pathTo(draft: Draft, reader: number, arg: string): Record<'matmul' | 'norm' | 'rope', number | null> {
  const rope = draft.soleSource(reader, arg, 'rope')
  const source = (op: string): number | null =>
    rope === null ? draft.soleSource(reader, arg, op) : draft.soleSource(rope, 'x', op)
  const norm = source('rmsnorm') ?? source('layernorm')
  return { rope, norm, matmul: norm === null ? source('matmul') : draft.soleSource(norm, 'x', 'matmul') }
}

const alike = (steps: readonly PlanStep[], by: (step: PlanStep) => (string | number | undefined)[]): boolean =>
  new Set(steps.map((step) => by(step).join())).size <= 1

/** Norms of queries and keys, each of a buffer of its own, as one of both in the row of the stacked matmul. */
function normHeads(name: string, [q, k]: readonly [PlanStep, PlanStep], stacked: PlanStep): PlanStep {
  const { eps, own, hasBias = 0 } = q.params
  return {
    ...q,
    name,
    op: 'norm-heads',
    args: {
      x: stacked.args['y']!,
      qGain: q.args['gain']!,
      kGain: k.args['gain']!,
      ...(hasBias && { qBias: q.args['bias']!, kBias: k.args['bias']! }),
    },
    params: {
      ...{ N: stacked.params['N']!, RQ: q.params['R']!, DQ: q.params['D']!, RK: k.params['R']!, DK: k.params['D']! },
      ...{ norm: normKinds[q.op as 'rmsnorm' | 'layernorm'], eps: eps!, own: own!, hasBias },
    },
  }
}
