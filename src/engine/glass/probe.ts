// One canonical site at one position. Norms and residuals come from the activation cache, everything inside a block from a replay
// of that block; names that fusion swallowed (q, k, v, gate, up) are slices of the stacked results.

import { EngineError } from '../errors.ts'
import type { PlanStep } from '../model/plan.ts'
import { attentionTile } from './attention.ts'
import type { Capture, Replay } from './replay.ts'
import type { ActivationCache } from './activation-cache.ts'
import type { ProbeRequest, ProbeResult, Site } from './types.ts'

/** Where a site's values stand: after which step of the layer, in which buffer, which slice. */
function captureOf(activations: ActivationCache, site: Site, layer: number): Capture | null {
  const { plan } = activations.runner.runtime
  const { D, H, K, d, F } = plan.dims
  const steps = plan.steps.filter((s) => s.layer === layer)
  const by = (op: string, nth = 0): PlanStep | undefined => steps.filter((s) => s.op === op)[nth]
  const named = (suffix: string): PlanStep | undefined => steps.find((s) => s.name.endsWith(`.${suffix}`))
  const after = (step: PlanStep | undefined, arg: string, width: number, offset = 0): Capture | null =>
    step ? { key: site, step: step.name, buffer: step.args[arg]!, offset, width } : null
  const stacked = named('attn.qkv'),
    gateUp = named('mlp.gate_up')
  const position = named('attn.q_norm')
  switch (site) {
    case 'attn_norm':
      return after(named('attn.norm'), 'y', D)
    case 'mlp_norm':
      return after(named('mlp.norm'), 'y', D)
    case 'q':
      return stacked ? after(stacked, 'y', H * d) : after(position ?? named('attn.q'), 'y', H * d)
    case 'k':
      return stacked ? after(stacked, 'y', K * d, H * d) : after(named('attn.k_norm') ?? named('attn.k'), 'y', K * d)
    case 'v':
      return stacked ? after(stacked, 'y', K * d, (H + K) * d) : after(named('attn.v'), 'y', K * d)
    case 'q_rope':
      return after(by('attention'), 'q', H * d)
    case 'z':
      return after(by('attention'), 'z', H * d)
    case 'gate':
      return gateUp ? after(gateUp, 'y', F) : after(named('mlp.gate'), 'y', F)
    case 'up':
      return gateUp ? after(gateUp, 'y', F, F) : after(named('mlp.up'), 'y', F)
    case 'act':
      return after(named('mlp.act'), 'y', F)
    default:
      return null
  }
}

export async function probeSite(
  activations: ActivationCache,
  replay: Replay,
  request: ProbeRequest,
  length: number,
  lensRow: (position: number) => Promise<{ norm: Float32Array; logits: Float32Array }>,
): Promise<ProbeResult> {
  const { site, position } = request
  const layer = request.layer ?? 0
  const { runner } = activations
  const { D, H, K, d, layers } = runner.runtime.plan.dims
  checkRange('position', position, activations.kept(length), length)
  checkRange('layer', layer, 0, layers)
  if (request.head !== undefined) checkRange('head', request.head, 0, H)
  const row = (tensor: string): Promise<Float32Array> => activations.row(tensor, position, D)
  // reads share one mapped buffer: the two rows are fetched one after the other
  const minus = async (a: string, b: string): Promise<Float32Array> => {
    const x = await row(a),
      y = await row(b)
    return x.map((v, i) => v - y[i]!)
  }

  const values = async (): Promise<Float32Array> => {
    switch (site) {
      case 'embed':
        return row('post.-1')
      case 'resid_mid':
        return row(`mid.${layer}`)
      case 'resid_post':
        return row(`post.${layer}`)
      case 'attn_out':
        return minus(`mid.${layer}`, `post.${layer - 1}`)
      case 'mlp_out':
        return minus(`post.${layer}`, `mid.${layer}`)
      case 'final_norm':
        return (await lensRow(position)).norm
      case 'logits':
        return (await lensRow(position)).logits
      case 'k_rope':
        return cacheRow(activations, layer, position)
      case 'scores':
      case 'probs': {
        const tile = await attentionTile(activations, {
          layer,
          heads: [request.head ?? 0],
          rows: [position, position + 1],
          cols: [0, position + 1],
          maxRows: 1,
          maxCols: position + 1,
          what: site,
        })
        return tile.values
      }
      default:
        return (await replay.run(position, layer, layer, [captureOf(activations, site, layer)!])).get(site)!
    }
  }
  let data = await values()
  let shape = [data.length]
  const groups: Partial<Record<Site, number>> = { q: H, q_rope: H, z: H, k: K, v: K, k_rope: K }
  const heads = groups[site]
  if (heads) {
    shape = [heads, d]
    if (request.head !== undefined) {
      const at = heads === H ? request.head : Math.floor(request.head / (H / K))
      data = data.slice(at * d, (at + 1) * d)
      shape = [d]
    }
  }
  const norm = Math.sqrt(data.reduce((sum, v) => sum + (Number.isNaN(v) ? 0 : v * v), 0))
  return { shape, values: data, norm }
}

/** Keys of all groups at one position: K slices of the cache. */
export async function cacheRow(
  activations: ActivationCache,
  layer: number,
  position: number,
  plane: 'kCache' | 'vCache' = 'kCache',
): Promise<Float32Array> {
  const { runner } = activations
  const { K, d } = runner.runtime.plan.dims
  const out = new Float32Array(K * d)
  for (let k = 0; k < K; k++) {
    out.set(await runner.read(`${plane}.${layer}`, (k * runner.runtime.context + position) * d, d), k * d)
  }
  return out
}

export function checkRange(name: string, value: number, from: number, to: number): void {
  if (!(Number.isInteger(value) && value >= from && value < to)) {
    throw new EngineError(
      'PARAM_INVALID',
      `Cannot look at ${name} ${value}: it must be a whole number from ${from} to ${to - 1}.`,
      { param: name, value: String(value), from, to: to - 1 },
    )
  }
}
