// Attention as the edited model had it. The Glass recomputes weights from q, k and log-sum-exp; a look that an edit
// cut was never part of that sum, so it must not be drawn. Cut looks become absent here, also inside pooled cells.

import type { AttentionRequest, AttentionTile, Edit, Glass } from '../../store/inspect.ts'

/** Cut rectangles of one head: queries and keys as [from, to). */
interface Cut { queries: [number, number]; keys: [number, number] }

export function cutsOf(edits: readonly Edit[], layer: number, head: number): Cut[] {
  return edits.flatMap((e): Cut[] => {
    if (e.kind === 'drop') return [{ queries: [e.keys[1], Infinity], keys: e.keys }]
    if (e.kind !== 'cut' || (e.layer !== -1 && e.layer !== layer) || (e.head !== -1 && e.head !== head)) return []
    return [{ queries: e.queries, keys: e.keys }]
  })
}

const isCut = (cuts: readonly Cut[], row: number, col: number): boolean =>
  cuts.some(({ queries, keys }) => row >= queries[0] && row < queries[1] && col >= keys[0] && col < keys[1])

/** Largest of a pooled cell without what is cut; NaN when nothing is left. `at` reads a weight at full resolution. */
export function pooledMax(cuts: readonly Cut[], rows: [number, number], cols: [number, number], at: (row: number, col: number) => number): number {
  let best = NaN
  for (let r = rows[0]; r < rows[1]; r++) {
    for (let c = cols[0]; c < cols[1]; c++) {
      const v = at(r, c)
      if (!Number.isNaN(v) && !isCut(cuts, r, c) && !(v <= best)) best = v
    }
  }
  return best
}

/** Like glass.attention, without what is cut. */
export async function attentionTile(glass: Glass, request: AttentionRequest): Promise<AttentionTile> {
  const { edits } = await glass.info()
  const tile = await glass.attention(request)
  if (!edits.some((e) => e.kind === 'cut' || e.kind === 'drop')) return tile
  const { rows, cols, pool: [pr, pc], values } = tile
  for (const [n, head] of tile.heads.entries()) {
    const cuts = cutsOf(edits, request.layer, head)
    for (let a = 0; a < rows && cuts.length; a++) {
      const r: [number, number] = [request.rows[0] + a * pr, Math.min(request.rows[1], request.rows[0] + (a + 1) * pr)]
      for (let b = 0; b < cols; b++) {
        const c: [number, number] = [request.cols[0] + b * pc, Math.min(request.cols[1], request.cols[0] + (b + 1) * pc)]
        const at = (n * rows + a) * cols + b
        if (Number.isNaN(values[at]!) || !cuts.some(({ queries, keys }) => queries[0] < r[1] && queries[1] > r[0] && keys[0] < c[1] && keys[1] > c[0])) continue
        if (pr === 1 && pc === 1) { values[at] = NaN; continue }
        const fine = await glass.attention({ ...request, heads: [head], rows: r, cols: c, maxRows: r[1] - r[0], maxCols: c[1] - c[0] })
        values[at] = pooledMax(cuts, r, c, (row, col) => fine.values[(row - r[0]) * fine.cols + col - c[0]]!)
      }
    }
  }
  return tile
}
