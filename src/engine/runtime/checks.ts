// Which kernels may be trusted. Types, and the trust of those who do not ask (tests, and what the inspector adds).

import type { Op, Variant } from '../ops/op.ts'
import type { StorageFormat } from '../quants/weight.ts'

/** A variant as a step is about to run it. */
export interface Asked {
  op: Op
  variant: Variant
  format: StorageFormat | null
  /** parameters of the step, for what its kernels are specialised by */
  params: Readonly<Record<string, number>>
}

export interface KernelChecks {
  /** keys of the variants that were found wrong so far (variantKey) */
  readonly rejected: ReadonlySet<string>
  /**
   * Sees to it that each of these has answered its known-answer case, once; those that failed are rejected from then on.
   * @throws GPU_LOST; ABORTED
   */
  check(asked: readonly Asked[], signal?: AbortSignal): Promise<void>
}

export const unchecked: KernelChecks = { rejected: new Set(), check: () => Promise.resolve() }
