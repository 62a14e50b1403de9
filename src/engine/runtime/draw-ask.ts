// What an answer asks of a runtime that draws tokens itself, and why it may be refused.

import type { SamplingParams } from '../types.ts'

/** What an answer asks of the device. */
export interface DrawAsk {
  params: SamplingParams
  /** token id → how often it is in the history, prompt included */
  seen: ReadonlyMap<number, number>
  /** the uniform numbers of the tokens that come, the next one's first */
  numbers: Iterator<number>
  /** tokens that are wanted at most */
  most: number
  /** the row that each is drawn from is kept (kept-rows.ts) */
  keeps: boolean
}

/**
 * Why a runtime does not draw a token: what its model needs of the host; what was asked of the sampler; no memory for the
 * rows that a look inside needs; kernels that are wrong or off; a GPU that is a processor, on which the chain is faster; or
 * they are still being made ready.
 */
export type NotDrawn = 'model' | 'settings' | 'watched' | 'kernels' | 'software' | 'soon'
