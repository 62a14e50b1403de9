// Asks a GPU session which of its kernels are the fastest: one question for each kind of step and class of rows that
// several kernels could run, and for each kind of group, which its steps could run instead. Runs the session's own steps,
// with their own weights by turns, over its activations, which every forward writes anew; caches are written behind
// the text only. So a text stays as it is, but nothing may run meanwhile. Candidates are compiled and checked before they
// are timed; whoever wants the device then does not wait for that.

import type { Queue } from '../../gpu/queue.ts'
import type { Part, PlanGroup } from '../../model/plan.ts'
import type { StepValues } from '../../ops/op.ts'
import type { RuntimeSize } from '../size.ts'
import type { GpuSteps, Ready } from '../steps-gpu.ts'
import { choicesOf, type Asked, type Kind } from './kinds.ts'
import { PLAIN, type Order } from './order.ts'
import type { StepChoice, Tuner } from './choice.ts'
import { tune, type Answer, type Stopwatch } from './tune.ts'

/** Keys read before a token: attention's time depends on them. */
const USUAL_LENGTH = 256

interface Members extends Kind {
  members: readonly Ready[]
}

/** Where the text ends now. */
export type Place = () => { length: number; prefix: number; context: number }

export class GpuTuner implements Tuner {
  private readonly byName: ReadonlyMap<string, Ready>
  private readonly all: readonly Ready[]

  constructor(
    private readonly steps: GpuSteps,
    private readonly queue: Queue,
    prepared: readonly Ready[],
    groups: readonly Ready[],
    private readonly head: Part | null,
    private readonly size: RuntimeSize,
    private readonly place: Place,
  ) {
    this.byName = new Map(prepared.map((one) => [one.step.name, one]))
    this.all = [...groups, ...prepared]
  }

  async use(order: Order): Promise<void> {
    await this.steps.makeReady(this.all, order)
    this.steps.order = order
  }

  choices(): StepChoice[] {
    return this.asked().map(({ choice }) => choice)
  }

  async tune(open: ReadonlySet<string>, signal: AbortSignal): Promise<Map<string, Answer>> {
    const { context } = this.place()
    // where the text leaves no room for so many rows, the question stays open
    const asked = this.asked().filter(
      ({ choice, T }) => choice.candidates.length > 1 && open.has(choice.key) && this.values(T).pos + T <= context,
    )
    const byKey = new Map(asked.map((one) => [one.choice.key, one]))
    const questions = asked.map(({ choice: { key, candidates } }) => ({ key, names: candidates }))
    const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    const time: Stopwatch = async ({ key }, name, repeats) => {
      const { kind, T } = byKey.get(key)!
      const { members } = kind
      if (name !== null && name !== PLAIN && !(await this.isReady(members, name, signal, stopped))) return Infinity
      return this.time(members, T, name, repeats)
    }
    return tune(questions, time, () => signal.aborted)
  }

  private asked(): Asked<Members>[] {
    const { steps, size, head } = this
    const kinds = new Map<string, Ready[]>()
    for (const one of this.all) {
      const { kind } = one.preference
      kinds.set(kind, [...(kinds.get(kind) ?? []), one])
    }
    const described = [...kinds.values()].map((members): Members => {
      const [first] = members
      return { ...first!, shape: this.shapeOf(first!), members, count: members.length }
    })
    return choicesOf(described, steps.order, size, head, steps)
  }

  private shapeOf({ step }: Ready): StepChoice['shape'] {
    const segments = this.steps.placement.weights.get(step.args['weight'] ?? '')
    return segments ? [segments.reduce((sum, { layout }) => sum + layout.rows, 0), segments[0]!.layout.cols] : null
  }

  private values(T: number): StepValues {
    const { length, prefix, context } = this.place()
    return { T, pos: Math.max(length, Math.min(USUAL_LENGTH, context - T)), row: 0, prefix }
  }

  /** Makes a kernel ready. @returns whether it is: not where it is wrong, or somebody stopped before */
  private async isReady(
    members: readonly Ready[],
    name: string,
    signal: AbortSignal,
    stopped: Promise<void>,
  ): Promise<boolean> {
    const { order } = this.steps
    const made = this.steps.makeReady(members, { ...order, wanted: [name, ...order.wanted] }, true, signal)
    made.catch(() => undefined) // it may fail when nobody waits for it any more
    await Promise.race([made, stopped])
    return members.every(({ variants }) => variants.find(({ variant }) => variant.name === name)!.isReady)
  }

  /** Milliseconds of so many runs of steps of the kind, one after the other. */
  private async time(members: readonly Ready[], T: number, name: string | null, repeats: number): Promise<number> {
    const values = this.values(T)
    const { steps, queue } = this
    for (const part of ['body', 'head'] as const) steps.writeStep(part, values)
    await queue.idle('timings')
    const started = performance.now()
    const commands = queue.begin()
    commands.openPass()
    for (let i = 0; i < repeats; i++) {
      const one = members[i % members.length]!
      if (name !== PLAIN) steps.launchBy(commands, one, name!, values)
      else {
        for (const step of (one.step as PlanGroup).steps) steps.launch(commands, this.byName.get(step)!, values)
      }
    }
    queue.submit(commands)
    await queue.idle('timings')
    return performance.now() - started
  }
}
