// The forward pass, read top to bottom: a Description becomes a Plan of plain steps, one op each.
// Step names are canonical and public: blocks.3.attn.q, blocks.3.mlp.act, logits.
// Buffers are shared by all blocks: the residual is `x`, everything else is overwritten by the next block.

import { EngineError } from '../errors.ts'
import { activationIndex } from '../ops/activations.ts'
import type { Params } from '../ops/op.ts'
import type { Attention, Description, GatedMlp, Linear, RmsNorm } from './describe.ts'
import type { Plan, PlanStep, WeightSpec } from './plan.ts'

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

  // as transformers: a head in the file is used whatever tie_word_embeddings says, but one that is missing must be
  // declared
  const tied = head.tied && !has(`${head.at}.weight`)
  const plan: Plan = {
    family: description.family,
    dims,
    tied,
    steps: [],
    weights: {},
    vectors: {},
    caches: {},
    tables: { rope: { kind: 'rope', variant: 0, shape: [dims.maxContext, position.rotary / 2, 2] } },
    buffers: {
      x: { rows: 'T', width: D },
      h: { rows: 'T', width: D },
      q: { rows: 'T', width: H * d },
      k: { rows: 'T', width: K * d },
      v: { rows: 'T', width: K * d },
      z: { rows: 'T', width: H * d },
      lse: { rows: 'T', width: H },
      attnOut: { rows: 'T', width: D },
      gate: { rows: 'T', width: F },
      up: { rows: 'T', width: F },
      act: { rows: 'T', width: F },
      mlpOut: { rows: 'T', width: D },
      xRow: { rows: 'R', width: D },
      hRow: { rows: 'R', width: D },
      logits: { rows: 'R', width: V },
    },
  }

  let layer = -1
  let part: PlanStep['part'] = 'body'
  const step = (name: string, op: string, args: Record<string, string>, params: Params): void => {
    plan.steps.push({ name: layer < 0 ? name : `blocks.${layer}.${name}`, op, args, params, part, layer })
  }
  const weight = (tensor: string, rows: number, cols: number, role: WeightSpec['role']): string => {
    plan.weights[tensor] = { parts: [{ tensor, rows }], rows, cols, role }
    return tensor
  }
  const vector = (tensor: string, length: number): string => {
    plan.vectors[tensor] = { parts: [{ tensor, length }], length }
    return tensor
  }
  const at = (module: string): string => `${block.at.replace('{i}', String(layer))}.${module}`

  const norm = (name: string, n: RmsNorm, module: string, x: string, y: string, width = D, perToken = 1): void =>
    step(name, 'rmsnorm', { x, gain: vector(`${module}.weight`, width), y }, { D: width, eps: n.eps, R: perToken })
  const linear = (name: string, l: Linear, x: string, y: string, inputs: number, outputs: number): void => {
    const hasBias = Boolean(l.bias) && (description.declaredBiases || has(`${at(l.at)}.bias`))
    step(
      name,
      'matmul',
      {
        x,
        weight: weight(`${at(l.at)}.weight`, outputs, inputs, 'linear'),
        y,
        ...(hasBias && { bias: vector(`${at(l.at)}.bias`, outputs) }),
      },
      { K: inputs, N: outputs, hasBias: Number(hasBias), accumulate: 0, yStride: outputs, yOffset: 0 },
    )
  }
  const rotate = (name: string, x: string, heads: number): void =>
    step(
      name,
      'rope',
      { x, table: 'rope' },
      { H: heads, d, r: position.rotary, interleaved: Number(position.layout === 'interleaved'), C: 0 },
    )

  const attention = (a: Attention): void => {
    linear('attn.q', a.q, 'h', 'q', D, H * d)
    linear('attn.k', a.k, 'h', 'k', D, K * d)
    linear('attn.v', a.v, 'h', 'v', D, K * d)
    let [q, k] = ['q', 'k']
    if (a.qNorm && a.kNorm) {
      Object.assign(plan.buffers, { qn: plan.buffers['q'], kn: plan.buffers['k'] })
      norm('attn.q_norm', a.qNorm, at(a.qNorm.at), 'q', 'qn', d, H)
      norm('attn.k_norm', a.kNorm, at(a.kNorm.at), 'k', 'kn', d, K)
      ;[q, k] = ['qn', 'kn']
    }
    rotate('attn.q_rope', q, H)
    rotate('attn.k_rope', k, K)
    const [kCache, vCache] = [`kCache.${layer}`, `vCache.${layer}`]
    plan.caches[kCache] = plan.caches[vCache] = { layer, kvHeads: K, headDim: d }
    step('attn.append', 'append', { k, v: 'v', kCache, vCache }, { K, d, C: 0 })
    step(
      'attn.z',
      'attention',
      { q, kCache, vCache, z: 'z', lse: 'lse' },
      { H, K, d, C: 0, scale: a.scale, window: a.window(layer) },
    )
    linear('attn.out', a.out, 'z', 'attnOut', H * d, D)
    step('attn.add', 'add', { x: 'x', delta: 'attnOut' }, { D })
  }
  const mlp = (m: GatedMlp): void => {
    linear('mlp.gate', m.gate, 'h', 'gate', D, F)
    linear('mlp.up', m.up, 'h', 'up', D, F)
    step('mlp.act', 'glu', { gate: 'gate', up: 'up', y: 'act' }, { F, act: activationIndex(m.act) })
    linear('mlp.down', m.down, 'act', 'mlpOut', F, D)
    step('mlp.add', 'add', { x: 'x', delta: 'mlpOut' }, { D })
  }

  step('embed', 'gather', { ids: 'ids', weight: weight(`${embed.at}.weight`, V, D, 'embedding'), y: 'x' }, { D })
  for (layer = 0; layer < layers; layer++) {
    for (const branch of block.branches) {
      norm(branch.body.kind === 'attention' ? 'attn.norm' : 'mlp.norm', branch.norm, at(branch.norm.at), 'x', 'h')
      if (branch.body.kind === 'attention') attention(branch.body)
      else mlp(branch.body)
    }
  }
  layer = -1
  part = 'head'
  step('rows', 'rows', { x: 'x', y: 'xRow' }, { D })
  norm('final_norm', head.norm, head.norm.at, 'xRow', 'hRow')
  step(
    'logits',
    'matmul',
    { x: 'hRow', weight: tied ? `${embed.at}.weight` : weight(`${head.at}.weight`, V, D, 'head'), y: 'logits' },
    { K: D, N: V, hasBias: 0, accumulate: 0, yStride: V, yOffset: 0 },
  )
  return plan
}
