// Tokens per second of the two halves of an answer.

import type { GenerateStats } from '../../store/index.ts'

/** null when there is nothing to divide. The first token comes out of the prefill and the last is not run again: decoding ran one less. */
export function rates({ promptTokens, reusedTokens, prefillSeconds, generatedTokens, decodeSeconds }: GenerateStats): { prefill: number | null; decode: number | null } {
  const read = promptTokens - reusedTokens
  return {
    prefill: read > 0 && prefillSeconds > 0 ? read / prefillSeconds : null,
    decode: generatedTokens > 1 && decodeSeconds > 0 ? (generatedTokens - 1) / decodeSeconds : null,
  }
}
