// What the mask hides: scores of keys that a query does not see, after it or outside its window. The kernel never forms them; they are
// computed here from the same rotated q and k, so that the step from raw score to mask can be seen.

import type { Glass, GlassInfo } from '../../store/inspect.ts'
import type { HeatTile } from '../../ui/Heatmap.tsx'

/** The scale that the model puts on q·k, read off its plan. */
export async function scoreScale(glass: Glass, info: GlassInfo, layer: number): Promise<number> {
  const { steps, sites } = await glass.plan()
  const made = sites[`blocks.${layer}.attn.z`]?.step
  const step = steps.find(({ name }) => name === made)
  return step?.params['scale'] ?? 1 / Math.sqrt(info.headDim)
}

export async function hiddenPairs(
  glass: Glass,
  info: GlassInfo,
  layer: number,
  head: number,
  tile: HeatTile,
): Promise<HeatTile> {
  const { rows, cols, height, width } = tile
  if (height !== rows.to - rows.from || width !== cols.to - cols.from) return tile
  const scale = await scoreScale(glass, info, layer)
  const queries: Float32Array[] = [],
    keys: Float32Array[] = []
  for (let p = rows.from; p < rows.to; p++) {
    queries.push((await glass.probe({ site: 'q_rope', layer, head, position: p })).values)
  }
  for (let p = cols.from; p < cols.to; p++) {
    keys.push((await glass.probe({ site: 'k_rope', layer, head, position: p })).values)
  }
  const values = tile.values.slice()
  for (let r = 0; r < height; r++) {
    for (let c = 0; c < width; c++) {
      if (!Number.isNaN(values[r * width + c]!)) continue
      let sum = 0
      for (let j = 0; j < info.headDim; j++) sum += queries[r]![j]! * keys[c]![j]!
      values[r * width + c] = sum * scale
    }
  }
  return { ...tile, values }
}
