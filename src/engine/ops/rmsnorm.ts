// RMSNorm over rows of D; R rows per token (1 for block norms, heads for q and k norms). All rows have one gain, or where
// `own` is 1 each of the R has its own: gain (R, D).

import { perSubgroup, plain } from './launch.ts'
import { defineOp } from './op.ts'

export const rmsnorm = defineOp({
  name: 'rmsnorm',
  args: { x: 'read', gain: 'read', y: 'write' },
  variants: [
    perSubgroup('rmsnorm-share', 'D', ({ R }, { T }) => T * R!),
    { ...plain('rmsnorm-thread', ({ R }, { T }) => Math.ceil((T * R!) / 4)), fits: ({ kind }) => kind === 'software' },
    plain('rmsnorm', ({ R }, { T }) => T * R!),
  ],
  reference({ tensors: { x, gain, y }, params, step: { T } }) {
    const { D, R, own } = params as Record<'D' | 'R' | 'own', number>
    const eps = Math.fround(params['eps']!)
    for (let r = 0; r < T * R; r++) {
      let sum = 0
      for (let i = 0; i < D; i++) sum += x![r * D + i]! ** 2
      const scale = 1 / Math.sqrt(sum / D + eps)
      const g = own ? (r % R) * D : 0
      for (let i = 0; i < D; i++) y![r * D + i] = x![r * D + i]! * scale * gain![g + i]!
    }
  },
  cases: [
    {
      params: { D: 70, eps: 1e-5, R: 2, own: 0 },
      step: { T: 3, pos: 0, row: 0, prefix: 0 },
      sizes: { x: 420, gain: 70, y: 420 },
    },
    {
      name: 'one column',
      params: { D: 1, eps: 1e-6, R: 1, own: 0 },
      step: { T: 2, pos: 0, row: 0, prefix: 0 },
      sizes: { x: 2, gain: 1, y: 2 },
    },
    {
      name: 'three columns',
      params: { D: 3, eps: 1e-6, R: 5, own: 0 },
      step: { T: 2, pos: 0, row: 0, prefix: 0 },
      sizes: { x: 30, gain: 3, y: 30 },
    },
    {
      name: 'a row per head, of four columns',
      params: { D: 4, eps: 1e-6, R: 5, own: 0 },
      step: { T: 2, pos: 0, row: 0, prefix: 0 },
      sizes: { x: 40, gain: 4, y: 40 },
    },
    {
      name: 'tiny values: eps decides',
      params: { D: 576, eps: 1e-5, R: 1, own: 0 },
      step: { T: 2, pos: 0, row: 0, prefix: 0 },
      sizes: { x: 1152, gain: 576, y: 1152 },
      scale: 1e-8,
    },
    {
      name: 'large values',
      params: { D: 2048, eps: 1e-5, R: 1, own: 0 },
      step: { T: 2, pos: 0, row: 0, prefix: 0 },
      sizes: { x: 4096, gain: 2048, y: 4096 },
      scale: 1e4,
    },
    {
      name: 'wide',
      params: { D: 8192, eps: 1e-5, R: 1, own: 0 },
      step: { T: 1, pos: 0, row: 0, prefix: 0 },
      sizes: { x: 8192, gain: 8192, y: 8192 },
    },
    {
      name: 'a gain of its own for each of three heads',
      params: { D: 21, eps: 1e-5, R: 3, own: 1 },
      step: { T: 4, pos: 0, row: 0, prefix: 0 },
      sizes: { x: 252, gain: 63, y: 252 },
    },
    {
      name: 'a gain of its own for each of five heads',
      params: { D: 36, eps: 1e-5, R: 5, own: 1 },
      step: { T: 3, pos: 0, row: 0, prefix: 0 },
      sizes: { x: 540, gain: 180, y: 540 },
    },
  ],
})
