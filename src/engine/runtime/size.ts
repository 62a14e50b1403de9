// How much a runtime can hold: chosen at load, the same for every machine that runs the Plan.

export interface RuntimeSize {
  /** C, cache entries */
  context: number
  /** most rows of T per forward */
  chunk: number
  /** most rows of logits per pass of the head */
  logitRows: number
}

/** The step's params with the cache length filled in. */
export const placedParams = (params: Record<string, number>, size: RuntimeSize): Record<string, number> =>
  'C' in params ? { ...params, C: size.context } : params
