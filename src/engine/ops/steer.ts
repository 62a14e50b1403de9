// Edits of the residual stream: add a direction, ablate it, or put another run's residual in its place.

import { perElement, plain } from './launch.ts'
import { defineOp, type Case } from './op.ts'

export const steerModes = { add: 0, ablate: 1, patch: 2 } as const

const steerCase = (
  name: string,
  D: number,
  T: number,
  pos: number,
  first: number,
  end: number,
  mode: number,
  factor = 0.75,
): Case => ({
  name,
  params: { D, first, end, mode, factor },
  step: { T, pos, row: 0, prefix: 0 },
  sizes: { x: T * D, vector: D },
})

export const steer = defineOp({
  name: 'steer',
  oneText: true,
  args: { x: 'update', vector: 'read' },
  variants: [
    plain(
      'steer',
      perElement((_, { T }) => T),
    ),
  ],
  reference({ tensors: { x, vector }, params, step: { T, pos } }) {
    const { D, first, end, mode, factor } = params as Record<'D' | 'first' | 'end' | 'mode' | 'factor', number>
    const square = vector!.reduce((sum, v) => sum + v * v, 0)
    for (let t = Math.max(0, first - pos); t < Math.min(T, end - pos); t++) {
      const row = x!.subarray(t * D, (t + 1) * D)
      const along = row.reduce((sum, v, i) => sum + v * vector![i]!, 0)
      for (let i = 0; i < D; i++) {
        const v = vector![i]!,
          f = Math.fround(factor)
        row[i] =
          mode === steerModes.add
            ? row[i]! + f * v
            : mode === steerModes.ablate
              ? row[i]! - ((f * along) / square) * v
              : v
      }
    }
  },
  cases: [
    steerCase('add', 8, 3, 2, 3, 5, steerModes.add),
    steerCase('ablate', 33, 4, 0, 1, 9, steerModes.ablate, 1),
    steerCase('ablate half of it', 20, 3, 4, 0, 99, steerModes.ablate, 0.5),
    steerCase('patch one row', 10, 5, 7, 9, 10, steerModes.patch),
  ],
})
