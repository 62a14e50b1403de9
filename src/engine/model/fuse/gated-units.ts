//   two matmuls of one x + glu of both  ->  one stacked matmul + glu-packed

import type { Draft } from './draft.ts'

export function gatedUnits(draft: Draft): void {
  for (let i = 0; i < draft.steps.length; i++) {
    const glu = draft.steps[i]!
    if (glu.op !== 'glu') continue
    const matmuls = [draft.soleSource(i, 'gate', 'matmul'), draft.soleSource(i, 'up', 'matmul')]
    if (matmuls.some((m) => m === null)) continue
    const at = matmuls as number[]
    const stacked = draft.stacked(at)
    if (!stacked) continue
    const made = { ...glu, op: 'glu-packed', args: { x: stacked.args['y']!, y: glu.args['y']! } }
    draft.replace(
      [...at, i],
      [
        { at: Math.min(...at), step: stacked },
        { at: i, step: made },
      ],
      [...draft.movesOf(at, stacked), { from: { step: glu.name, arg: 'y' }, to: { step: made.name, arg: 'y' } }],
    )
    i = draft.steps.indexOf(made)
  }
}
