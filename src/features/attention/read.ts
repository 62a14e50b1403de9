// Questions to the Glass in the sizes this panel needs: rows and squares at full resolution, however long the text
// is (a single answer is pooled beyond its cell limit), and the weight of values behind the attention.

import type { Glass, GlassInfo } from '../../store/inspect.ts'

/** Cells that one answer may hold without being pooled, all heads together. */
const cells = 2 ** 20

/** (heads, rows, cols) of these heads, cell by cell. rows and cols are [from, to). */
export async function exact(glass: Glass, layer: number, heads: readonly number[], rows: [number, number], cols: [number, number], what: 'probs' | 'scores' = 'probs'): Promise<Float32Array> {
  const side = Math.floor(Math.sqrt(cells / heads.length))
  const height = rows[1] - rows[0], width = cols[1] - cols[0]
  const out = new Float32Array(heads.length * height * width)
  for (let r = rows[0]; r < rows[1]; r += side) {
    for (let c = cols[0]; c < cols[1]; c += side) {
      const to = Math.min(rows[1], r + side), end = Math.min(cols[1], c + side)
      const tile = await glass.attention({ layer, heads: [...heads], rows: [r, to], cols: [c, end], maxRows: side, maxCols: side, what })
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

/** Every head's look back from one position: (heads, position + 1). */
export const rowsAt = (glass: Glass, info: GlassInfo, layer: number, position: number): Promise<Float32Array> =>
  exact(glass, layer, allHeads(info), [position, position + 1], [0, position + 1])

/**
 * How much a value can add to the residual: the length of W_O v for every head and position, (heads, length).
 * An edge p of the attention carries p times this. v is probed position by position; W_O is the dequantized weight.
 */
export async function valueLengths(glass: Glass, info: GlassInfo, layer: number, positions: readonly number[]): Promise<Float32Array> {
  const { heads, kvHeads, headDim: d, hidden } = info
  const step = (await glass.plan()).steps.find((s) => s.layer === layer && s.name.endsWith('attn.out'))
  const weights = await glass.weights()
  const tensor = weights.find((w) => w.tensor === step?.weight) ?? weights.filter((w) => w.cols === heads * d && w.rows === hidden && new RegExp(`(^|\\D)${layer}(\\D|$)`).test(w.tensor)).find((w) => /o_proj|dense|attn_output|c_proj|out/.test(w.tensor))
  if (!tensor) throw new Error('No output projection of attention among the weights.')
  const rowsAtOnce = Math.max(1, Math.floor(2 ** 16 / d))
  const grams: Float64Array[] = []
  for (let h = 0; h < heads; h++) {
    const gram = new Float64Array(d * d) // W_hᵀ W_h: lengths of W_h v without forming it
    for (let row = 0; row < hidden; row += rowsAtOnce) {
      const { values, tile } = await glass.weightTile(tensor.tensor, row, h * d, rowsAtOnce, d)
      for (let r = 0; r < tile.rows; r++) {
        for (let i = 0; i < d; i++) {
          const a = values[r * d + i]!
          for (let j = 0; j <= i; j++) gram[i * d + j]! += a * values[r * d + j]!
        }
      }
    }
    grams.push(gram)
  }
  const out = new Float32Array(heads * positions.length)
  const share = heads / kvHeads
  for (let at = 0; at < positions.length; at++) {
    const { values: v } = await glass.probe({ site: 'v', layer, position: positions[at]! })
    for (let h = 0; h < heads; h++) {
      const from = Math.floor(h / share) * d
      let sum = 0
      for (let i = 0; i < d; i++) for (let j = 0; j <= i; j++) sum += (i === j ? 1 : 2) * v[from + i]! * v[from + j]! * grams[h]![i * d + j]!
      out[h * positions.length + at] = Math.sqrt(Math.max(0, sum))
    }
  }
  return out
}

/** One query-key pair before and after RoPE: what each dimension adds to the score. */
export interface Pair { q: Float32Array; k: Float32Array; product: Float32Array; sum: number; score: number }
export async function pair(glass: Glass, info: GlassInfo, layer: number, head: number, query: number, key: number, rotated: boolean): Promise<Pair> {
  const q = (await glass.probe({ site: rotated ? 'q_rope' : 'q', layer, head, position: query })).values
  const k = (await glass.probe({ site: rotated ? 'k_rope' : 'k', layer, head, position: key })).values
  const product = q.map((v, i) => v * k[i]!)
  const sum = product.reduce((a, b) => a + b, 0)
  return { q, k, product, sum, score: sum / Math.sqrt(info.headDim) }
}

// ---- flow ------------------------------------------------------------------

/** Edges of one layer of the flow graph, averaged over heads with the residual's own half: (length, length), row-major. */
export type LayerFlow = Float32Array

/** Most cells of all layers and heads that a flow may read. */
export const flowLimit = 24e6

/** Mean over heads of one layer for positions [0, length): attention, or attention times the length of what it carries. */
export async function headMean(glass: Glass, info: GlassInfo, layer: number, length: number, lengths: Float32Array | null): Promise<Float32Array> {
  const out = new Float32Array(length * length)
  const group = Math.max(1, Math.min(info.heads, Math.floor(cells / (length * length)) || 1))
  for (let from = 0; from < info.heads; from += group) {
    const heads = allHeads(info).slice(from, from + group)
    const values = await exact(glass, layer, heads, [0, length], [0, length])
    heads.forEach((head, n) => {
      for (let i = 0; i < length; i++) {
        for (let j = 0; j <= i; j++) {
          const p = values[(n * length + i) * length + j]!
          if (p > 0) out[i * length + j]! += p * (lengths ? lengths[head * length + j]! : 1)
        }
      }
    })
  }
  for (let i = 0; i < length; i++) {
    let sum = 0
    for (let j = 0; j <= i; j++) sum += out[i * length + j]!
    if (sum > 0) for (let j = 0; j <= i; j++) out[i * length + j]! /= sum
  }
  return out
}

export interface FlowEdge { layer: number; from: number; to: number; flow: number }

/**
 * Attention rollout (Abnar & Zuidema 2020) backwards from one position: at every block half of what arrives came
 * straight down the residual, half through attention. Returns what reaches the embedding, and the edges above `least`.
 */
export function rollout(means: readonly Float32Array[], length: number, position: number, least: number): { source: Float32Array; edges: FlowEdge[]; levels: Float32Array[] } {
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
      if (here / 2 >= least) edges.push({ layer, from: i, to: i, flow: here / 2 })
      for (let j = 0; j <= i; j++) {
        const flow = (here / 2) * mean[i * length + j]!
        next[j]! += flow
        if (flow >= least && j !== i) edges.push({ layer, from: i, to: j, flow })
      }
    }
    levels.push(next)
    now = next
  }
  return { source: now, edges, levels }
}
