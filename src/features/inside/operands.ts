// Where one number comes from: its operands with their values, their exact sum, and the number as the run has it.
// Sums are taken in f64 over the same f32 operands and dequantized weights that the kernels read.

import type { Glass, GlassInfo, PlanInfo } from '../../store/inspect.ts'
import { cacheOf } from './cache.ts'
import { boxOf, opOf, outlineOf, type Part } from './outline.ts'
import { actOf, meanSquare, pairOf, readSite, sumAround, sumOf } from './read.ts'
import { ropeOf, unturned } from './rope.ts'
import { stepOf, tableStep } from './sites.ts'
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
    | 'by'
    | 'unit'
    | 'cap'
    | 'made'
    | 'distance'
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
  const at = (word: string): string => `blocks.${layer}.${part}.${word}`
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
      const table = tableStep(plan, part)!
      const tensor = table.weights[0]!,
        id = (part === 'source' ? info.encoder!.tokens : await glass.tokens())[position]!.id
      // positions, segments, factors and norms that follow change the row, where a model has them
      const name = boxOf(outlineOf(plan), part, layer)!.ops[0]!.vectors[0]!.site!
      const alone = plan.sites[name]!.step === table.name
      const [row] = (await glass.weightTile(tensor, id, alone ? i : 0, 1, 1)).values
      const made: Operands['steps'] = alone ? [] : [{ kind: 'made', value }]
      return { ...plainly(alone ? row! : value, value, made), weight: { tensor, row: id } }
    }
    case 'norm x':
    case 'out sum':
      return history(glass, info, plan, spot, vector, i, value)
    case 'out delta': {
      const own = branchOf(plan, spot)
      const given = (await readSite(glass, plan, own.out, position)).values[i]!,
        { by = 1 } = plan.steps.find(({ name }) => name === own.adds)?.params ?? {}
      return plainly(given * by, value, by === 1 ? [] : [{ kind: 'by', value: by }])
    }
    case 'after y':
    case 'closing y':
    case 'norm y': {
      const x = vectors['x']!,
        made = opOf(boxOf(outlineOf(plan), part, layer)!, op)!.vectors.at(-1)!.site!,
        step = stepOf(plan, made, layer),
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
      const from = (await readSite(glass, plan, unturned(plan, layer, vector === 'q_rope' ? 'q' : 'k'), position, head))
        .values
      const turning = ropeOf(info, plan, layer)
      if (!turning) return plainly(value, value, [])
      const { layout, rotary, inv, factor } = turning
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
      const {
        scale = 1 / Math.sqrt(info.headDim),
        cap = 0,
        biased = 0,
      } = stepOf(plan, `${part}.z`, layer)?.params ?? {}
      const q = (await readSite(glass, plan, at('queries'), position, head)).values,
        k = (await readSite(glass, plan, at('keys'), i, head)).values
      return own(['q', 'k'], products(q, k), (sum) => {
        const scaled = sum * scale,
          steps: Step[] = [{ kind: 'scale', value: scale }]
        if (biased) steps.push({ kind: 'distance', value: value - scaled })
        else if (cap) steps.push({ kind: 'cap', value: cap * Math.tanh(scaled / cap) })
        return { steps, result: biased ? value : cap ? cap * Math.tanh(scaled / cap) : scaled }
      })
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
      const p = vectors['probs']
      // made of distances and segments too: weights that cannot be shown
      if (!p) return plainly(value, value, [])
      const v = await valuesOf(glass, info, plan, spot, p.length, i)
      const terms: Term[] = Array.from(p, (w, key) => ({
        at: key,
        a: w,
        b: v[key]!,
        product: Number.isNaN(w) ? 0 : w * v[key]!,
      }))
      return own(['p', 'v'], terms, (sum) => ({ steps: [], result: sum }))
    }
    case 'swiglu act': {
      const gate = vectors['gate']?.[i],
        up = vectors['up']?.[i]
      if (up === undefined) return plainly(value, value, [])
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

/** Element i of the values that a head mixes, by key. */
async function valuesOf(
  glass: Glass,
  info: GlassInfo,
  plan: PlanInfo,
  { part, layer, head }: Spot,
  keys: number,
  i: number,
): Promise<Float32Array> {
  const out = new Float32Array(keys).fill(NaN)
  if (part === 'attn') {
    const cache = await cacheOf(glass, info, layer),
      g = Math.floor(head / (info.heads / info.kvHeads))
    return out.map((_, key) =>
      key < cache.from ? NaN : cache.v[((key - cache.from) * info.kvHeads + g) * info.headDim + i]!,
    )
  }
  const name = `blocks.${layer}.${part}.values`
  for (let key = 0; key < keys; key++) out[key] = (await readSite(glass, plan, name, key, head)).values[i]!
  return out
}

const branchOf = (plan: PlanInfo, { part, layer }: Pick<Spot, 'part' | 'layer'>) =>
  plan.blocks[layer]!.branches.find(({ name }) => name === part)!

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
  const x = (await readSite(glass, plan, input, position)).values,
    cols = x.length
  const weights = await rowsOf(glass, tensor, row(i), 1, cols)
  const terms = products(weights, x),
    sum = total(terms)
  const made: Operands = {
    of: ['W', op === 'out' || op === 'after' ? (part === 'mlp' ? 'act' : 'z') : 'y'],
    terms,
    sum,
    steps: [],
    result: sum,
    value,
    weight: { tensor, row: row(i) },
  }
  // a norm of each head, where the family has one, is part of what is shown as q and k
  const norm = op === 'qkv' ? stepOf(plan, `${part}.${vector}_norm`, layer) : null
  // over all heads at once, or one that centres: its result is shown as it is
  if (norm && !isOfHeads(norm, vector, info.headDim)) {
    return { ...made, steps: [{ kind: 'affine', value }], result: value }
  }
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
  const { steps, result } = behind(plan, spot, vector, { sum, value, hasBias })
  return { ...made, steps, result }
}

/** Is it an RMSNorm of each head? One of queries and keys together (ops/norm-heads.ts) says so of each. */
const isOfHeads = ({ op, params }: PlanInfo['steps'][number], vector: string, headDim: number): boolean =>
  op === 'norm-heads'
    ? params['norm'] === 1 && params[vector === 'q' ? 'DQ' : 'DK'] === headDim
    : op === 'rmsnorm' && params['D'] === headDim

/** What follows a matrix: its bias, and the factors and caps that the Plan says. What no weight holds is read off the result. */
function behind(
  plan: PlanInfo,
  { part, op, layer }: Spot,
  vector: string,
  { sum, value, hasBias }: { sum: number; value: number; hasBias: boolean },
): { steps: Step[]; result: number } {
  const steps: Step[] = []
  let result = sum
  const scaled = vector === 'logits' ? plan.steps.find(({ name }) => name === 'logits.scale')?.params : undefined
  const added =
    op === 'out' ? plan.steps.find(({ name }) => name === branchOf(plan, { part, layer }).adds)?.params : undefined
  const by = scaled?.['by'] ?? added?.['by'] ?? 1,
    cap = scaled?.['cap'] ?? 0
  const bent = (v: number): number => (cap ? cap * Math.tanh(v / cap) : v)
  if (hasBias) {
    const before = (cap ? cap * Math.atanh(value / cap) : value) / by
    steps.push({ kind: 'bias', value: before - sum })
    result = before
  }
  if (by !== 1) steps.push({ kind: 'by', value: by })
  result *= by
  if (scaled?.['each'] === 1) {
    steps.push({ kind: 'unit', value: value / result })
    result = value
  }
  if (cap) steps.push({ kind: 'cap', value: bent(result) })
  return { steps, result: bent(result) }
}

/** An element of the running sum: what it began with in this stack, and what every part before has added to it. Behind a
 *  norm of the sum, or a branch that starts it afresh, it begins there. */
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
  const done = (): Operands => {
    const sum = total(terms)
    return { of: ['x', ''], terms, sum, steps: [], result: sum, value, weight: null }
  }
  const own = part === 'head' || part === 'read' ? null : sumOf(plan, part, layer)
  if (op === 'out' && own) {
    const { before, delta } = await sumAround(glass, plan, part, layer, position)
    terms.push({ at: layer, a: before.values[i]!, b: null, product: before.values[i]!, name: 'onto' })
    terms.push({ at: layer, a: delta[i]!, b: null, product: delta[i]!, name: part })
    return done()
  }
  const { sourceLayers } = outlineOf(plan)
  const side = part === 'read' || (part !== 'head' && layer < sourceLayers) ? 'source' : 'text'
  const first = side === 'source' ? 0 : sourceLayers
  let last = 0
  const begin = async (site: string, name: string, at: number): Promise<void> => {
    last = (await readSite(glass, plan, site, position)).values[i]!
    terms.length = 0
    terms.push({ at, a: last, b: null, product: last, name })
  }
  const add = async (l: number, p: Part): Promise<void> => {
    const { breaks, writes } = branchOf(plan, { part: p, layer: l })
    if (breaks) return begin(writes!, 'since', l)
    const now = (await sumAround(glass, plan, p, l, position)).after.values[i]!
    terms.push({ at: l, a: now - last, b: null, product: now - last, name: p })
    last = now
  }
  await begin(side === 'source' ? 'encoder.embed' : 'embed', 'embed', 0)
  const end = part === 'head' ? info.layers : part === 'read' ? sourceLayers : layer
  for (let l = first; l < end; l++) for (const { name } of plan.blocks[l]!.branches) await add(l, name)
  if (part !== 'head' && part !== 'read') {
    const { branches } = plan.blocks[layer]!
    const at = branches.findIndex(({ name }) => name === part)
    // what a branch reads is the sum after those before it, or, side by side, before all of them
    const reads = branches.findIndex(({ writes }) => writes === branches[at]!.reads)
    const count = op === 'out' && vector === 'sum' ? at + 1 : reads + 1
    for (const { name } of branches.slice(0, count)) await add(layer, name)
  }
  return done()
}
