//   three matmuls of one x + rope of two of them, or of none + append  ->  one stacked matmul + rope-append
// The cache is where turned keys and values stand afterwards: nobody else keeps them.

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
    const ropes = [draft.soleSource(attention, 'q', 'rope'), draft.soleSource(i, 'k', 'rope')]
    const [ropeQ, ropeK] = ropes
    // both are turned, or neither
    if ((ropeQ === null) !== (ropeK === null)) continue
    const matmuls = [
      ropeQ === null ? draft.soleSource(attention, 'q', 'matmul') : draft.soleSource(ropeQ!, 'x', 'matmul'),
      ropeK === null ? draft.soleSource(i, 'k', 'matmul') : draft.soleSource(ropeK!, 'x', 'matmul'),
      draft.soleSource(i, 'v', 'matmul'),
    ]
    if (matmuls.some((m) => m === null)) continue
    const at = matmuls as number[]
    const turns = ropes.flatMap((r) => (r === null ? [] : [draft.steps[r!]!]))
    const turn = ({ args, params: { d, r, interleaved, sections } }: PlanStep): string =>
      [args['table'], d, r, interleaved, sections].join()
    if (new Set(turns.map(turn)).size > 1) continue
    const stacked = draft.stacked(at)
    if (!stacked) continue

    const [q, k] = turns
    const prefix = append.name.slice(0, append.name.lastIndexOf('.') + 1)
    const made: PlanStep = {
      ...append,
      name: `${prefix}rope_append`,
      op: 'rope-append',
      args: {
        qkv: stacked.args['y']!,
        ...(q && { table: q.args['table']! }),
        q: draft.steps[attention]!.args['q']!,
        kCache: cache,
        vCache: append.args['vCache']!,
      },
      params: {
        ...(q ? q.params : { r: 0, interleaved: 0, sections: 1 }),
        ...append.params,
        H: draft.steps[attention]!.params['H']!,
      },
      sized: { ...q?.sized, ...append.sized },
    }
    const gone = [...at, ...ropes.flatMap((r) => r ?? []), i]
    draft.replace(
      gone,
      [
        { at: Math.min(...at), step: stacked },
        { at: Math.max(...gone), step: made },
      ],
      [
        ...draft.movesOf(at, stacked),
        ...(q ? [{ from: { step: q.name, arg: 'x' }, to: { step: made.name, arg: 'q' } }] : []),
        ...(k
          ? [{ from: { step: k.name, arg: 'x' }, to: { step: made.name, arg: 'kCache', in: 'cache' as const } }]
          : []),
        { from: { step: append.name, arg: 'kCache' }, to: { step: made.name, arg: 'kCache' } },
        { from: { step: append.name, arg: 'vCache' }, to: { step: made.name, arg: 'vCache' } },
      ],
    )
    i = draft.steps.indexOf(made)
  }
}
