// The forward pass, read top to bottom: a Description becomes a Plan of plain steps, one op each, and every number of
// public interest gets its site on the way. Step and site names are canonical and public (plan.ts lists them).
// Buffers are shared by all blocks: the residual is `x`, everything else is overwritten by the next block.

import { EngineError } from '../errors.ts'
import { activationIndex } from '../ops/activations.ts'
import { maskParams, type Mask } from '../ops/mask.ts'
import { PlanBuilder, type Value } from './build.ts'
import type { Attention, Branch, Description, GatedMlp, Mlp } from './describe.ts'
import type { Plan } from './plan.ts'

/** @param has whether the checkpoint holds a tensor of this name (decides about the tied head and optional biases) */
export function lower(description: Description, has: (tensor: string) => boolean): Plan {
  const { dims, position, block, embed, head } = description
  const { D, H, K, d, F, V, layers } = dims
  refuseWhatNothingComputes(description)

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
  const build = new PlanBuilder(plan, block.at, (bias) => description.biases === 'declared' || has(bias))
  const context = { C: 'context' } as const

  const attention = (a: Attention, h: Value): Value => {
    let q = build.linear('attn.q', a.q, h, 'q', H * d, { heads: H })
    let k = build.linear('attn.k', a.k, h, 'k', K * d, { heads: K })
    const v = build.linear('attn.v', a.v, h, 'v', K * d, { heads: K })
    if (a.qNorm) q = build.norm('attn.q_norm', a.qNorm, q, 'qn', H)
    if (a.kNorm) k = build.norm('attn.k_norm', a.kNorm, k, 'kn', K)
    if (position.kind === 'rope') {
      const turn = { d, r: position.rotary, interleaved: Number(position.layout === 'interleaved'), sections: 1 }
      build.step('attn.q_rope', 'rope', { x: q.buffer, table: 'rope' }, { H, ...turn }, { sized: context })
      q = build.site('attn.q_rope', 'x', H * d, [q], { heads: H })
      build.step('attn.k_rope', 'rope', { x: k.buffer, table: 'rope' }, { H: K, ...turn }, { sized: context })
      k = build.site('attn.k_rope', 'x', K * d, [k], { heads: K })
    }
    const [kCache, vCache] = [`kCache.${build.layer}`, `vCache.${build.layer}`]
    plan.caches[kCache] = plan.caches[vCache] = { layer: build.layer, kvHeads: K, headDim: d }
    build.step('attn.append', 'append', { k: k.buffer, v: v.buffer, kCache, vCache }, { K, d }, { sized: context })
    const keys = build.site('attn.keys', 'kCache', K * d, [k], { in: 'cache', heads: K })
    const values = build.site('attn.values', 'vCache', K * d, [v], { in: 'cache', heads: K })
    const mask: Mask = { causal: true, window: a.window(build.layer) },
      seen = mask.window ? `window ${mask.window}` : 'causal'
    plan.masks[seen] = mask
    build.step(
      'attn.z',
      'attention',
      { q: q.buffer, kCache, vCache, z: build.buffer('z', H * d), lse: build.buffer('lse', H) },
      { H, K, d, scale: a.scale, cap: 0, ...maskParams(mask) },
      { sized: context, mask: seen },
    )
    const queries = build.site('attn.queries', 'q', H * d, [q], { heads: H })
    const z = build.site('attn.z', 'z', H * d, [queries, keys, values], { heads: H })
    build.site('attn.lse', 'lse', H, [queries, keys], { heads: H })
    return build.linear('attn.out', a.out, z, 'attnOut', D)
  }

  const mlp = (m: Mlp | GatedMlp, h: Value): Value => {
    const gate = m.kind === 'gated-mlp' ? build.linear('mlp.gate', m.gate, h, 'gate', F) : null
    const up = build.linear('mlp.up', m.up, h, 'up', F)
    const y = build.buffer('act', F),
      params = { F, act: activationIndex(m.act) }
    if (gate) build.step('mlp.act', 'glu', { gate: gate.buffer, up: up.buffer, y }, params)
    else build.step('mlp.act', 'activation', { x: up.buffer, y }, params)
    const act = build.site('mlp.act', 'y', F, gate ? [gate, up] : [up])
    return build.linear('mlp.out', m.down, act, 'mlpOut', D, { step: 'mlp.down' })
  }

  const nameOf = ({ body }: Branch): 'attn' | 'mlp' => (body.kind === 'attention' ? 'attn' : 'mlp')
  const compute = ({ body }: Branch, h: Value): Value => (body.kind === 'attention' ? attention(body, h) : mlp(body, h))
  const add = (name: 'attn' | 'mlp', { buffer }: Value): void =>
    build.step(`${name}.add`, 'add', { x: 'x', delta: buffer }, { D })

  const table = build.weight(embed.at, V, D, 'embedding')
  build.step('embed', 'gather', { ids: 'ids', weight: table, y: build.buffer('x', D) }, { D })
  let x = build.site('embed', 'y', D, [])
  for (let layer = 0; layer < layers; layer++) {
    const { branches } = build.beginBlock(layer)
    const describe = (branch: Branch, reads: Value, out: Value, writes: Value | null): void => {
      const name = nameOf(branch)
      branches.push({
        name,
        reads: reads.site,
        writes: writes && writes.site,
        out: out.site,
        adds: build.full(`${name}.add`),
      })
    }
    if (block.parallel) {
      const normed: Value[] = []
      block.branches.forEach((branch, n) => {
        const name = `${nameOf(branch)}.norm`
        const same = block.branches.findIndex((other) => other.norm.at === branch.norm.at)
        normed.push(same < n ? build.alias(name, normed[same]!) : build.norm(name, branch.norm, x, n ? `h${n}` : 'h'))
      })
      const outs = block.branches.map((branch, n) => compute(branch, normed[n]!))
      block.branches.forEach((branch, n) => add(nameOf(branch), outs[n]!))
      const after = build.site('resid_post', 'x', D, [x, ...outs])
      block.branches.forEach((branch, n) => describe(branch, x, outs[n]!, n === outs.length - 1 ? after : null))
      x = after
    } else {
      block.branches.forEach((branch, n) => {
        const out = compute(branch, build.norm(`${nameOf(branch)}.norm`, branch.norm, x, 'h'))
        add(nameOf(branch), out)
        const name = n === block.branches.length - 1 ? 'resid_post' : 'resid_mid'
        const after = build.site(name, 'x', D, [x, out])
        describe(branch, x, out, after)
        x = after
      })
    }
  }
  build.layer = -1
  build.part = 'head'
  build.step('rows', 'rows', { x: 'x', y: build.buffer('xRow', D) }, { D })
  const h = build.norm('final_norm', head.norm, { ...x, buffer: 'xRow' }, 'hRow')
  build.linear('logits', head, h, 'logits', V, { role: 'head', ...(tied && { weight: table }) })
  return build.finish()
}

function refuseWhatNothingComputes({ dims: { H, K }, position }: Description): void {
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
}
