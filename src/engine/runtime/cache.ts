// The KV cache's bookkeeping: how much fits, and how much of the last run a new prompt can keep.

import { EngineError } from '../errors.ts'

/** Throws CONTEXT_FULL when `count` more entries do not fit. */
export function checkFits(length: number, count: number, context: number): void {
  if (length + count > context) {
    throw new EngineError(
      'CONTEXT_FULL',
      `Cannot run ${count} more tokens: the context holds ${context} and ${length} are in it. Shorten the text, start a new chat, or load the model with a longer context.`,
      { count, context, length },
    )
  }
}

/**
 * How many entries of the cache the new prompt can keep: the longest common prefix of token ids, but never the whole
 * prompt, because the last token must run again to give its logits.
 */
export function reusablePrefix(cached: readonly number[], prompt: readonly number[]): number {
  let n = 0
  while (n < cached.length && n < prompt.length - 1 && cached[n] === prompt[n]) n++
  return n
}
