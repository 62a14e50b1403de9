// matmul of many rows: the tokens of a prompt, all at once.
//
// The order is what a device takes unless it has measured them: on GPUs x through workgroup memory, on CPUs x through
// broadcasts, where there are any.

import { quantOf } from '../../quants/weight.ts'
import type { Pass, StepValues, Variant, VariantContext } from '../op.ts'
import { inRuns, lanesOf, tiles } from './layout.ts'

const many: Variant['accepts'] = ({ T }) => T > 8

const isOrdered = (format: VariantContext['format']): boolean => format !== null && !!quantOf(format).ordered

/** A launch of a kernel whose tiles are so many tokens, and so many rows of W per thread. */
const tiled = (shader: string, threads: number, rows: number, tokens = 16): Pass => ({
  shader,
  overrides: { threads, rows, ...(tokens === 16 ? {} : { tokens }) },
  workgroups: ({ N }, { T }) => tiles(T, tokens) * tiles(N!, threads * rows),
})

/** So few outputs that a GPU would not have work for all its cores in tiles of four rows per thread. */
const thin = ({ T }: StepValues, { N }: Record<string, number>): boolean => N! * T < 200_000

/** Does a tile of 32 tokens cost less than two of 16, although it may be less full? It takes 1.7 times as long. */
const full32 = (T: number): boolean => tiles(T, 32) * 1.7 <= tiles(T, 16)

/** The first that fits is taken. */
export const manyRows: Variant[] = [
  {
    name: 'matmul-wide-thin',
    accepts: (step, params) => many(step, params) && thin(step, params),
    fits: (context) => context.kind === 'gpu' && inRuns(context),
    passes: () => [tiled('matmul-wide', 64, 1)],
  },
  {
    name: 'matmul-wide',
    accepts: many,
    fits: (context) => context.kind === 'gpu' && inRuns(context),
    passes: () => [tiled('matmul-wide', 64, 4)],
  },
  {
    name: 'matmul-share',
    accepts: many,
    fits: (context) => lanesOf(context) >= 8 && inRuns(context),
    // gathering a scale for every column takes long to compile
    passes: ({ kind, format }) => [tiled('matmul-share', kind === 'gpu' ? 64 : 16, isOrdered(format) ? 2 : 4)],
  },
  {
    name: 'matmul-quads32',
    accepts: ({ T }) => T > 8 && full32(T),
    // where it does not fit into so many tokens, matmul-quads must be what runs: the same sums in the same order
    fits: (context) => context.kind === 'software' && lanesOf(context) >= 4 && lanesOf(context) < 8 && inRuns(context),
    passes: () => [tiled('matmul-quads', 16, 8, 32)],
  },
  {
    name: 'matmul-quads',
    accepts: many,
    fits: (context) => lanesOf(context) >= 4 && lanesOf(context) < 8 && inRuns(context),
    passes: ({ kind }) => [tiled('matmul-quads', kind === 'gpu' ? 64 : 16, 8)],
  },
  {
    name: 'matmul-tokens',
    accepts: ({ T }) => T > 4,
    // where lanes share x they do for all but what few.ts leaves out
    fits: (context) =>
      context.kind === 'software' && inRuns(context) && (lanesOf(context) < 4 || isOrdered(context.format)),
    passes: () => [{ shader: 'matmul-tokens', workgroups: ({ N }, { T }) => tiles(T, 8) * tiles(N!, 32) }],
  },
  {
    name: 'matmul-tile',
    accepts: ({ T }) => T > 4,
    fits: (context) => context.kind === 'gpu' && inRuns(context),
    passes: () => [{ shader: 'matmul-tile', workgroups: ({ N }, { T }) => tiles(T, 32) * tiles(N!, 64) }],
  },
]
