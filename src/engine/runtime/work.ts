// How much arithmetic one submit holds. Nothing else that the computer shows is drawn while a submit runs, and one that runs
// for seconds is stopped by some systems: so a chunk of a prompt is submitted in pieces of about 50 ms. Knows steps by their
// parameters only.

import type { Params, StepValues } from '../ops/op.ts'

/** Milliseconds that a submit should take. */
const WANTED = 50
/** Operations per millisecond: what the slowest device that was measured does (a software adapter on two cores). */
const SLOWEST = 4e6
/** Chunks of fewer tokens are one submit: a token that is written must not wait for several. */
const FEW = 8

/** Multiplications and additions of a step, about: those of a matmul (N, K), or of attention (H heads of d columns). */
export function workOf({ N, K, H, d, top = 1 }: Params, { T, pos, prefix }: StepValues): number {
  if (N && K) return 2 * N * K * T * top
  if (H && d) return 4 * H * d * T * Math.max(pos + T, prefix)
  return 0
}

/** Counts the work of a chunk that is being recorded, and says where to cut it. */
export class WorkMeter {
  private rate = SLOWEST
  private total = 0
  private since = 0

  begin(): void {
    this.total = this.since = 0
  }

  /** Is it better to submit what was recorded before this step is? */
  isFull(params: Params, values: StepValues): boolean {
    const work = workOf(params, values)
    const full = values.T > FEW && this.since > 0 && this.since + work > this.rate * WANTED
    this.since = full ? work : this.since + work
    this.total += work
    return full
  }

  /** The chunk took `ms`. One of few tokens says more of memory than of arithmetic. */
  took(tokens: number, ms: number): void {
    if (tokens > FEW && ms > 0 && this.total > 0) this.rate = Math.max(SLOWEST, this.total / ms)
  }
}
