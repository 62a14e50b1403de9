// What a runtime says of the kernels it can choose among. Types only.

import type { StorageFormat } from '../../quants/weight.ts'
import type { Order } from './order.ts'
import type { Answer } from './tune.ts'

/** What is run for the steps of one kind and so many rows. */
export interface StepChoice {
  key: string
  /** changes with the WGSL of any candidate */
  build: string
  op: string
  format: StorageFormat | null
  /** rows × columns of its weight; null where it has none */
  shape: readonly [rows: number, cols: number] | null
  /** a class of numbers of rows, in words: 2–4 */
  rows: string
  /** steps of the kind */
  count: number
  /** variant, or PLAIN for a group whose steps run one by one */
  runs: string
  /** why: the op's own order, a measurement, or a caller's wish */
  by: 'default' | 'measured' | 'wanted'
  candidates: readonly string[]
  /** those that round what they compute with: never taken unless a caller names them, and not timed */
  rounding: readonly string[]
}

/** Which of several kernels runs the steps of a runtime. */
export interface Tuner {
  /** Runs by this order as soon as its kernels are compiled and checked; those that are wrong are passed over. @throws GPU_LOST */
  use(order: Order): Promise<void>
  /** Every kind of step and class of rows that more than one kernel could run, the most important first. */
  choices(): StepChoice[]
  /** @param open keys of the choices to make @param signal ends it before the next run; what is compiling is not waited for */
  tune(open: ReadonlySet<string>, signal: AbortSignal): Promise<Map<string, Answer>>
}
