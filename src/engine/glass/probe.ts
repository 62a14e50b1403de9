// One site at one position. Residuals and what branches add come from the activation cache, keys from the KV cache,
// everything else inside a block from a replay of that block.

import { EngineError } from '../errors.ts'
import { placeOf, stretchesOf } from '../model/sites.ts'
import type { ActivationCache } from './activation-cache.ts'
import { attentionTile } from './attention.ts'
import type { Replay } from './replay.ts'
import { residualsAround } from './residuals.ts'
import { requireSite } from './sites.ts'
import type { ProbeRequest, ProbeResult } from './types.ts'

export async function probeSite(
  activations: ActivationCache,
  replay: () => Replay,
  request: ProbeRequest,
  length: number,
  lensRow: (position: number) => Promise<{ norm: Float32Array; logits: Float32Array }>,
): Promise<ProbeResult> {
  const { site, position } = request
  const layer = request.layer ?? 0
  const { runner } = activations
  const { plan, context } = runner.runtime
  const { H, layers } = plan.dims
  checkRange('position', position, activations.kept(length), length)
  checkRange('layer', layer, 0, layers)
  if (request.head !== undefined) checkRange('head', request.head, 0, H)

  const added = async (part: 'attn' | 'mlp'): Promise<Float32Array> => {
    const [[after, before]] = (await residualsAround(activations, replay, [{ layer, part }], position)) as [
      [Float32Array, Float32Array],
    ]
    return after.map((v, i) => v - before[i]!)
  }
  const values = async (): Promise<Float32Array> => {
    if (site === 'scores' || site === 'probs') {
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
    const name = requireSite(plan, site, layer)
    switch (site) {
      case 'embed':
      case 'resid_mid':
      case 'resid_post':
        return activations.row(name, position)
      case 'attn_out':
        return added('attn')
      case 'mlp_out':
        return added('mlp')
      case 'final_norm':
        return (await lensRow(position)).norm
      case 'logits':
        return (await lensRow(position)).logits
      default: {
        const place = placeOf(plan, name)
        if (place.in === 'row') return replay().site(name, layer, position)
        const rows = await runner.readMany(stretchesOf(plan, place, position, context))
        return Float32Array.from(rows.flatMap((row) => [...row]))
      }
    }
  }
  let data = await values()
  let shape = [data.length]
  const heads = site === 'scores' || site === 'probs' ? undefined : placeOf(plan, requireSite(plan, site, layer)).heads
  if (heads) {
    const d = data.length / heads
    shape = [heads, d]
    if (request.head !== undefined) {
      const at = Math.floor(request.head / (H / heads))
      data = data.slice(at * d, (at + 1) * d)
      shape = [d]
    }
  }
  const norm = Math.sqrt(data.reduce((sum, v) => sum + (Number.isNaN(v) ? 0 : v * v), 0))
  return { shape, values: data, norm }
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
