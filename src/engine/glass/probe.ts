// One site at one position, by a word and a layer or by its name in the Plan. Residuals and what branches add come from
// the activation cache, keys from the KV cache, everything else inside a block from a replay of that block, and what
// stands behind the last one from a run of the head.

import { EngineError } from '../errors.ts'
import { placeOf, stepOf, stretchesOf } from '../model/sites.ts'
import { isKept, type ActivationCache } from './activation-cache.ts'
import { keysOf } from './attention-sources.ts'
import { attentionTile } from './attention.ts'
import { runHead } from './head-run.ts'
import { whyNoTokens } from './absent.ts'
import type { Replay } from './replay.ts'
import { residualsAround } from './residuals.ts'
import { branchOf, isWord, layerOf, requireAttention, requireSite } from './sites.ts'
import type { ProbeRequest, ProbeResult } from './types.ts'

export async function probeSite(
  activations: ActivationCache,
  replay: () => Replay,
  request: ProbeRequest,
  length: number,
  lensRow: (position: number) => Promise<{ norm: Float32Array; logits: Float32Array }>,
): Promise<ProbeResult> {
  const { site, position } = request
  const layer = isWord(site) ? (request.layer ?? 0) : layerOf(site)
  const { runner } = activations
  const { plan, context } = runner.runtime
  const { H, layers } = plan.dims
  checkRange('position', position, activations.kept(length), length)
  if (isWord(site)) checkRange('layer', layer, 0, layers)
  else if (request.layer !== undefined && layer >= 0) checkRange('layer', request.layer, layer, layer + 1)
  if (request.head !== undefined) checkRange('head', request.head, 0, H)

  const added = async (part: 'attn' | 'mlp'): Promise<Float32Array> => {
    const [[after, before]] = (await residualsAround(activations, replay, [{ layer, part }], position)) as [
      [Float32Array, Float32Array],
    ]
    return after.map((v, i) => v - before[i]!)
  }
  if (site === 'scores' || site === 'probs') {
    requireAttention(plan, layer, 'attn')
    const keys = keysOf(activations, layer, 'attn', position)
    const tile = await attentionTile(activations, {
      layer,
      heads: [request.head ?? 0],
      rows: [position, position + 1],
      cols: [0, keys],
      maxRows: 1,
      maxCols: keys,
      what: site === 'scores' ? 'scores' : 'probs',
    })
    return { shape: [keys], values: tile.values, norm: lengthOf(tile.values) }
  }
  const name = isWord(site) ? requireSite(plan, site, layer) : site
  const place = placeOf(plan, name)
  const values = async (): Promise<Float32Array> => {
    if (isKept(plan, name)) return activations.row(name, position)
    // a branch whose result is normed with the residual is no difference of two of them
    if (site === 'attn_out' || site === 'mlp_out') {
      const part = site === 'attn_out' ? 'attn' : 'mlp'
      if (!branchOf(plan, layer, part).breaks) return added(part)
    }
    if (name === 'final_norm' && whyNoTokens(plan) === null) return (await lensRow(position)).norm
    if (name === 'logits') return (await lensRow(position)).logits
    if (stepOf(plan, place.step).part === 'head') return runHead(activations, name, position)
    if (place.in === 'row') return replay().site(name, layer, position)
    const rows = await runner.readMany(stretchesOf(plan, place, position, context))
    return Float32Array.from(rows.flatMap((row) => [...row]))
  }
  let data = await values()
  let shape = [data.length]
  const { heads } = place
  if (heads) {
    const d = data.length / heads
    shape = [heads, d]
    if (request.head !== undefined) {
      const at = Math.floor(request.head / (H / heads))
      data = data.slice(at * d, (at + 1) * d)
      shape = [d]
    }
  }
  return { shape, values: data, norm: lengthOf(data) }
}

/** l2 norm; what is absent adds nothing. */
const lengthOf = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, v) => sum + (Number.isNaN(v) ? 0 : v * v), 0))

export function checkRange(name: string, value: number, from: number, to: number): void {
  if (!(Number.isInteger(value) && value >= from && value < to)) {
    throw new EngineError(
      'PARAM_INVALID',
      `Cannot look at ${name} ${value}: it must be a whole number from ${from} to ${to - 1}.`,
      { param: name, value: String(value), from, to: to - 1 },
    )
  }
}
