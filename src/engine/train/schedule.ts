// How fast a model learns, step by step: warm-up, then half a cosine down to zero, or on as it is.

/** AdamW's numbers at one step. */
export interface Rates {
  lr: number
  beta1: number
  beta2: number
  eps: number
  /** weight decay, of matrices alone */
  decay: number
  /** gradients longer than this together are shortened to it; 0: never */
  clip: number
  /** from 1 */
  step: number
}

/**
 * The learning rate at step `step` (from 0) of `steps`: peak · min(1, (step + 1) / warm) · ½ (1 + cos π p), where p goes from 0 to
 * 1 behind the warm-up. @param falls false: peak · min(1, (step + 1) / warm)
 */
export function learningRate(step: number, steps: number, peak: number, warm: number, falls = true): number {
  const begun = Math.min(1, (step + 1) / Math.max(1, warm))
  if (!falls) return peak * begun
  const done = Math.max(0, step - warm) / Math.max(1, steps - warm)
  return peak * begun * 0.5 * (1 + Math.cos(Math.PI * done))
}
