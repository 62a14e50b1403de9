// What a layer sees, read off its step in the plan: the one place that panels' words follow. `source` is cross-attention.

import type { attentionMasks, MaskWords } from '../../i18n/panels/attention-masks.ts'
import type { PlanInfo } from '../../store/inspect.ts'

export interface Sight {
  /** a query sees keys up to its own; all of them; those and the prompt; all of another text */
  mask: 'causal' | 'both' | 'prefix' | 'source'
  /** keys nearer than this only; 0: any */
  window: number
  /** something is added to q·k by distance */
  biased: boolean
}

/** Causal where the plan is not known, or the layer has no such attention. */
export function sightOf(plan: PlanInfo | null, layer: number, branch: 'attn' | 'cross' = 'attn'): Sight {
  const made = plan?.sites[`blocks.${layer}.${branch}.z`]?.step
  const step = plan?.steps.find(({ name }) => name === made)
  const { causal = 1, prefixed = 0, window = 0, biased = 0 } = step?.params ?? {}
  return {
    mask: branch === 'cross' ? 'source' : causal === 0 ? 'both' : prefixed === 1 ? 'prefix' : 'causal',
    window,
    biased: biased !== 0 || step?.op === 'attention-relative',
  }
}

/** Queries see keys after them. */
export const seesAhead = ({ mask }: Sight): boolean => mask !== 'causal'

/** What is said of a layer that sees so much. */
export function maskWords(
  words: typeof attentionMasks.en,
  { mask, window: near }: Pick<Sight, 'mask' | 'window'>,
): MaskWords {
  const own = words[mask]
  if (near === 0 || mask === 'source') return own
  const ahead = mask === 'both'
  const probs = `${ahead ? words.window.bothProbs : own.probs} ${words.window.probs(near, ahead)}`
  return { ...own, probs, ...(ahead && { raw: words.window.bothRaw }) }
}
