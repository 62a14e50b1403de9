// Attention pictures and head scores, recomputed from kept queries, key cache and log-sum-exp.

import { ABSENT } from '../ops/attention-probs.ts'
import { HEAD_STATS } from '../ops/head-stats.ts'
import type { ActivationCache } from './activation-cache.ts'
import { attentionSources } from './attention-sources.ts'
import { requireAttention, sourceLayers } from './sites.ts'
import { MAX_CELLS, type AttentionRequest, type AttentionTile, type HeadStats } from './types.ts'

/**
 * Queries and keys of one cell: as asked where that fits; else both sides give way, so that a single row or column
 * stays whole.
 */
export function poolOf(
  heads: number,
  height: number,
  width: number,
  { maxRows, maxCols }: { maxRows: number; maxCols: number },
): [number, number] {
  const side = Math.max(1, Math.floor(Math.sqrt(MAX_CELLS / heads)))
  const cols = Math.min(width, maxCols)
  const rows = Math.min(height, maxRows, Math.floor(MAX_CELLS / (heads * Math.min(cols, side))))
  return [Math.ceil(height / rows), Math.ceil(width / Math.min(cols, Math.floor(MAX_CELLS / (heads * rows))))]
}

/** Consecutive heads go into one dispatch: heads [from, to). */
async function cells(
  activations: ActivationCache,
  layer: number,
  from: number,
  to: number,
  request: Omit<AttentionRequest, 'layer' | 'heads'>,
): Promise<Omit<AttentionTile, 'heads'>> {
  const { runner } = activations
  const { branch = 'attn' } = request
  const heads = to - from
  const [r0, r1] = request.rows,
    [c0, c1] = request.cols
  const [poolR, poolC] = poolOf(heads, r1 - r0, c1 - c0, request)
  const tileRows = Math.ceil((r1 - r0) / poolR),
    tileCols = Math.ceil((c1 - c0) / poolC)
  runner.tensor('cells', MAX_CELLS)
  const sources = await attentionSources(activations, layer, branch, request.rows)
  const params = {
    ...sources.params,
    head: from,
    heads,
    r0,
    r1,
    c0,
    c1,
    tileRows,
    tileCols,
    poolR,
    poolC,
    scores: Number(request.what === 'scores'),
  }
  const ready = await runner.step(
    `probs.${sources.key}`,
    'attention-probs',
    { ...sources.args, cells: 'cells' },
    params,
    layer,
  )
  runner.runtime.setParams(ready, params)
  runner.run([ready], { T: 1, pos: 0, row: 0, prefix: 0 })
  const values = await runner.read('cells', 0, heads * tileRows * tileCols)
  for (let i = 0; i < values.length; i++) if (values[i] === ABSENT) values[i] = NaN
  return { rows: tileRows, cols: tileCols, pool: [poolR, poolC], values }
}

export async function attentionTile(activations: ActivationCache, request: AttentionRequest): Promise<AttentionTile> {
  const { heads } = request
  const from = Math.min(...heads),
    to = Math.max(...heads) + 1
  if (to - from === heads.length && heads.every((h, i) => h === from + i)) {
    return { heads, ...(await cells(activations, request.layer, from, to, request)) }
  }
  const tiles = []
  for (const h of heads) tiles.push(await cells(activations, request.layer, h, h + 1, request))
  const size = tiles[0]!.values.length
  const values = new Float32Array(size * heads.length)
  tiles.forEach((tile, i) => values.set(tile.values, i * size))
  return { ...tiles[0]!, heads, values }
}

/** All heads of a layer as size x size pictures; smaller when the text is shorter than `size`. */
export function thumbnails(
  activations: ActivationCache,
  layer: number,
  size: number,
  length: number,
): Promise<AttentionTile> {
  const kept = activations.kept(length)
  const { H } = activations.runner.runtime.plan.dims
  return attentionTile(activations, {
    layer,
    heads: Array.from({ length: H }, (_, h) => h),
    rows: [kept, length],
    cols: [0, length],
    maxRows: size,
    maxCols: size,
  })
}

/** Scores of all heads of all layers; rows from max(1, first kept): row 0 has nothing to choose from, nor has a row
 * whose every key was masked: such rows are in no mean, and a head that has only such rows scores 0. */
export async function headStats(
  activations: ActivationCache,
  text: readonly number[],
  source: readonly number[] = [],
): Promise<HeadStats> {
  const { runner } = activations
  const { plan } = runner.runtime,
    { H, layers } = plan.dims
  requireAttention(plan, 0, 'attn')
  runner.tensor('contextIds', runner.runtime.context)
  runner.tensor('headStats', runner.runtime.context * H * HEAD_STATS)
  const make = (): Float32Array => new Float32Array(layers * H)
  const out: HeadStats = {
    self: make(),
    previous: make(),
    induction: make(),
    entropy: make(),
    relativeEntropy: make(),
    distance: make(),
    distanceVariance: make(),
    sink: make(),
  }
  for (let layer = 0; layer < layers; layer++) {
    const ids = layer < sourceLayers(plan) ? source : text
    const length = ids.length,
      r0 = Math.max(1, activations.kept(length))
    const rows = Math.max(0, length - r0)
    if (rows === 0) continue
    if (layer === 0 || layer === sourceLayers(plan)) runner.write('contextIds', Uint32Array.from(ids))
    const sources = await attentionSources(activations, layer, 'attn', [r0, length])
    const params = { ...sources.params, r0, r1: length }
    const ready = await runner.step(
      `stats.${sources.key}`,
      'head-stats',
      { ...sources.args, ids: 'contextIds', stats: 'headStats' },
      params,
      layer,
    )
    runner.runtime.setParams(ready, params)
    runner.run([ready], { T: 1, pos: 0, row: 0, prefix: 0 })
    const stats = await runner.read('headStats', 0, rows * H * HEAD_STATS)
    for (let h = 0; h < H; h++) {
      const sum = new Float64Array(HEAD_STATS + 2)
      let seeing = 0
      for (let r = 0; r < rows; r++) {
        const [
          own = 0,
          previous = 0,
          induction = 0,
          earlier = 0,
          entropy = 0,
          distance = 0,
          square = 0,
          sink = 0,
          seen = 0,
        ] = stats.subarray((r * H + h) * HEAD_STATS)
        if (seen === 0) continue // every key was masked: nothing to average
        seeing++
        sum[0]! += own
        sum[1]! += previous
        sum[2]! += induction < 0.01 ? 0 : induction
        sum[3]! += earlier
        sum[4]! += entropy
        sum[5]! += seen > 1 ? entropy / Math.log(seen) : 0
        sum[6]! += distance
        sum[7]! += square
        sum[8]! += sink
      }
      if (seeing === 0) continue
      const at = layer * H + h
      out.self[at] = sum[0]! / seeing
      out.previous[at] = sum[1]! / seeing
      out.induction[at] = sum[3] ? sum[2]! / sum[3]! : 0
      out.entropy[at] = sum[4]! / seeing
      out.relativeEntropy[at] = sum[5]! / seeing
      out.distance[at] = sum[6]! / seeing
      out.distanceVariance[at] = sum[7]! / seeing - (sum[6]! / seeing) ** 2
      out.sink[at] = sum[8]! / seeing
    }
  }
  return out
}
