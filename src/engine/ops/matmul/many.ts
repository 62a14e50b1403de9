// matmul of many rows: the tokens of a prompt, all at once.

import type { Variant } from '../op.ts'
import { inRuns, tiles } from './layout.ts'

const many: Variant['accepts'] = ({ T }) => T > 4

/** The first that fits is taken. */
export const manyRows: Variant[] = [
  {
    name: 'matmul-tokens',
    accepts: many,
    fits: (context) => context.kind === 'software' && inRuns(context),
    passes: () => [{ shader: 'matmul-tokens', workgroups: ({ N }, { T }) => tiles(T, 8) * tiles(N!, 32) }],
  },
  {
    name: 'matmul-tile',
    accepts: many,
    fits: (context) => context.kind === 'gpu' && inRuns(context),
    passes: () => [{ shader: 'matmul-tile', workgroups: ({ N }, { T }) => tiles(T, 32) * tiles(N!, 64) }],
  },
]
