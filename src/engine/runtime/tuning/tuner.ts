// Asks a GPU session which of its kernels are the fastest: one question for each kind of step and class of rows that
// several kernels could run, and for each kind of group, which its steps could run instead. Runs the session's own steps,
// with their own weights by turns, over its activations, which every forward writes anew; caches are written behind
// the text only. So a text stays as it is, but nothing may run meanwhile.

import { fnv1a } from '../../gpu/shaders.ts'
import type { Queue } from '../../gpu/queue.ts'
import { contextOf } from '../../gpu/selftest.ts'
import type { Part, PlanGroup } from '../../model/plan.ts'
import type { StepValues } from '../../ops/op.ts'
import type { StorageFormat } from '../../quants/weight.ts'
import type { RuntimeSize } from '../size.ts'
import type { GpuSteps, Ready } from '../steps-gpu.ts'
import { choose, classNames, classOf, PLAIN, questionKey, rowClasses, type Order } from './order.ts'
import type { StepChoice, Tuner } from './choice.ts'
import { tune, type Answer, type Question } from './tune.ts'

/** Keys read before a token: attention's time depends on them. */
const USUAL_LENGTH = 256
/** Decode and prefill matter most. */
const classOrder = [0, 3, 1, 2]

interface Asked extends Question {
  choice: StepChoice
  members: readonly Ready[]
  T: number
}

/** Where the text ends now. */
export type Place = () => { length: number; prefix: number; context: number }

export class GpuTuner implements Tuner {
  private readonly byName: ReadonlyMap<string, Ready>

  constructor(
    private readonly steps: GpuSteps,
    private readonly queue: Queue,
    private readonly prepared: readonly Ready[],
    private readonly groups: readonly Ready[],
    private readonly head: Part | null,
    private readonly size: RuntimeSize,
    private readonly place: Place,
  ) {
    this.byName = new Map(prepared.map((one) => [one.step.name, one]))
  }

  get order(): Order {
    return this.steps.order
  }
  set order(order: Order) {
    this.steps.order = order
  }

  choices(): StepChoice[] {
    return this.asked().map(({ choice }) => choice)
  }

  async tune(open: ReadonlySet<string>, stopped: () => boolean): Promise<Map<string, Answer>> {
    const { context } = this.place()
    // where the text leaves no room for so many rows, the question stays open
    const questions = this.asked().filter(({ key, T }) => open.has(key) && this.values(T).pos + T <= context)
    const byKey = new Map(questions.map((one) => [one.key, one]))
    return tune(questions, ({ key }, name, repeats) => this.time(byKey.get(key)!, name, repeats), stopped)
  }

  private asked(): Asked[] {
    const kinds = new Map<string, Ready[]>()
    for (const one of [...this.groups, ...this.prepared]) {
      kinds.set(one.preference.kind, [...(kinds.get(one.preference.kind) ?? []), one])
    }
    return classOrder.flatMap((rowClass) => [...kinds.values()].flatMap((members) => this.ask(members, rowClass)))
  }

  private ask(members: readonly Ready[], rowClass: number): Asked[] {
    const [first] = members
    const { step, preference, variants } = first!
    const most = step.part === this.head ? this.size.logitRows : this.size.chunk
    const T = Math.min(rowClasses[rowClass]!, most)
    if (classOf(T) !== rowClass) return []
    const accepted = variants.filter(({ variant }) => variant.accepts(this.values(T), step.params))
    const isGroup = 'kind' in step
    const names = accepted.map(({ variant }) => variant.name)
    if (names.length + Number(isGroup) < 2 || names.length === 0) return []
    const key = questionKey(preference.kind, rowClass)
    const layout = this.layoutOf(first!)
    const preferred = preference.of(this.order, T)
    const found = choose(preferred, accepted, () => true)
    const runs = found === PLAIN ? PLAIN : found!.variant.name
    const by = !preferred.includes(runs) ? 'default' : this.order.wanted.includes(runs) ? 'wanted' : 'measured'
    const candidates = isGroup ? [...names, PLAIN] : names
    const choice: StepChoice = {
      key,
      build: this.build(accepted, layout?.format ?? null),
      op: step.op,
      format: layout?.format ?? null,
      shape: layout && [layout.rows, layout.cols],
      rows: classNames[rowClass]!,
      count: members.length,
      runs,
      by,
      candidates,
    }
    return [{ key, names: candidates, choice, members, T }]
  }

  private layoutOf({ step }: Ready) {
    const segments = this.steps.placement.weights.get(step.args['weight'] ?? '')
    if (!segments) return null
    const { format, cols } = segments[0]!.layout
    return { format, cols, rows: segments.reduce((sum, { layout }) => sum + layout.rows, 0) }
  }

  /** Tells the kernels of one build apart from those of another. */
  private build(variants: Ready['variants'], format: StorageFormat | null): string {
    const texts = variants.flatMap(({ variant, launches: [first] }) =>
      variant
        .passes(contextOf(this.steps.device, first!.params, format))
        .flatMap(({ shader, overrides, parts }) => [
          this.steps.kernels.source(shader, format, parts),
          JSON.stringify(overrides),
        ]),
    )
    return fnv1a(texts.join(''))
  }

  private values(T: number): StepValues {
    const { length, prefix, context } = this.place()
    return { T, pos: Math.max(length, Math.min(USUAL_LENGTH, context - T)), row: 0, prefix }
  }

  /** Milliseconds of so many runs of steps of the kind, one after the other. */
  private async time({ members, T }: Asked, name: string | null, repeats: number): Promise<number> {
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
