// A norm of a residual, taken apart: it is linear but for one number, the scale that the whole residual gives.
//   rms:   y = x · gain / rms(x)                     layer:  y = (x - mean(x)) · gain / std(x) + bias
// A part of a residual is put under the scale of the whole, so that parts add up to it; the bias belongs to none.
// A model without the norm has the residual itself.

import { placeOf, stepOf } from '../model/sites.ts'
import type { StepRunner } from './step-runner.ts'

export class FinalNorm {
  private constructor(
    private readonly gain: Float32Array,
    /** of the norm itself; null: none */
    readonly bias: Float32Array | null,
    private readonly eps: number,
    private readonly centres: boolean,
    /** false: there is no norm here */
    private readonly scales: boolean,
  ) {}

  /** @param site what the norm gives */
  static async read(runner: StepRunner, site = 'final_norm'): Promise<FinalNorm> {
    const { plan } = runner.runtime
    const { D } = plan.dims
    if (!(site in plan.sites)) return new FinalNorm(new Float32Array(D).fill(1), null, 0, false, false)
    const step = stepOf(plan, placeOf(plan, site).step)
    const vector = (name: string): Promise<Float32Array> => runner.read(name, 0, D)
    const { gain, bias } = step.args
    return new FinalNorm(
      await vector(gain!),
      bias ? await vector(bias) : null,
      step.params['eps']!,
      step.op === 'layernorm',
      true,
    )
  }

  private centred(x: Float32Array): Float32Array {
    if (!this.centres) return x
    const mean = x.reduce((sum, v) => sum + v, 0) / x.length
    return x.map((v) => v - mean)
  }

  /** What the norm multiplies this residual by, beside the gain. */
  scale(x: Float32Array): number {
    if (!this.scales) return 1
    let sum = 0
    for (const v of this.centred(x)) sum += v * v
    return 1 / Math.sqrt(sum / x.length + this.eps)
  }

  /** A part of a residual under the scale of the whole. */
  part(x: Float32Array, scale: number): Float32Array {
    return this.centred(x).map((v, i) => v * scale * this.gain[i]!)
  }

  /** A whole residual, as the norm gives it. */
  whole(x: Float32Array): Float32Array {
    const { bias } = this
    const y = this.part(x, this.scale(x))
    return bias ? y.map((v, i) => v + bias[i]!) : y
  }

  /** The direction along which a residual is read when y is read along `row`: row · y = direction · x · scale + bias. */
  direction(row: Float32Array): Float32Array {
    return this.centred(row.map((v, i) => v * this.gain[i]!))
  }
}
