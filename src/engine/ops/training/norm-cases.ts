// Hard cases of both norms' ways back.

import type { Case } from '../op.ts'

const normCase = (
  name: string,
  { T = 3, D, R = 1, own = 0, accumulate = 0 }: { T?: number; D: number; R?: number; own?: 0 | 1; accumulate?: 0 | 1 },
  more: Pick<Case, 'scale' | 'shift' | 'nmse'> = {},
): Case => ({
  name,
  params: { D, eps: 1e-5, R, own, accumulate },
  step: { T, pos: 0, row: 0, prefix: 0 },
  sizes: { x: T * R * D, gain: own ? R * D : D, dy: T * R * D, dx: T * R * D },
  ...more,
})

export const normCases: Case[] = [
  normCase('small', { D: 10 }),
  normCase('added', { D: 70, accumulate: 1 }),
  normCase('two rows a token, a gain of its own for each', { D: 21, R: 2, own: 1 }),
  normCase('wide', { T: 2, D: 2048 }),
  normCase('tiny values: eps decides', { D: 64 }, { scale: 1e-4 }),
  normCase('large values', { D: 64 }, { scale: 1e3 }),
]
