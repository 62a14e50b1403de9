// One step of AdamW (Loshchilov & Hutter 2019, arXiv 1711.05101) on N numbers from `at` on of all that learn, in one launch; `rates` are the numbers of this step, with the corrections of the moments, which the host computes in f64:
// lr, beta1, beta2, eps, decay, clip (0: none), 1 - beta1^step, 1 - beta2^step.

import { perElement, plain } from '../launch.ts'
import { defineOp, type Case } from '../op.ts'

const words = (values: number[]) => (): Uint32Array => new Uint32Array(Float32Array.from(values).buffer)

const adamwCase = (
  name: string,
  norm: [number, number],
  clip: number,
  decays: 0 | 1,
  more: Partial<Case> = {},
): Case => ({
  name,
  params: { N: 70, at: 64, decays },
  step: { T: 1, pos: 0, row: 0, prefix: 0 },
  sizes: { g: 134, w: 134, m: 134, v: 134 },
  words: { norm: words(norm), rates: words([5e-3, 0.9, 0.99, 1e-8, 0.1, clip, 0.1, 0.01]) },
  shift: 1.5, // second moments are never negative
  ...more,
})

export const adamw = defineOp({
  name: 'adamw',
  args: { g: 'read', norm: 'read', rates: 'read', w: 'update', m: 'update', v: 'update' },
  variants: [
    {
      ...plain(
        'training/adamw',
        perElement(({ N }) => N!),
      ),
      name: 'adamw',
    },
  ],
  reference({ tensors: { g, norm, rates, w, m, v }, params }) {
    const { N, at, decays } = params as Record<'N' | 'at' | 'decays', number>
    const [lr, b1, b2, eps, decay, most, fix1, fix2] = rates! as unknown as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ]
    if (norm![1]! > 0) return
    const clip = most > 0 ? Math.min(1, most / (norm![0]! + 1e-6)) : 1
    for (let i = 0; i < N; i++) {
      const slope = clip * g![at + i]!
      m![at + i] = b1 * m![at + i]! + (1 - b1) * slope
      v![at + i] = b2 * v![at + i]! + (1 - b2) * slope * slope
      w![at + i] =
        w![at + i]! * (1 - lr * (decays ? decay : 0)) -
        (lr * (m![at + i]! / fix1)) / (Math.sqrt(v![at + i]! / fix2) + eps)
    }
  },
  cases: [
    adamwCase('as it is', [12, 0], 0, 0),
    adamwCase('clipped, with decay', [12, 0], 0.5, 1),
    adamwCase('shorter than the clip', [0.2, 0], 0.5, 1),
    adamwCase('more numbers than a part has', [12, 0], 0.5, 1, {
      params: { N: 8200, at: 64, decays: 1 },
      sizes: { g: 8264, w: 8264, m: 8264, v: 8264 },
    }),
    adamwCase('not finite: nothing changes', [3, 1], 0.5, 1),
  ],
})
