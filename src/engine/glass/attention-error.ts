// How far the picture of attention is from the run: P·V summed here, against what the fused kernel gave.

import { blockSite, placeOf, tensorOf } from '../model/sites.ts'
import type { ActivationCache } from './activation-cache.ts'
import { keysOf, type Kind } from './attention-sources.ts'
import { attentionTile } from './attention.ts'
import { headFactors } from './edits.ts'
import type { Replay } from './replay.ts'
import type { Edit } from './types.ts'

/** max |P·V - z| over all heads at one position, edits included. */
export async function attentionError(
  activations: ActivationCache,
  replay: () => Replay,
  edits: readonly Edit[],
  layer: number,
  position: number,
  branch: Kind = 'attn',
): Promise<number> {
  const { runner } = activations
  const { plan, context } = runner.runtime
  const { H, K, d } = plan.dims
  const z = await replay().site(blockSite(layer, `${branch}.z`), layer, position)
  const keys = keysOf(activations, layer, branch, position)
  const tile = await attentionTile(activations, {
    layer,
    branch,
    heads: Array.from({ length: H }, (_, h) => h),
    rows: [position, position + 1],
    cols: [0, keys],
    maxRows: 1,
    maxCols: keys,
  })
  const values = tensorOf(plan, placeOf(plan, blockSite(layer, `${branch}.values`)))
  const V = await runner.readMany(
    Array.from({ length: K }, (_, k) => ({ tensor: values, offset: k * context * d, count: keys * d })),
  )
  const factors = branch === 'attn' ? headFactors(edits, layer, H) : null
  let worst = 0
  for (let h = 0; h < H; h++) {
    for (let j = 0; j < d; j++) {
      let sum = 0
      for (let c = 0; c < keys; c++) {
        sum += (tile.values[h * keys + c] || 0) * V[Math.floor(h / (H / K))]![c * d + j]!
      }
      worst = Math.max(worst, Math.abs(sum * (factors?.[h] ?? 1) - z[h * d + j]!))
    }
  }
  return worst
}
