// Looking inside a run on the CPU references: the same questions as on the GPU, answered by the same ops' plain
// references.

import { EngineError } from '../errors.ts'
import type { Params, StepValues } from '../ops/op.ts'
import type { PlanStep } from '../model/plan.ts'
import type { WeightData, WeightLayout } from '../quants/weight.ts'
import {
  floatsName,
  RunFacts,
  stretchOf,
  type Hooks,
  type Inspection,
  type PartWork,
  type Piece,
  type Prepared,
  type Work,
} from './inspect.ts'
import type { PlanRuntime } from './plan-runtime.ts'
import type { CpuSteps } from './steps-cpu.ts'

const bytesOf = (data: ArrayBufferView): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)

type Run = Pick<PlanRuntime, 'plan' | 'size' | 'context' | 'length' | 'prefix' | 'shift'>

export class CpuInspection extends RunFacts<Run> implements Inspection {
  readonly steps: readonly Prepared[]

  constructor(
    runtime: Run,
    private readonly cpu: CpuSteps,
  ) {
    super(runtime)
    const { steps } = runtime.plan
    const of = (part: PlanStep['part']): Prepared[] => steps.flatMap((step) => (step.part === part ? [{ step }] : []))
    this.steps = [...of('encode'), ...of('body'), ...of('head')]
  }

  get hooks(): Hooks | null {
    return this.cpu.hooks
  }
  setHooks(hooks: Hooks | null): void {
    this.cpu.hooks = hooks
  }

  tensor(name: string, floats: number): void {
    const { tensors } = this.cpu
    if ((tensors[name]?.length ?? -1) < floats) tensors[name] = new Float32Array(floats)
  }

  floatsOf(weight: string): string {
    const name = floatsName(weight, this.layouts(weight))
    const { codes } = this.cpu.weights.get(weight)!
    this.cpu.tensors[name] ??= new Float32Array(codes.buffer, codes.byteOffset, codes.length)
    return name
  }

  private data(name: string): Float32Array {
    const found = this.cpu.tensors[name]
    if (!found) throw new EngineError('INTERNAL', `There is no tensor "${name}".`, { name })
    return found
  }

  prepare(steps: readonly PlanStep[]): Promise<Prepared[]> {
    return Promise.resolve(steps.map((step) => ({ step: { ...step } })))
  }
  setParams(prepared: Prepared, params: Params): void {
    ;(prepared.step as { params: Params }).params = { ...prepared.step.params, ...params }
  }
  /** bytes, not floats: ids and masked edges are words */
  write(name: string, data: ArrayBufferView, offset = 0): void {
    bytesOf(this.data(name)).set(bytesOf(data), offset * 4)
  }
  readMany(pieces: readonly Piece[]): Promise<Float32Array[]> {
    return Promise.resolve(pieces.map(({ tensor, offset, count }) => this.data(tensor).slice(offset, offset + count)))
  }

  submitAll(parts: readonly PartWork[]): void {
    for (const { part, values, work } of parts) this.submit(part, values, work)
  }
  submit(_part: PlanStep['part'], values: StepValues, work: readonly Work[]): void {
    for (const item of work) {
      if ('run' in item) this.cpu.run(item.run.step, values)
      else this.data(item.to).set(this.data(item.copy).subarray(item.at, item.at + item.count), item.toAt)
    }
  }

  layouts(weight: string): WeightLayout[] {
    return [this.cpu.weights.get(weight)!]
  }

  weightRows(weight: string, row: number): Promise<{ weight: WeightData; from: number }> {
    return Promise.resolve(stretchOf(this.cpu.weights.get(weight)!, row))
  }

  during<T>(work: () => Promise<T>): Promise<T> {
    return work()
  }

  async time(prepared: Prepared | null, values: StepValues, repeats: number): Promise<number> {
    const started = performance.now()
    if (prepared) for (let i = 0; i < repeats; i++) this.cpu.compute(prepared.step, values)
    const took = performance.now() - started
    await new Promise((resolve) => setTimeout(resolve)) // the worker answers its heartbeat in between
    return took
  }
}
