// One thread of the processor: holds the Plan's steps as kernels and runs what it is asked, together with the others.
// It knows no worker and no message port: worker.ts or the engine's own thread calls answer().

import { runsWithout, stepsOf, type Part, type PlanStep } from '../../model/plan.ts'
import type { StepValues } from '../../ops/op.ts'
import type { ThreadState, ThreadStep } from './thread-state.ts'
import { createKernels } from './kernels/index.ts'
import { breakMeeting, createMeeting, MeetingBroken } from './meeting.ts'
import { FEW } from './memory.ts'
import type { NumberedHooks, PartRun, Request, ThreadStart, WorkItem } from './requests.ts'
import { prepareStep } from './steps.ts'
import { Tensors } from './tensors.ts'
import { Traffic } from './traffic.ts'

export class PlanThread {
  private readonly tensors: Tensors
  private readonly traffic = new Traffic()
  private readonly meet: () => void
  private readonly state: ThreadState
  private readonly steps: ThreadStep[] = []
  private readonly numbers: Record<Part, number[]>
  private after = new Map<string, number[]>()
  private instead = new Map<string, number[]>()
  private off: ReadonlySet<string> = new Set()
  /** has no thread done anything since the last meeting? */
  private isMet = false

  constructor(private readonly start: ThreadStart) {
    const { memory, plan, placement, thread, threads } = start
    const meet = createMeeting(memory, placement.meeting, thread, threads)
    this.meet = () => {
      meet()
      this.traffic.clear()
      this.isMet = true
    }
    this.tensors = new Tensors(start)
    const { tensors, traffic } = this
    this.state = { start, tensors, kernels: createKernels(memory), meet: this.meet, traffic, turn: 0 }
    this.add(plan.steps)
    const of = (part: Part): number[] => stepsOf(plan, part).map((step) => plan.steps.indexOf(step))
    this.numbers = { encode: of('encode'), body: of('body'), head: of('head'), probe: of('probe') }
  }

  /** It answers for all. */
  get isFirst(): boolean {
    return this.start.thread === 0
  }

  /** Ops of the Plan that have no kernel here. */
  get references(): string[] {
    return [...new Set(this.start.plan.steps.flatMap((s, i) => (this.steps[i]!.isReference ? [s.op] : [])))]
  }

  /** @returns milliseconds of a run, where it was one. @throws MeetingBroken when another thread failed */
  answer(request: Request): number | null {
    if ('steps' in request) this.add(request.steps)
    else if ('params' in request) {
      const { step } = this.steps[request.of]!
      const params = { ...step.params, ...request.params }
      this.steps[request.of] = prepareStep({ ...step, params }, this.state)
    } else if ('hooks' in request) this.setHooks(request.hooks)
    else if ('off' in request) this.off = request.off
    else if ('tensor' in request) this.tensors.add(request.tensor, request.at, request.words)
    else if ('write' in request) this.tensors.write(request.write, request.at, request.words)
    else {
      const started = performance.now()
      if ('time' in request) {
        this.meet()
        for (let i = 0; i < request.repeats; i++) this.compute(this.steps[request.time]!, request.values)
      } else {
        for (const part of request.parts) this.runPart(part)
      }
      this.meet()
      return performance.now() - started
    }
    return null
  }

  /** Tells the others that this thread cannot go on. */
  fail(error: unknown): void {
    if (!(error instanceof MeetingBroken)) breakMeeting(this.start.memory, this.start.placement.meeting)
  }

  private add(steps: readonly PlanStep[]): void {
    for (const step of steps) this.steps.push(prepareStep(step, this.state))
  }
  private setHooks(hooks: NumberedHooks | null): void {
    this.after = new Map(hooks?.after)
    this.instead = new Map(hooks?.instead)
  }

  private runPart({ part, values, work }: PartRun): void {
    this.meet() // what the part before has written is there for all
    if (!work) return this.numbers[part].forEach((number) => this.run(number, values))
    this.tensors.refresh(values.T)
    this.meet() // the first thread's rows have been taken over
    for (const item of work) {
      if (typeof item === 'number') this.run(item, values)
      else this.copy(item, values)
    }
  }

  /** A step with its hooks. */
  private run(number: number, values: StepValues): void {
    const ready = this.steps[number]!
    const { name } = ready.step
    const instead = this.instead.size ? this.instead.get(name) : undefined
    if (instead) for (const other of instead) this.run(other, values)
    else if (runsWithout(ready.step, this.off)) this.compute(ready, values)
    const after = this.after.size ? this.after.get(name) : undefined
    if (after) for (const other of after) this.run(other, values)
  }
  private compute(ready: ThreadStep, values: StepValues): void {
    if (ready.isMet) {
      this.meetOnce()
      ready.many(values)
      return this.meet()
    }
    this.calculate(ready, values)
    this.isMet = false
  }
  private calculate(ready: ThreadStep, values: StepValues): void {
    if (values.T > FEW) return ready.many(values)
    if (this.traffic.hinders(ready)) this.meet()
    ready.few(values)
    this.traffic.note(ready)
  }

  private meetOnce(): void {
    if (!this.isMet) this.meet()
  }

  /** Words from tensor to tensor, by the first thread; where they go to the inspector's, the others need not wait. */
  private copy(item: Exclude<WorkItem, number>, { T }: StepValues): void {
    const { traffic, tensors, meet } = this
    const wait = T > FEW || !tensors.isExtra(item.to)
    if (wait || traffic.isTouched(item.to)) this.meetOnce()
    if (this.start.thread === 0) tensors.copy(item)
    this.isMet = false
    if (wait) {
      meet()
      tensors.refresh(T, item.to)
      traffic.touch(item.to)
    } else {
      traffic.touch(item.copy)
      traffic.writeAlone(item.to)
    }
  }
}
