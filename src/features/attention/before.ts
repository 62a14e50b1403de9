// The run without edits, to be compared with the edited one. One rerun of the text answers for as many heads as fit,
// at full resolution: looking at another head, zooming and panning then cost nothing.

import { useMemo } from 'react'
import { useInspect, type Glass } from '../../store/inspect.ts'
import { useAsk } from '../../store/ask.ts'
import type { HeatTile, TileRequest } from '../../ui/Heatmap.tsx'
import { allHeads } from './read.ts'
import { useRun } from './run.ts'
import { firstShown, pictureOf, type Sink } from './sink.ts'

/** Floats kept of all heads together: 16 MB. */
const max = 2 ** 22
/** Samples on a side of one picture. */
export const side = 1024

interface Before {
  heads: Map<string, HeatTile>
}

/** The head at hand without any edit, the whole of it; null until it is there. */
export function useBefore(
  on: boolean,
  scores: boolean,
  sink: Sink,
): { tile: HeatTile | null; error: ReturnType<typeof useAsk>['error'] } {
  const { info, layer, head } = useRun()
  const withEdits = useInspect((s) => s.withEdits)
  const each = Math.min(side, info.length) ** 2
  const all = each * info.layers * info.heads <= max,
    ofLayer = each * info.heads <= max
  const scope = all ? 'all' : ofLayer ? `layer ${layer}` : `head ${layer} ${head}`
  const question = () =>
    withEdits([], async (glass) => {
      const heads = new Map<string, HeatTile>()
      for (const l of all ? Array.from({ length: info.layers }, (_, i) => i) : [layer]) {
        for (const h of all || ofLayer ? allHeads(info) : [head]) {
          heads.set(
            `${l} ${h}`,
            await wholeHead(glass, { layer: l, head: h, scores, sink, kept: info.kept, length: info.length }),
          )
        }
      }
      return { heads }
    })
  const asked = useAsk<Before>(on ? `before ${scores} ${sink} ${scope}` : null, question, { edits: true })
  const tile = asked.data?.heads.get(`${layer} ${head}`) ?? null
  return useMemo(() => ({ tile: asked.fresh ? tile : null, error: asked.error }), [asked.fresh, tile, asked.error])
}

export interface Which {
  layer: number
  head: number
  scores: boolean
  sink: Sink
  kept: number
  length: number
}

/** One head, the whole of it. */
function wholeHead(glass: Glass, which: Which, length = which.length): Promise<HeatTile> {
  const all = { from: 0, to: length }
  return read(glass, { rows: all, cols: all, maxRows: side, maxCols: side }, which)
}

/** The asked part of the picture. Rows whose activations are gone, and the first column when it is hidden, are left out. */
export async function read(
  glass: Glass,
  { rows, cols, maxRows, maxCols }: TileRequest,
  { layer, head, scores, sink, kept, length }: Which,
): Promise<HeatTile> {
  const r: [number, number] = [Math.max(rows.from, kept), Math.min(rows.to, length)],
    c: [number, number] = [Math.max(cols.from, firstShown(sink, { length })), Math.min(cols.to, length)]
  const span = { rows: { from: r[0], to: r[1] }, cols: { from: c[0], to: c[1] } }
  if (r[1] <= r[0] || c[1] <= c[0]) return { ...span, height: 0, width: 0, values: new Float32Array(0) }
  const tile = await pictureOf(glass, sink, {
    layer,
    heads: [head],
    rows: r,
    cols: c,
    maxRows,
    maxCols,
    what: scores ? 'scores' : 'probs',
  })
  return { ...span, height: tile.rows, width: tile.cols, pool: tile.pool, values: tile.values }
}

/**
 * after - before, where both are of the same cells. A masked edge is absent now: all of its weight is gone, but
 * no score.
 */
export function difference(after: HeatTile | null, before: HeatTile | null, scores: boolean): HeatTile | null {
  if (
    !after ||
    !before ||
    after.height !== before.height ||
    after.width !== before.width ||
    JSON.stringify([after.rows, after.cols]) !== JSON.stringify([before.rows, before.cols])
  ) {
    return null
  }
  return { ...after, values: after.values.map((v, i) => (Number.isNaN(v) && !scores ? 0 : v) - before.values[i]!) }
}
