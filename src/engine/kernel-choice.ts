// Which kernels a loaded model runs with, and when that is measured: what this machine remembers is used at once, the rest
// is timed after answers, while nobody asks for anything, two seconds at most each time. Whoever wants the device stops it
// and waits for one run.

import { selfCheckKey } from './gpu/key.ts'
import { ops } from './ops/index.ts'
import type { StepChoice, Tuner } from './runtime/tuning/choice.ts'
import type { Order } from './runtime/tuning/order.ts'
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

/** Kernels that no group has: its steps run one by one where they are wanted. */
const rounding: ReadonlySet<string> = new Set(
  Object.values(ops).flatMap(({ variants }) => variants.filter(({ rounds }) => rounds).map(({ name }) => name)),
)

/**
 * What is remembered lies where others may write, too. A kernel that no measurement may choose (one that rounds, or no
 * kernel at all) would change numbers, or end every answer.
 */
function isOf({ candidates }: StepChoice, found: unknown): found is KernelTimes {
  const { best, milliseconds } = (found ?? {}) as Partial<Record<keyof KernelTimes, unknown>>
  return (
    candidates.some((name) => name === best) &&
    typeof milliseconds === 'object' &&
    milliseconds !== null &&
    Object.values(milliseconds).every((ms) => Number.isFinite(ms))
  )
}

export class KernelChoice {
  private readonly times = new Map<string, KernelTimes>()
  private tuner: Tuner | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private running: Promise<void> | null = null
  private stopping = new AbortController()

  private constructor(
    private readonly facts: AdapterFacts,
    private readonly options: Pick<LoadOptions, 'kernels' | 'kernelTimings'>,
    private readonly known: ReadonlyMap<string, KernelTimes>,
  ) {}

  /** @param choices that a model leaves open here: of what is known of them the order is made */
  static async open(
    choices: readonly StepChoice[],
    facts: AdapterFacts,
    options: Pick<LoadOptions, 'kernels' | 'kernelTimings'>,
  ): Promise<KernelChoice> {
    const measures = (options.kernels ?? 'auto') === 'auto'
    const known = (measures && (await options.kernelTimings?.known())) || new Map<string, KernelTimes>()
    const made = new KernelChoice(facts, options, known)
    made.recall(choices)
    return made
  }

  /** What runs from now on. */
  get order(): Order {
    const measured = new Map([...this.times].map(([key, { best }]) => [key, best]))
    const wanted = wantedVariants(this.options.kernels)
    return { measured: this.measures ? measured : new Map(), wanted, apart: wanted.some((name) => rounding.has(name)) }
  }

  /** A runtime runs by this choice from now on. @throws GPU_LOST */
  async decideFor(tuner: Tuner): Promise<void> {
    this.tuner = tuner
    this.recall(tuner.choices()) // weights that do not lie in one piece have kernels of their own
    await tuner.use(this.order)
  }

  private recall(choices: readonly StepChoice[]): void {
    for (const choice of choices) {
      const found = this.known.get(this.keyOf(choice))
      if (isOf(choice, found)) this.times.set(choice.key, found)
    }
  }

  /** May measurements decide? */
  private get measures(): boolean {
    return (this.options.kernels ?? 'auto') === 'auto'
  }
  private keyOf({ key, build, candidates }: StepChoice): string {
    return [selfCheckKey(this.facts), build, candidates.join(), key].join('|')
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
    if (this.stopping.signal.aborted) this.stopping = new AbortController()
    await (this.running ??= this.measure(this.stopping.signal).finally(() => {
      this.running = null
    }))
  }

  /** No timing begins from now on, and the one that runs has ended when it resolves. */
  async stop(): Promise<void> {
    clearTimeout(this.timer)
    this.stopping.abort()
    await this.running?.catch(() => undefined)
  }

  private open(): StepChoice[] {
    return (this.tuner?.choices() ?? []).filter(({ key, candidates }) => candidates.length > 1 && !this.times.has(key))
  }

  private async measure(signal: AbortSignal): Promise<void> {
    const open = new Map(this.open().map((choice) => [choice.key, choice]))
    if (!this.tuner || open.size === 0) return
    const answers = await this.tuner.tune(new Set(open.keys()), signal)
    for (const [key, times] of answers) this.times.set(key, times)
    await this.tuner.use(this.order)
    await this.options.kernelTimings?.remember([...answers].map(([key, times]) => [this.keyOf(open.get(key)!), times]))
  }
}
