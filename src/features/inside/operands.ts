// Where one number comes from: its operands with their values, their exact sum, and the number as the run has it.
// Sums are taken in f64 over the same f32 operands and dequantized weights that the kernels read.

import type { Glass, GlassInfo, PlanInfo } from '../../store/inspect.ts'
import { cacheOf } from './cache.ts'
import { actOf, meanSquare, pairOf, probe, sumsAround } from './read.ts'
import { stepOf } from './sites.ts'
import { matrixOf, vectorsOf, type Spot } from './vectors.ts'

/** One product (or one addend, when b is null) of a sum; `at` is the index it carries. */
export interface Term {
  at: number
  a: number
  b: number | null
  product: number
  name?: string
}
/** What is done to the sum after it: words are the panel's. */
export type Step = {
  kind:
    | 'bias'
    | 'scale'
    | 'x'
    | 'up'
    | 'mean'
    | 'inverse'
    | 'gamma'
    | 'act'
    | 'exp'
    | 'over'
    | 'variance'
    | 'centred'
    | 'affine'
  value: number
}

export interface Operands {
  /** what the terms are: names of a and b, e.g. W and y */
  of: readonly [string, string] | null
  terms: Term[]
  /** of all terms, in f64 */
  sum: number | null
  steps: Step[]
  /** what sum and steps come to */
  result: number
  /** the number as the run has it */
  value: number
  /** the row of a weight whose elements are `a`, to be looked at code by code */
  weight: { tensor: string; row: number } | null
}

const products = (a: ArrayLike<number>, b: ArrayLike<number>): Term[] =>
  Array.from(a, (v, at) => ({ at, a: v, b: b[at]!, product: v * b[at]! }))
const total = (terms: readonly Term[]): number => terms.reduce((sum, t) => sum + t.product, 0)
const plainly = (result: number, value: number, steps: Step[]): Operands => ({
  of: null,
  terms: [],
  sum: null,
  steps,
  result,
  value,
  weight: null,
})

export async function operandsOf(
  glass: Glass,
  info: GlassInfo,
  plan: PlanInfo,
  spot: Spot,
  vector: string,
  i: number,
): Promise<Operands> {
  const { part, op, layer, head, position } = spot
  const vectors = await vectorsOf(glass, info, plan, spot)
  const value = vectors[vector]![i]!
  const matrix = matrixOf(plan, info, spot, vector)
  if (matrix) return byMatrix(glass, info, plan, spot, vector, i, value, matrix)
  const own = (
    of: Operands['of'],
    terms: Term[],
    after: (sum: number) => { steps: Step[]; result: number },
  ): Operands => {
    const sum = total(terms)
    return { of, terms, sum, ...after(sum), value, weight: null }
  }
  switch (`${op} ${vector}`) {
    case 'embed x': {
      const tensor = stepOf(plan, 'embed', layer)!.weights[0]!,
        id = (await glass.tokens())[position]!.id
      const { values } = await glass.weightTile(tensor, id, i, 1, 1)
      return { ...plainly(values[0]!, value, []), weight: { tensor, row: id } }
    }
    case 'norm x':
    case 'out sum':
      return history(glass, info, plan, spot, vector, i, value)
    case 'norm y': {
      const x = vectors['x']!,
        step = stepOf(plan, part === 'head' ? 'final_norm' : `${part}.norm`, layer),
        eps = step?.params['eps'] ?? 0
      if (step?.op === 'layernorm') {
        const mean = x.reduce((sum, v) => sum + v, 0) / x.length,
          centred = x.map((v) => v - mean),
          variance = meanSquare(centred)
        return own(['x', 'x'], products(centred, centred), () => ({
          steps: [
            { kind: 'variance', value: variance },
            { kind: 'centred', value: centred[i]! },
            { kind: 'inverse', value: 1 / Math.sqrt(variance + eps) },
            { kind: 'affine', value },
          ],
          result: value,
        }))
      }
      const mean = meanSquare(x),
        inverse = 1 / Math.sqrt(mean + eps),
        gamma = value / (x[i]! * inverse)
      return own(['x', 'x'], products(x, x), () => ({
        steps: [
          { kind: 'mean', value: mean },
          { kind: 'x', value: x[i]! },
          { kind: 'inverse', value: inverse },
          { kind: 'gamma', value: gamma },
        ],
        result: Number.isFinite(gamma) ? x[i]! * inverse * gamma : value,
      }))
    }
    case 'rope q_rope':
    case 'rope k_rope': {
      const from = (await probe(glass, { site: vector === 'q_rope' ? 'q' : 'k', layer, head, position })).values
      const { layout, rotary, inv, factor } = info.rope
      if (i >= rotary) return plainly(from[i]!, value, [])
      const j = layout === 'half' ? i % (rotary / 2) : i >> 1,
        [a, b] = pairOf(layout, rotary, j),
        angle = position * inv[j]!
      const cos = Math.cos(angle) * factor,
        sin = Math.sin(angle) * factor,
        [u, w] = i === a ? [from[a]!, -from[b]!] : [from[b]!, from[a]!]
      return own(
        ['x', 'turn'],
        [
          { at: i, a: u, b: cos, product: u * cos, name: 'cos' },
          { at: i === a ? b : a, a: w, b: sin, product: w * sin, name: 'sin' },
        ],
        (sum) => ({ steps: [], result: sum }),
      )
    }
    case 'attention scores': {
      const scale = stepOf(plan, 'attn.z', layer)?.params['scale'] ?? 1 / Math.sqrt(info.headDim)
      const q = (await probe(glass, { site: 'q_rope', layer, head, position })).values,
        k = (await probe(glass, { site: 'k_rope', layer, head, position: i })).values
      return own(['q', 'k'], products(q, k), (sum) => ({
        steps: [{ kind: 'scale', value: scale }],
        result: sum * scale,
      }))
    }
    case 'attention probs': {
      const scores = vectors['scores']
      if (!scores) return plainly(value, value, [])
      const max = scores.reduce((m, v) => (v > m ? v : m), -Infinity)
      const terms = Array.from(scores, (s, at) => ({
        at,
        a: s,
        b: null,
        product: Number.isNaN(s) ? 0 : Math.exp(s - max),
      }))
      const e = terms[i]!.product
      return own(['exp', ''], terms, (sum) => ({
        steps: [
          { kind: 'exp', value: e },
          { kind: 'over', value: sum },
        ],
        result: e / sum,
      }))
    }
    case 'attention z': {
      const p = vectors['probs']!,
        g = Math.floor(head / (info.heads / info.kvHeads)),
        cache = await cacheOf(glass, info, layer)
      const terms: Term[] = Array.from(p, (w, key) => {
        const v = key < cache.from ? NaN : cache.v[((key - cache.from) * info.kvHeads + g) * info.headDim + i]!
        return { at: key, a: w, b: v, product: Number.isNaN(w) ? 0 : w * v }
      })
      return own(['p', 'v'], terms, (sum) => ({ steps: [], result: sum }))
    }
    case 'swiglu act': {
      const gate = vectors['gate']?.[i],
        up = vectors['up']![i]!
      const bent = actOf(plan, layer).f(gate ?? up)
      if (gate === undefined) return plainly(bent, value, [{ kind: 'act', value: bent }])
      return plainly(bent * up, value, [
        { kind: 'act', value: bent },
        { kind: 'up', value: up },
      ])
    }
    case 'softmax p': {
      const logits = vectors['logits']!,
        max = logits.reduce((m, v) => (v > m ? v : m), -Infinity)
      const terms = Array.from(logits, (s, at) => ({ at, a: s, b: null, product: Math.exp(s - max) })),
        e = terms[i]!.product
      return own(['exp', ''], terms, (sum) => ({
        steps: [
          { kind: 'exp', value: e },
          { kind: 'over', value: sum },
        ],
        result: e / sum,
      }))
    }
    default:
      return plainly(value, value, [])
  }
}

/** Rows of a weight, as many as one question may hold. */
async function rowsOf(glass: Glass, tensor: string, row: number, count: number, cols: number): Promise<Float32Array> {
  const out = new Float32Array(count * cols),
    max = Math.max(1, Math.floor(2 ** 16 / cols))
  for (let r = 0; r < count; r += max) {
    out.set((await glass.weightTile(tensor, row + r, 0, Math.min(max, count - r), cols)).values, r * cols)
  }
  return out
}

async function byMatrix(
  glass: Glass,
  info: GlassInfo,
  plan: PlanInfo,
  spot: Spot,
  vector: string,
  i: number,
  value: number,
  { tensor, row, input, hasBias }: NonNullable<ReturnType<typeof matrixOf>>,
): Promise<Operands> {
  const { part, op, layer, position } = spot
  const x = (await probe(glass, { site: input.site!, layer: input.layer, position })).values,
    cols = x.length
  const weights = await rowsOf(glass, tensor, row(i), 1, cols)
  const terms = products(weights, x),
    sum = total(terms)
  const made: Operands = {
    of: ['W', op === 'out' && part === 'attn' ? 'z' : op === 'out' ? 'act' : 'y'],
    terms,
    sum,
    steps: [],
    result: sum,
    value,
    weight: { tensor, row: row(i) },
  }
  // a norm of each head, where the family has one, is part of what is shown as q and k
  const norm = op === 'qkv' ? stepOf(plan, `attn.${vector}_norm`, layer) : null
  if (norm) {
    // the head's own RMSNorm follows: its mean needs the other numbers of the head too
    const all = await rowsOf(glass, tensor, row(0), info.headDim, cols)
    const raw = Float64Array.from({ length: info.headDim }, (_, r) => {
      let s = 0
      for (let c = 0; c < cols; c++) s += all[r * cols + c]! * x[c]!
      return s
    })
    const inverse = 1 / Math.sqrt(raw.reduce((s, v) => s + v * v, 0) / info.headDim + (norm.params['eps'] ?? 0))
    const gamma = value / (sum * inverse)
    return {
      ...made,
      steps: [
        { kind: 'inverse', value: inverse },
        { kind: 'gamma', value: gamma },
      ],
      result: Number.isFinite(gamma) ? sum * inverse * gamma : value,
    }
  }
  // biases are not among the weights: what the sum lacks is the bias
  return hasBias ? { ...made, steps: [{ kind: 'bias', value: value - sum }], result: value } : made
}

/** An element of the running sum: the embedding, and what every part before has added to it. */
async function history(
  glass: Glass,
  info: GlassInfo,
  plan: PlanInfo,
  { part, op, layer, position }: Spot,
  vector: string,
  i: number,
  value: number,
): Promise<Operands> {
  const terms: Term[] = []
  let last = (await probe(glass, { site: 'embed', position })).values[i]!
  terms.push({ at: 0, a: last, b: null, product: last, name: 'embed' })
  const add = async (l: number, p: PlanInfo['blocks'][number]['branches'][number]['name']): Promise<void> => {
    const now = (await sumsAround(glass, plan, p, l, position)).after.values[i]!
    terms.push({ at: l, a: now - last, b: null, product: now - last, name: p })
    last = now
  }
  const end = part === 'head' ? info.layers : layer
  for (let l = 0; l < end; l++) for (const { name } of plan.blocks[l]!.branches) await add(l, name)
  if (part === 'attn' || part === 'mlp') {
    const { branches } = plan.blocks[layer]!
    const at = branches.findIndex(({ name }) => name === part)
    // what a branch reads is the sum after those before it, or, side by side, before all of them
    const read = branches.findIndex(({ writes }) => writes === branches[at]!.reads)
    const count = op === 'out' && vector === 'sum' ? at + 1 : read + 1
    for (const { name } of branches.slice(0, count)) await add(layer, name)
  }
  const sum = total(terms)
  return { of: ['x', ''], terms, sum, steps: [], result: sum, value, weight: null }
}
