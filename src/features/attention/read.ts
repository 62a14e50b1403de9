// Questions to the Glass in the sizes this panel needs: rows and squares at full resolution, however long the text
// is (a single answer is pooled beyond its cell limit), and the flow through the layers.

import type { Glass, GlassInfo } from '../../store/inspect.ts'
import { gain, type Sink } from './sink.ts'

/** Cells that one answer may hold without being pooled, all heads together. */
const cells = 2 ** 20

/** (heads, rows, cols) of these heads, cell by cell. rows and cols are [from, to). */
export async function exact(
  glass: Glass,
  layer: number,
  heads: readonly number[],
  rows: [number, number],
  cols: [number, number],
  what: 'probs' | 'scores' = 'probs',
): Promise<Float32Array> {
  const side = Math.floor(Math.sqrt(cells / heads.length))
  const height = rows[1] - rows[0],
    width = cols[1] - cols[0]
  const out = new Float32Array(heads.length * height * width)
  for (let r = rows[0]; r < rows[1]; r += side) {
    for (let c = cols[0]; c < cols[1]; c += side) {
      const to = Math.min(rows[1], r + side),
        end = Math.min(cols[1], c + side)
      const tile = await glass.attention({
        layer,
        heads: [...heads],
        rows: [r, to],
        cols: [c, end],
        maxRows: side,
        maxCols: side,
        what,
      })
      for (let h = 0; h < heads.length; h++) {
        for (let i = 0; i < to - r; i++) {
          const at = (h * tile.rows + i) * tile.cols
          out.set(tile.values.subarray(at, at + tile.cols), (h * height + r - rows[0] + i) * width + c - cols[0])
        }
      }
    }
  }
  return out
}

export const allHeads = (info: GlassInfo): number[] => Array.from({ length: info.heads }, (_, h) => h)

/** Where every head looks from one position: (heads, end), keys [0, end) being in sight. */
export const rowsAt = (
  glass: Glass,
  info: GlassInfo,
  layer: number,
  position: number,
  end = position + 1,
): Promise<Float32Array> => exact(glass, layer, allHeads(info), [position, position + 1], [0, end])

/** One query-key pair before and after RoPE: what each dimension adds to the score. */
export interface Pair {
  q: Float32Array
  k: Float32Array
  product: Float32Array
  sum: number
  score: number
}
export async function pair(
  glass: Glass,
  info: GlassInfo,
  layer: number,
  head: number,
  query: number,
  key: number,
  rotated: boolean,
): Promise<Pair> {
  const q = (await glass.probe({ site: rotated ? 'q_rope' : 'q', layer, head, position: query })).values
  const k = (await glass.probe({ site: rotated ? 'k_rope' : 'k', layer, head, position: key })).values
  const product = q.map((v, i) => v * k[i]!)
  const sum = product.reduce((a, b) => a + b, 0)
  return { q, k, product, sum, score: sum / Math.sqrt(info.headDim) }
}

// ---- flow ------------------------------------------------------------------

/** Most cells of all layers and heads that a flow may read. */
export const flowLimit = 24e6

/**
 * Mean over heads of one layer for positions [0, length): attention, or attention times the length of what it carries,
 * `norms` (heads, info.length).
 */
export async function headMean(
  glass: Glass,
  info: GlassInfo,
  layer: number,
  length: number,
  norms: Float32Array | null,
): Promise<Float32Array> {
  const out = new Float32Array(length * length)
  const group = Math.max(1, Math.min(info.heads, Math.floor(cells / (length * length)) || 1))
  for (let from = 0; from < info.heads; from += group) {
    const heads = allHeads(info).slice(from, from + group)
    const values = await exact(glass, layer, heads, [0, length], [0, length])
    heads.forEach((head, n) => {
      for (let i = 0; i < length; i++) {
        // what is out of sight is absent
        for (let j = 0; j < length; j++) {
          const p = values[(n * length + i) * length + j]!
          if (p > 0) out[i * length + j]! += p * (norms ? norms[head * info.length + j]! : 1)
        }
      }
    })
  }
  for (let i = 0; i < length; i++) {
    let sum = 0
    for (let j = 0; j < length; j++) sum += out[i * length + j]!
    if (sum > 0) for (let j = 0; j < length; j++) out[i * length + j]! /= sum
  }
  return out
}

export interface FlowEdge {
  layer: number
  from: number
  to: number
  flow: number
}

/**
 * Attention rollout (Abnar & Zuidema 2020) backwards from one position: at every block half of what arrives came
 * straight down the residual, half through attention. Returns what reaches the embedding, and the edges above `min`.
 * Without the sink, what attention gives to the first token leaves the picture (`lost`); renormalised, it is shared out
 * among the other tokens of the row, and lost only where there is next to nothing beside it.
 */
export function rollout(
  means: readonly Float32Array[],
  length: number,
  position: number,
  min: number,
  sink: Sink = 'shown',
): { source: Float32Array; edges: FlowEdge[]; levels: Float32Array[]; lost: number } {
  let lost = 0
  let now = new Float32Array(length)
  now[position] = 1
  const edges: FlowEdge[] = []
  const levels: Float32Array[] = [now]
  for (let layer = means.length - 1; layer >= 0; layer--) {
    const next = new Float32Array(length)
    const mean = means[layer]!
    for (let i = 0; i < length; i++) {
      const here = now[i]!
      if (here === 0) continue
      next[i]! += here / 2
      if (here / 2 >= min) edges.push({ layer, from: i, to: i, flow: here / 2 })
      const from = sink === 'shown' || i === 0 ? 0 : 1
      const by = from === 0 || sink === 'hidden' ? 1 : gain(mean[i * length]!) || 0
      if (from > 0) lost += (here / 2) * (by === 0 ? 1 : sink === 'hidden' ? mean[i * length]! : 0)
      for (let j = from; j < length; j++) {
        const flow = (here / 2) * mean[i * length + j]! * by
        if (!(flow > 0)) continue
        next[j]! += flow
        if (flow >= min && j !== i) edges.push({ layer, from: i, to: j, flow })
      }
    }
    levels.push(next)
    now = next
  }
  return { source: now, edges, levels, lost }
}
