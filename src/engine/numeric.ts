// A model whose numbers are none any more: which operation lost them first, said in the words of an error.

import type { DecodingContext } from './context.ts'
import { EngineError } from './errors.ts'

/** Tokens that are run once more, step by step, to find where a number was lost: damaged weights show at the first. */
const SEARCHED = 8

/** The sampled row is not finite, or the same everywhere: say where it began, and forget the cache that made it. */
export async function numericError(c: DecodingContext, value: number): Promise<EngineError> {
  const step = (await c.model.runtime.findNonFinite(c.ids.slice(0, SEARCHED))) ?? 'logits'
  c.clear()
  if (step === 'logits' && Number.isFinite(value)) {
    return new EngineError(
      'NUMERIC',
      `The model gave every token the same score, ${value}: there is nothing to choose by. Numbers too large on the way are the usual cause. The answer so far is kept. The weights may be damaged; load the model again, or try another one.`,
      { step, value: String(value), flat: true },
    )
  }
  return new EngineError(
    'NUMERIC',
    `The model stopped computing numbers: "${step}" is the first operation whose result is ${value}. The answer so far is kept. The weights may be damaged, or this GPU computes "${step}" wrongly; load the model again, or try another one.`,
    { step, value: String(value) },
  )
}
