// An independent forward pass of the tiny GPT-NeoX of fixtures/golden, from the file's tensors by the equations of its
// paper: parallel attention and MLP, LayerNorm with bias, q, k and v fused head by head. Plain loops over lists; knows
// nothing of Plans, ops or steps. Black et al. 2022.

import { openModelFiles, folderFiles } from '../formats/testing.ts'
import { readVector } from '../formats/weights.ts'

export type Rows = number[][]
export const neoxFile = async (): Promise<{ tensor: (at: string) => Promise<Rows>; config: Json }> => {
  const checkpoint = await openModelFiles(folderFiles('fixtures/golden/gpt_neox'))
  const tensor = async (at: string): Promise<Rows> => {
    const found = checkpoint.tensors.get(at)!
    const [rows, cols] = found.shape.length === 1 ? [1, found.shape[0]!] : (found.shape as [number, number])
    const flat = { ...found, shape: [rows * cols] }
    const values = await readVector({ ...checkpoint, tensors: new Map([[at, flat]]) }, at)
    return Array.from({ length: rows }, (_, r) => [...values.subarray(r * cols, (r + 1) * cols)])
  }
  return { tensor, config: checkpoint.config }
}
type Json = Record<string, unknown>

const affine = (x: Rows, w: Rows, b: Rows): Rows =>
  x.map((row) => w.map((weights, n) => weights.reduce((sum, v, k) => sum + v * row[k]!, b[0]![n]!)))
const norm = (x: Rows, [gain]: Rows, [bias]: Rows): Rows =>
  x.map((row) => {
    const mean = row.reduce((s, v) => s + v, 0) / row.length
    const spread = row.reduce((s, v) => s + (v - mean) ** 2, 0) / row.length
    return row.map((v, i) => ((v - mean) / Math.sqrt(spread + 1e-5)) * gain![i]! + bias![i]!)
  })
const gelu = (v: number): number => {
  let [term, sum] = [v / Math.SQRT2, v / Math.SQRT2]
  for (let n = 1; n < 200; n++) sum += term *= (-(v * v) / 2 / n) * ((2 * n - 1) / (2 * n + 1))
  return 0.5 * v * (1 + (2 / Math.sqrt(Math.PI)) * sum)
}
const plus = (a: Rows, b: Rows): Rows => a.map((row, t) => row.map((v, i) => v + b[t]![i]!))

/** What a reader changes in one pass. */
export interface NeoxChange {
  /** z of a head is multiplied */
  scale?: { layer: number; head: number; factor: number }
  skip?: { layer: number; part: 'attn' | 'mlp' }
  /** this query of this head does not see this key */
  hide?: { layer: number; head: number; query: number; key: number }
  /** added to the residual after a block, at every position from `from` on */
  add?: { layer: number; from: number; values: readonly number[] }
}

/** Sites by canonical name, a row for each token, and weights of attention by layer, query and head. */
export async function neoxPass(
  ids: readonly number[],
  change: NeoxChange = {},
): Promise<{ sites: Map<string, Rows>; probs: number[][][][] }> {
  const { tensor, config } = await neoxFile()
  const [H, D] = [config['num_attention_heads'] as number, config['hidden_size'] as number]
  const d = D / H,
    r = d / 4
  const sites = new Map<string, Rows>()
  const embedding = await tensor('gpt_neox.embed_in.weight')
  const probs: number[][][][] = []
  let x = ids.map((id) => embedding[id]!)
  sites.set('embed', x)
  for (let layer = 0; layer < (config['num_hidden_layers'] as number); layer++) {
    const at = `gpt_neox.layers.${layer}`,
      keep = (site: string, rows: Rows): Rows => (sites.set(`blocks.${layer}.${site}`, rows), rows)
    const both = async (module: string): Promise<[Rows, Rows]> => [
      await tensor(`${at}.${module}.weight`),
      await tensor(`${at}.${module}.bias`),
    ]
    const h = keep('attn.norm', norm(x, ...(await both('input_layernorm'))))
    const fused = affine(h, ...(await both('attention.query_key_value')))
    const [q, k, v] = [0, 1, 2].map((n) =>
      fused.map((row) => Array.from({ length: D }, (_, i) => row[Math.floor(i / d) * 3 * d + n * d + (i % d)]!)),
    ) as [Rows, Rows, Rows]
    keep('attn.q', q)
    keep('attn.k', k)
    keep('attn.v', v)
    const turn = (rows: Rows): Rows =>
      rows.map((row, pos) =>
        row.map((value, i) => {
          const j = i % d
          if (j >= r) return value
          const first = j < r / 2
          const angle = pos * 10000 ** ((-2 * (j % (r / 2))) / r)
          const other = row[first ? i + r / 2 : i - r / 2]!
          return value * Math.cos(angle) + (first ? -1 : 1) * other * Math.sin(angle)
        }),
      )
    const [qr, kr] = [keep('attn.q_rope', turn(q)), keep('attn.k_rope', turn(k))]
    keep('attn.queries', qr)
    keep('attn.keys', kr)
    keep('attn.values', v)
    const lse: Rows = qr.map(() => [])
    const weights: number[][][] = qr.map(() => [])
    probs.push(weights)
    const { hide, scale, skip, add } = change
    const hidden = (head: number, query: number, key: number): boolean =>
      hide?.layer === layer && hide.head === head && hide.query === query && hide.key === key
    const factor = (head: number): number => (scale?.layer === layer && scale.head === head ? scale.factor : 1)
    const z = qr.map((row, t) =>
      Array.from({ length: H }, (_, head) => {
        const scores = Array.from({ length: t + 1 }, (__, s) => {
          if (hidden(head, t, s)) return -Infinity
          let sum = 0
          for (let i = head * d; i < (head + 1) * d; i++) sum += row[i]! * kr[s]![i]!
          return sum / Math.sqrt(d)
        })
        const total = scores.reduce((sum, s) => sum + Math.exp(s), 0)
        lse[t]!.push(Math.log(total))
        weights[t]!.push(scores.map((s) => Math.exp(s) / total))
        return Array.from(
          { length: d },
          (__, i) => factor(head) * scores.reduce((sum, s, c) => sum + (Math.exp(s) / total) * v[c]![head * d + i]!, 0),
        )
      }).flat(),
    )
    keep('attn.z', z)
    keep('attn.lse', lse)
    const attended = keep('attn.out', affine(z, ...(await both('attention.dense'))))
    const other = keep('mlp.norm', norm(x, ...(await both('post_attention_layernorm'))))
    const up = keep('mlp.up', affine(other, ...(await both('mlp.dense_h_to_4h'))))
    const act = keep(
      'mlp.act',
      up.map((row) => row.map(gelu)),
    )
    const out = keep('mlp.out', affine(act, ...(await both('mlp.dense_4h_to_h'))))
    const none = x.map((row) => row.map(() => 0))
    const of = (part: 'attn' | 'mlp', rows: Rows): Rows => (skip?.layer === layer && skip.part === part ? none : rows)
    x = plus(x, plus(of('attn', attended), of('mlp', out)))
    if (add?.layer === layer) x = x.map((row, t) => (t < add.from ? row : row.map((v, i) => v + add.values[i]!)))
    keep('resid_post', x)
  }
  const last = norm(x, await tensor('gpt_neox.final_layer_norm.weight'), await tensor('gpt_neox.final_layer_norm.bias'))
  sites.set('final_norm', last)
  const head = await tensor('embed_out.weight')
  sites.set('logits', affine(last, head, [head.map(() => 0)]))
  return { sites, probs }
}
