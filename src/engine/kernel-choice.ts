// Which kernels a loaded model runs with, and when that is measured: what this machine remembers is used at once, the rest
// is timed after answers, while nobody asks for anything, two seconds at most each time. Whoever wants the device stops it
// and waits for one run.

import { selfCheckKey } from './gpu/selftest.ts'
import { ops } from './ops/index.ts'
import type { StepChoice, Tuner } from './runtime/tuning/choice.ts'
import { refuse } from './sampler/params.ts'
import type { AdapterFacts, KernelTimes, LoadOptions } from './types.ts'

/** Milliseconds of quiet after an answer before kernels are timed: people often ask on. */
const QUIET = 400

export interface KernelUse extends StepChoice {
  /** of one run of each candidate; none where nothing was measured */
  milliseconds: Record<string, number>
}

/** Variants that `kernels` names. @throws PARAM_INVALID where no op has such a one */
export function wantedVariants(kernels = 'auto'): readonly string[] {
  if (kernels === 'auto' || kernels === 'default') return []
  const all = new Set(Object.values(ops).flatMap(({ variants }) => variants.map(({ name }) => name)))
  const names = kernels.split(',').map((name) => name.trim())
  const unknown = names.find((name) => !all.has(name))
  if (unknown !== undefined) refuse('load', 'kernels', '"auto", "default" or names of kernels', unknown)
  return names
}

export class KernelChoice {
  private readonly times = new Map<string, KernelTimes>()
  private timer: ReturnType<typeof setTimeout> | undefined
  private running: Promise<void> | null = null
  private stopped = false

  private constructor(
    private readonly tuner: Tuner | null,
    private readonly facts: AdapterFacts | null,
    private readonly options: Pick<LoadOptions, 'kernels' | 'kernelTimings'>,
  ) {}

  /** Uses what is known of this device. */
  static async open(
    tuner: Tuner | null,
    facts: AdapterFacts | null,
    options: Pick<LoadOptions, 'kernels' | 'kernelTimings'>,
  ): Promise<KernelChoice> {
    const made = new KernelChoice(tuner, facts, options)
    const known = made.measures && tuner ? await options.kernelTimings?.known() : undefined
    for (const choice of (known && tuner?.choices()) || []) {
      const found = known!.get(made.keyOf(choice))
      if (found) made.times.set(choice.key, found)
    }
    made.apply()
    return made
  }

  /** May measurements decide? */
  private get measures(): boolean {
    return (this.options.kernels ?? 'auto') === 'auto'
  }
  private keyOf({ key, build, candidates }: StepChoice): string {
    return [selfCheckKey(this.facts!), build, candidates.join(), key].join('|')
  }
  private apply(): void {
    if (!this.tuner) return
    const measured = new Map([...this.times].map(([key, { best }]) => [key, best]))
    this.tuner.order = { measured: this.measures ? measured : new Map(), wanted: wantedVariants(this.options.kernels) }
  }

  /** What runs, and what was measured. */
  uses(): KernelUse[] {
    return (this.tuner?.choices() ?? []).map((choice) => ({
      ...choice,
      milliseconds: this.times.get(choice.key)?.milliseconds ?? {},
    }))
  }

  /** Times what is open, once there was quiet for a moment. @param idle does nobody use the device? */
  soon(idle: () => boolean): void {
    clearTimeout(this.timer)
    if (!this.tuner || !this.measures || !this.options.kernelTimings || this.open().length === 0) return
    this.timer = setTimeout(() => {
      if (idle()) void this.tune().catch(() => undefined) // a lost device is told elsewhere
    }, QUIET)
  }

  /** Times what is open, now. @throws GPU_LOST */
  async tune(): Promise<void> {
    this.stopped = false
    await (this.running ??= this.measure().finally(() => {
      this.running = null
    }))
  }

  /** No timing begins from now on, and the one that runs has ended when it resolves. */
  async stop(): Promise<void> {
    clearTimeout(this.timer)
    this.stopped = true
    await this.running?.catch(() => undefined)
  }

  private open(): StepChoice[] {
    return (this.tuner?.choices() ?? []).filter(({ key }) => !this.times.has(key))
  }

  private async measure(): Promise<void> {
    const open = new Map(this.open().map((choice) => [choice.key, choice]))
    if (!this.tuner || open.size === 0) return
    const answers = await this.tuner.tune(new Set(open.keys()), () => this.stopped)
    for (const [key, times] of answers) this.times.set(key, times)
    this.apply()
    await this.options.kernelTimings?.remember([...answers].map(([key, times]) => [this.keyOf(open.get(key)!), times]))
  }
}
