// The KV cache's bookkeeping: how much fits, and how much of the last run a new prompt can keep.

import { EngineError } from '../errors.ts'
import { shown } from '../shown.ts'
import type { PrefixTokens } from '../model/plan.ts'
import type { PrefixPlace } from '../model/rope-table.ts'

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
 * What a run may ask for: tokens that the embedding has rows for, and rows among them, rising. A kernel would compute
 * with any number in their place.
 * @param V rows of the embedding @throws PARAM_INVALID
 */
export function checkRun(ids: readonly number[], V: number, rows: readonly number[] = []): void {
  const refuse = (param: string, need: string, value: unknown): never => {
    const facts = { param, need, value: shown(value) }
    throw new EngineError('PARAM_INVALID', `Cannot run the ${param} ${facts.value}: they must be ${need}.`, facts)
  }
  const beyond = ids.findIndex((id) => !(Number.isInteger(id) && id >= 0 && id < V))
  if (beyond >= 0) refuse('ids', `whole numbers below ${V}, the rows of the model's embedding`, ids[beyond])
  const wrong = rows.findIndex((row, i) => !(Number.isInteger(row) && row > (rows[i - 1] ?? -1) && row < ids.length))
  if (wrong >= 0) refuse('rows', `rising places among the ${ids.length} tokens`, rows[wrong])
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

/** @throws PARAM_INVALID where the text holds no end of a prefix, or no blank */
export function prefixOf({ end, blanks }: PrefixTokens, ids: readonly number[]): PrefixPlace {
  const length = ids.indexOf(end),
    blank = ids.indexOf(blanks.find((id) => ids.includes(id)) ?? -1)
  if (length < 0 || blank < 0) {
    throw new EngineError(
      'PARAM_INVALID',
      `Cannot read the text: this model needs its token ${end}, before which the prefix ends, and one of ${blanks.join(', ')}, the blank that it fills. Write it as a chat.`,
      {
        param: 'prompt',
        need: `a text with the tokens ${end} and ${blanks[0]!}`,
        found: `${ids.length} tokens without`,
      },
    )
  }
  return { length, blank }
}
