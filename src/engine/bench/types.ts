// What can be measured of a loaded model beyond what answers tell of themselves. Types only.

import type { Traffic } from '../model/traffic.ts'
import type { StorageFormat } from '../quants/weight.ts'

import type { KernelUse } from '../kernel-choice.ts'

export type { Traffic } from '../model/traffic.ts'

/** Steps of one op, shape and format, of which one was timed. */
export interface KernelTime {
  op: string
  /** rows × columns of its weight; null where it has none */
  shape: readonly [rows: number, cols: number] | null
  format: StorageFormat | null
  /** how many such steps a forward runs */
  count: number
  /** of one of them, the fastest batch; alone, so that what it would share with its neighbours counts */
  microseconds: number
  /** runs in a batch */
  runs: number
}

/** A kernel that was compiled for this model. Several are compiled at once: `from` says which milliseconds they share. */
export interface CompiledKernel {
  label: string
  from: number
  milliseconds: number
}

export type { KernelUse } from '../kernel-choice.ts'

export interface Bench {
  /** Which kernel runs each kind of step that several could run, and what was measured of them. */
  choices(): Promise<KernelUse[]>
  /** Times the kernels of which nothing is known yet, two seconds at most; the fastest run from then on. */
  tune(): Promise<KernelUse[]>
  /** bytes that a token behind `length` others has to move */
  traffic(length: number): Promise<Traffic>
  /**
   * Bytes a second that a kernel reads which does nothing else, the fastest of several; null where the processor computes,
   * whose kernels read through caches.
   */
  bandwidth(): Promise<number | null>
  /**
   * Every kind of step by itself, for `rows` tokens behind `length` others, or for as many of them as are read at once here;
   * the text is read again afterwards.
   */
  kernels(rows: number, length: number): Promise<{ rows: number; times: KernelTime[] }>
  /** in the order in which they were ready; empty where nothing is compiled */
  compiled(): Promise<CompiledKernel[]>
}
