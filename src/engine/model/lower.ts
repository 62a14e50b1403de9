// The forward pass, read top to bottom: a Description becomes a Plan of plain steps, one op each, and says where every
// number stands on the way. Step and site names are canonical and public (plan.ts lists them).
// Buffers are shared by all blocks: the residual is `x`, everything else is overwritten by the next block.

import { EngineError } from '../errors.ts'
import { activationIndex } from '../ops/activations.ts'
import { maskParams, type Mask } from '../ops/mask.ts'
import type { Params } from '../ops/op.ts'
import type { Attention, Branch, Description, GatedMlp, Linear, Mlp, Norm } from './describe.ts'
import { lifetimesOf } from './flow.ts'
import type { Plan, PlanBlock, PlanStep, RowSlice, SitePlace, WeightSpec } from './plan.ts'
import { blockSite } from './sites.ts'

/** @param has whether the checkpoint holds a tensor of this name (decides about the tied head and optional biases) */
export function lower(description: Description, has: (tensor: string) => boolean): Plan {
  const { dims, position, block, embed, head } = description
  const { D, H, K, d, F, V, layers } = dims
  if (H % K !== 0) {
    throw new EngineError(
      'CONFIG_INVALID',
      `Cannot lower this model: ${H} query heads cannot share ${K} key heads evenly.`,
      { key: 'num_key_value_heads', need: `a divisor of ${H}`, found: K },
    )
  }
  if (position.kind !== 'rope' && position.kind !== 'none') {
    throw new EngineError(
      'FAMILY_UNSUPPORTED',
      `Cannot lower this model: its positions are ${position.kind}; known are rope, none.`,
      { word: `positions ${position.kind}`, known: 'rope, none' },
    )
  }

  // as transformers: a head in the file is used whatever tie_word_embeddings says, but one that is missing must be
  // declared
  const tied = head.tied && !has(`${head.at}.weight`)
  const plan: Plan = {
    family: description.family,
    dims,
    programs: { decode: { tokens: 'body', rows: 'head' } },
    steps: [],
    weights: {},
    vectors: {},
    tables: position.kind === 'rope' ? { rope: { kind: 'rope', width: position.rotary, spec: position } } : {},
    masks: {},
    buffers: {},
    caches: {},
    lifetimes: {},
    sites: {},
    blocks: [],
    tied,
  }

  let layer = -1
  let part: PlanStep['part'] = 'body'
  const full = (name: string): string => (layer < 0 ? name : blockSite(layer, name))
  const step = (
    name: string,
    op: string,
    args: Record<string, string>,
    params: Params,
    more: Pick<PlanStep, 'sized' | 'mask'> = {},
  ): void => {
    plan.steps.push({ name: full(name), op, args, params, ...more, part, layer })
  }
  const buffer = (name: string, width: number, rows: 'T' | 'R' = 'T'): string => {
    plan.buffers[name] = { rows, width }
    return name
  }
  /** @param at the step that leaves the values behind, its own name unless said */
  const site = (name: string, arg: string, width: number, more: Partial<SitePlace> = {}, at = name): string => {
    plan.sites[full(name)] = { step: full(at), arg, in: 'row', offset: 0, width, ...more }
    plan.blocks[layer]?.sites.push(full(name))
    return full(name)
  }
  /** where two slices of one tensor are two weights, each needs a key of its own */
  const key = (tensor: string, slice?: RowSlice): string =>
    slice ? `${tensor}[${slice.from}:${slice.from + slice.count}/${slice.every}]` : tensor
  const weight = (tensor: string, rows: number, cols: number, role: WeightSpec['role'], slice?: RowSlice): string => {
    const name = key(tensor, slice)
    plan.weights[name] = { parts: [{ tensor, rows, ...(slice && { slice }) }], rows, cols, role }
    return name
  }
  const vector = (tensor: string, length: number, slice?: RowSlice): string => {
    const name = key(tensor, slice)
    plan.vectors[name] = { parts: [{ tensor, length, ...(slice && { slice }) }], length }
    return name
  }
  const at = (module: string): string => (layer < 0 ? module : `${block.at.replace('{i}', String(layer))}.${module}`)

  const norm = (name: string, n: Norm, x: string, y: string, width = D, perToken = 1): void => {
    const gain = vector(`${at(n.at)}.weight`, width)
    const shape = { D: width, eps: n.eps, R: perToken }
    if (n.kind === 'rms') return step(name, 'rmsnorm', { x, gain, y }, shape)
    const bias = n.bias ? vector(`${at(n.at)}.bias`, width) : null
    step(name, 'layernorm', { x, gain, ...(bias && { bias }), y }, { ...shape, hasBias: Number(bias !== null) })
  }
  const linear = (
    name: string,
    l: Linear,
    x: string,
    y: string,
    inputs: number,
    outputs: number,
    role: WeightSpec['role'] = 'linear',
    shared?: string,
  ): void => {
    const hasBias = Boolean(l.bias) && (description.biases === 'declared' || has(`${at(l.at)}.bias`))
    step(
      name,
      'matmul',
      {
        x,
        weight: shared ?? weight(`${at(l.at)}.weight`, outputs, inputs, role, l.slice),
        y,
        ...(hasBias && { bias: vector(`${at(l.at)}.bias`, outputs, l.slice) }),
      },
      { K: inputs, N: outputs, hasBias: Number(hasBias), accumulate: 0, yStride: outputs, yOffset: 0 },
    )
  }
  /** a linear layer with a buffer of its own, and the site of what it gives */
  const project = (name: string, l: Linear, x: string, y: string, from: number, to: number, heads?: number): void => {
    linear(name, l, x, buffer(y, to), from, to)
    site(name, 'y', to, { ...(heads && { heads }), weight: madeBy() })
  }
  const madeBy = (): SitePlace['weight'] => ({ name: plan.steps.at(-1)!.args['weight']!, part: 0 })
  const mask = (spec: Mask): string => {
    const name = spec.window ? `window ${spec.window}` : 'causal'
    plan.masks[name] = spec
    return name
  }

  const attention = (a: Attention, h: string, out: string): void => {
    const context = { C: 'context' } as const
    project('attn.q', a.q, h, 'q', D, H * d, H)
    project('attn.k', a.k, h, 'k', D, K * d, K)
    project('attn.v', a.v, h, 'v', D, K * d, K)
    let [q, k] = ['q', 'k']
    if (a.qNorm && a.kNorm) {
      norm('attn.q_norm', a.qNorm, q, buffer('qn', H * d), d, H)
      norm('attn.k_norm', a.kNorm, k, buffer('kn', K * d), d, K)
      site('attn.q_norm', 'y', H * d, { heads: H })
      site('attn.k_norm', 'y', K * d, { heads: K })
      ;[q, k] = ['qn', 'kn']
    }
    if (position.kind === 'rope') {
      const turn = { d, r: position.rotary, interleaved: Number(position.layout === 'interleaved') }
      step('attn.q_rope', 'rope', { x: q, table: 'rope' }, { H, ...turn }, { sized: context })
      step('attn.k_rope', 'rope', { x: k, table: 'rope' }, { H: K, ...turn }, { sized: context })
      site('attn.q_rope', 'x', H * d, { heads: H })
      site('attn.k_rope', 'x', K * d, { heads: K })
    }
    const [kCache, vCache] = [`kCache.${layer}`, `vCache.${layer}`]
    plan.caches[kCache] = plan.caches[vCache] = { layer, kvHeads: K, headDim: d }
    step('attn.append', 'append', { k, v: 'v', kCache, vCache }, { K, d }, { sized: context })
    site('attn.keys', 'kCache', K * d, { in: 'cache', heads: K }, 'attn.append')
    site('attn.values', 'vCache', K * d, { in: 'cache', heads: K }, 'attn.append')
    const seen = { causal: true, window: a.window(layer) }
    step(
      'attn.z',
      'attention',
      { q, kCache, vCache, z: buffer('z', H * d), lse: buffer('lse', H) },
      { H, K, d, scale: a.scale, ...maskParams(seen) },
      { sized: context, mask: mask(seen) },
    )
    site('attn.queries', 'q', H * d, { heads: H }, 'attn.z')
    site('attn.z', 'z', H * d, { heads: H })
    site('attn.lse', 'lse', H, { heads: H }, 'attn.z')
    project('attn.out', a.out, 'z', out, H * d, D)
  }
  const mlp = (m: Mlp | GatedMlp, h: string, out: string): void => {
    if (m.kind === 'gated-mlp') project('mlp.gate', m.gate, h, 'gate', D, F)
    project('mlp.up', m.up, h, 'up', D, F)
    const params = { F, act: activationIndex(m.act) }
    if (m.kind === 'gated-mlp') step('mlp.act', 'glu', { gate: 'gate', up: 'up', y: buffer('act', F) }, params)
    else step('mlp.act', 'activation', { x: 'up', y: buffer('act', F) }, params)
    site('mlp.act', 'y', F)
    linear('mlp.down', m.down, 'act', buffer(out, D), F, D)
    site('mlp.out', 'y', D, { weight: madeBy() }, 'mlp.down')
  }

  const nameOf = ({ body }: Branch): 'attn' | 'mlp' => (body.kind === 'attention' ? 'attn' : 'mlp')
  const compute = ({ body }: Branch, h: string, out: string): void =>
    body.kind === 'attention' ? attention(body, h, out) : mlp(body, h, out)
  /** the residual x += what a branch gave, in `from` */
  const add = (branch: Branch, from: string, made: PlanBlock, reads: string, after: string | null): string => {
    const name = nameOf(branch)
    step(`${name}.add`, 'add', { x: 'x', delta: from }, { D })
    const writes = after === null ? null : site(after, 'x', D, {}, `${name}.add`)
    made.branches.push({ name, reads, writes, out: full(`${name}.out`), adds: full(`${name}.add`) })
    return writes ?? reads
  }

  step(
    'embed',
    'gather',
    { ids: 'ids', weight: weight(`${embed.at}.weight`, V, D, 'embedding'), y: buffer('x', D) },
    { D },
  )
  let residual = site('embed', 'y', D)
  for (layer = 0; layer < layers; layer++) {
    const made: PlanBlock = { sites: [], branches: [] }
    plan.blocks.push(made)
    const { branches } = block
    const last = branches.length - 1
    const buffers = branches.map((branch) => `${nameOf(branch)}Out`)
    if (block.parallel) {
      const normed = branches.map((branch, n) => {
        const same = branches.findIndex((other) => other.norm.at === branch.norm.at)
        const h = buffer(same ? `h${same}` : 'h', D)
        if (same === n) norm(`${nameOf(branch)}.norm`, branch.norm, 'x', h)
        site(`${nameOf(branch)}.norm`, 'y', D, {}, `${nameOf(branches[same]!)}.norm`)
        return h
      })
      branches.forEach((branch, n) => compute(branch, normed[n]!, buffers[n]!))
      const reads = residual
      branches.forEach((branch, n) => {
        residual = add(branch, buffers[n]!, made, reads, n === last ? 'resid_post' : null)
      })
    } else {
      branches.forEach((branch, n) => {
        norm(`${nameOf(branch)}.norm`, branch.norm, 'x', buffer('h', D))
        site(`${nameOf(branch)}.norm`, 'y', D)
        compute(branch, 'h', buffers[n]!)
        residual = add(branch, buffers[n]!, made, residual, n === last ? 'resid_post' : 'resid_mid')
      })
    }
  }
  layer = -1
  part = 'head'
  step('rows', 'rows', { x: 'x', y: buffer('xRow', D, 'R') }, { D })
  norm('final_norm', head.norm, 'xRow', buffer('hRow', D, 'R'))
  site('final_norm', 'y', D)
  linear('logits', head, 'hRow', buffer('logits', V, 'R'), D, V, 'head', tied ? `${embed.at}.weight` : undefined)
  site('logits', 'y', V, { weight: madeBy() })
  plan.lifetimes = lifetimesOf(plan)
  return plan
}
