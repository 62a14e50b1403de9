// matmul of few rows: a token being decoded, or up to eight beside each other.
//
// Where WGSL runs on a CPU a load costs as much as fifteen multiplications: there rows lie in lanes and x is spread over the
// subgroup (shaders/lib/spread.wgsl), or NF4's bytes are looked up in a table, or rows are whole. On a GPU lanes share a row
// (shaders/lib/lanes.wgsl). Several tokens are columns inside one kernel, which reads and decodes every weight once for them.

import { quantOf } from '../../quants/weight.ts'
import type { Params, Variant, VariantContext } from '../op.ts'
import { inRuns, lanesFor, lanesOf, tiles } from './layout.ts'

/** Not where every column names its scale: gathering those is all the work, and eight rows' of it take long to compile. */
const spreads = (context: VariantContext): boolean => inRuns(context) && !quantOf(context.format!).ordered

/** Are NF4's bytes looked up in a table that is made for every x? It pays where there are many rows. */
const hasTable = ({ params, format }: VariantContext): boolean => !!quantOf(format!).bytePairs && params['N']! >= 256

const one: Variant['accepts'] = ({ T }) => T === 1
const four: Variant['accepts'] = ({ T }) => T <= 4
const upToEight: Variant['accepts'] = ({ T }) => T >= 2 && T <= 8

/** Rows in the lanes of subgroups, of eight or more, or of four. */
function spread(name: string, span: 8 | 4, columns: 1 | 4): Variant {
  return {
    name,
    accepts: columns === 1 ? one : upToEight,
    fits(context) {
      if (!spreads(context) || lanesOf(context) < span) return false
      // a GPU's lanes read whole rows far apart: worth a try where there are very many
      if (context.kind === 'gpu') return span === 8 && columns === 1 && context.params['N']! >= 16384
      return span === 8 || (lanesOf(context) < 8 && !(columns === 1 && hasTable(context)))
    },
    passes({ kind }) {
      const threads = kind === 'gpu' ? 64 : 16
      // of rows, for every thread: as many as pay, and compile in a second
      const pairs = span === 8 ? 1 : columns === 1 ? 4 : 2
      return [
        {
          shader: name,
          spread: true,
          overrides: { threads, pairs },
          workgroups: ({ N }, { T }) => tiles(T, columns) * tiles(N!, 2 * pairs * threads),
        },
      ]
    },
  }
}

/**
 * Lanes that share a row, whose sums are added by shuffles or by a tree.
 * @param perRow how many; a power of two
 */
function lanes(
  shader: string,
  by: 'shuffle' | 'tree',
  columns: 1 | 4,
  perRow = ({ K }: Params): number => lanesFor(K!, columns),
): Variant {
  return {
    name: columns === 1 ? shader : `${shader}-few`,
    accepts: columns === 1 ? one : upToEight,
    fits: (context) =>
      context.kind === 'gpu' && inRuns(context) && (by === 'tree' || perRow(context.params) <= lanesOf(context)),
    passes({ params }) {
      const count = perRow(params)
      return [
        {
          shader,
          staged: true,
          overrides: { lanes: count, columns },
          workgroups: ({ N }, { T }) => tiles(T, columns) * tiles(N!, 256 / count),
        },
      ]
    },
  }
}

/** Kernels of one token, where so many lanes share a row. */
export const lanesOfOneRow = (perRow: (params: Params) => number): Variant[] => [
  lanes('matmul-lanes-shuffle', 'shuffle', 1, perRow),
  lanes('matmul-lanes', 'tree', 1, perRow),
]

/** The first that fits and accepts is taken. */
export const fewRows: Variant[] = [
  spread('matmul-spread', 8, 1),
  spread('matmul-spread-few', 8, 4),
  spread('matmul-spread4-few', 4, 4),
  {
    name: 'matmul-pairs',
    accepts: four,
    fits: (context) => context.kind === 'software' && lanesOf(context) < 8 && inRuns(context) && hasTable(context),
    passes: () => [
      { shader: 'matmul-pairs-table', workgroups: ({ K }, { T }) => tiles(T * K! * 8, 64) },
      { shader: 'matmul-pairs', workgroups: ({ N }, { T }) => T * tiles(N!, 16) },
    ],
    scratchBytes: ({ K }, maxT) => Math.min(maxT, 4) * K! * 512,
  },
  spread('matmul-spread4', 4, 1),
  {
    name: 'matmul-rows',
    accepts: four,
    fits: (context) => context.kind === 'software' && inRuns(context) && !(spreads(context) && lanesOf(context) >= 4),
    passes: () => [{ shader: 'matmul-rows', workgroups: ({ N }, { T }) => T * tiles(N!, 32) }],
  },
  lanes('matmul-lanes-shuffle', 'shuffle', 1),
  lanes('matmul-lanes-shuffle', 'shuffle', 4),
  lanes('matmul-lanes', 'tree', 1),
  lanes('matmul-lanes', 'tree', 4),
]
