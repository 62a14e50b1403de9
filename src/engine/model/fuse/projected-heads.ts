//   three matmuls of one x + rope of two of them + append  ->  one stacked matmul + rope-append
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
    if (ropeQ == null || ropeK == null) continue
    const matmuls = [
      draft.soleSource(ropeQ, 'x', 'matmul'),
      draft.soleSource(ropeK, 'x', 'matmul'),
      draft.soleSource(i, 'v', 'matmul'),
    ]
    if (matmuls.some((m) => m === null)) continue
    const at = matmuls as number[]
    const [q, k] = [draft.steps[ropeQ]!, draft.steps[ropeK]!]
    const turn = ({ args, params: { d, r, interleaved, sections } }: PlanStep): string =>
      [args['table'], d, r, interleaved, sections].join()
    if (turn(q) !== turn(k)) continue
    const stacked = draft.stacked(at)
    if (!stacked) continue

    const last = Math.max(ropeQ, i)
    const prefix = append.name.slice(0, append.name.lastIndexOf('.') + 1)
    const made: PlanStep = {
      ...append,
      name: `${prefix}rope_append`,
      op: 'rope-append',
      args: {
        qkv: stacked.args['y']!,
        table: q.args['table']!,
        q: q.args['x']!,
        kCache: cache,
        vCache: append.args['vCache']!,
      },
      params: { ...q.params, ...append.params, H: q.params['H']! },
      sized: { ...q.sized, ...append.sized },
    }
    draft.replace(
      [...at, ropeQ, ropeK, i],
      [
        { at: Math.min(...at), step: stacked },
        { at: last, step: made },
      ],
      [
        ...draft.movesOf(at, stacked),
        { from: { step: q.name, arg: 'x' }, to: { step: made.name, arg: 'q' } },
        { from: { step: k.name, arg: 'x' }, to: { step: made.name, arg: 'kCache', in: 'cache' } },
        { from: { step: append.name, arg: 'kCache' }, to: { step: made.name, arg: 'kCache' } },
        { from: { step: append.name, arg: 'vCache' }, to: { step: made.name, arg: 'vCache' } },
      ],
    )
    i = draft.steps.indexOf(made)
  }
}
