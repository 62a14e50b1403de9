// What a picture of a layer's attention is computed from: the shape, scale and mask of its step, kept queries and
// log-sum-exp, keys of the cache, and what is added to the scores. Scores that are more than queries times keys
// (relative attention) are those and one number for every pair, made before the picture is.

import { maskEnd, maskOf, maskParams } from '../ops/mask.ts'
import type { Params } from '../ops/op.ts'
import { blockSite, placeOf, tensorOf } from '../model/sites.ts'
import type { PlanStep } from '../model/plan.ts'
import { keptTensor, type ActivationCache } from './activation-cache.ts'
import { absentView } from './absent.ts'
import { attentionStep } from './sites.ts'

export type Kind = 'attn' | 'cross'

/** Most numbers that stand beside the scores of a layer, one for each pair and head: 128 MB. */
const MAX_PAIRS = 2 ** 25

/**
 * Queries and keys on a side of such a table: few sizes, so that a text that grows does not leave one behind for each
 * token.
 * @throws VIEW_ABSENT where it would be too large
 */
export function pairsSide(heads: number, length: number): number {
  const side = 2 ** Math.max(6, Math.ceil(Math.log2(length)))
  if (heads * side ** 2 <= MAX_PAIRS) return side
  throw absentView(
    'pairs',
    `Cannot show the attention of ${length} tokens: this model adds a number of its own to every pair of tokens, and those of so many do not fit.`,
  )
}

/** Behind the last key that a query of that layer sees. */
export function keysOf(activations: ActivationCache, layer: number, branch: Kind, query: number): number {
  const { plan, context, prefix } = activations.runner.runtime
  return maskEnd({ ...attentionStep(plan, layer, branch).params, C: context }, query, prefix)
}

export interface Sources {
  /** tells apart steps over other tensors */
  key: string
  args: Record<string, string>
  params: Params
}

/** @param rows queries that will be looked at. @throws VIEW_ABSENT where a table of pairs would be too large */
export async function attentionSources(
  activations: ActivationCache,
  layer: number,
  branch: Kind,
  rows: readonly [from: number, to: number],
): Promise<Sources> {
  const { runner } = activations
  const { plan, context: C, prefix } = runner.runtime
  const step = attentionStep(plan, layer, branch)
  const { H, K, d, scale, cap } = step.params as Record<'H' | 'K' | 'd' | 'scale' | 'cap', number>
  const pairs = step.op === 'attention-relative' ? await pairBias(activations, step, layer, rows) : null
  const bias = pairs?.name ?? step.args['bias']
  return {
    key: `${branch}.${layer}${pairs ? `.${pairs.side}` : ''}`,
    args: {
      q: keptTensor(blockSite(layer, `${branch}.queries`)),
      lse: keptTensor(blockSite(layer, `${branch}.lse`)),
      kCache: tensorOf(plan, placeOf(plan, blockSite(layer, `${branch}.keys`))),
      ...(bias && { bias }),
      maskedEdges: runner.maskedEdgesList(layer, branch),
    },
    params: {
      H,
      K,
      d,
      C,
      scale,
      cap,
      ...maskOf(step.params),
      ...(pairs && { biased: maskParams({ bias: 'pairs' }).biased, reach: pairs.side }),
      prefix,
      rows: activations.rows,
      count: runner.maskedEdges(layer, branch),
    },
  }
}

/** The table of what relative attention adds, as far as these queries go. */
async function pairBias(
  activations: ActivationCache,
  step: PlanStep,
  layer: number,
  [from, to]: readonly [number, number],
): Promise<{ name: string; side: number }> {
  const { runner } = activations
  const { context, length } = runner.runtime
  const { H, d, scale } = step.params as Record<'H' | 'd' | 'scale', number>
  const side = pairsSide(H, length)
  const name = `pairs.${side}`
  runner.tensor(name, H * side ** 2)
  const params = { H, d, C: context, scale, keys: length, rows: activations.rows, reach: side }
  const ready = await runner.step(
    `pairs.${layer}.${side}`,
    'relative-bias',
    {
      q: keptTensor(blockSite(layer, 'attn.queries')),
      kCache: step.args['kCache']!,
      rel: keptTensor(blockSite(layer, 'attn.distances')),
      bias: step.args['bias']!,
      ids: step.args['ids']!,
      y: name,
    },
    params,
    layer,
  )
  runner.runtime.setParams(ready, params)
  runner.run([ready], { T: to - from, pos: from, row: 0, prefix: 0 })
  return { name, side }
}
