// matmul of few rows: a token being decoded, or a few beside each other.

import { quantOf } from '../../quants/weight.ts'
import type { Variant } from '../op.ts'
import { inRuns, lanesFor, tiles } from './layout.ts'

const few: Variant['accepts'] = ({ T }) => T <= 4

/** The first that fits is taken. */
export const fewRows: Variant[] = [
  {
    name: 'matmul-pairs',
    accepts: few,
    fits: (context) =>
      context.kind === 'software' &&
      inRuns(context) &&
      !!quantOf(context.format!).bytePairs &&
      context.params['N']! >= 256,
    passes: () => [
      { shader: 'matmul-pairs-table', workgroups: ({ K }, { T }) => tiles(T * K! * 8, 64) },
      { shader: 'matmul-pairs', workgroups: ({ N }, { T }) => T * tiles(N!, 16) },
    ],
    scratchBytes: ({ K }, maxT) => Math.min(maxT, 4) * K! * 512,
  },
  {
    name: 'matmul-rows',
    accepts: few,
    fits: (context) => context.kind === 'software' && inRuns(context),
    passes: () => [{ shader: 'matmul-rows', workgroups: ({ N }, { T }) => T * tiles(N!, 32) }],
  },
  {
    name: 'matmul-lanes',
    accepts: few,
    fits: (context) => context.kind === 'gpu' && inRuns(context),
    passes: ({ params }) => {
      const lanes = lanesFor(params['K']!)
      return [
        {
          shader: 'matmul-lanes',
          staged: true,
          overrides: { lanes },
          workgroups: ({ N }, { T }) => T * tiles(N!, 256 / lanes),
        },
      ]
    },
  },
]
