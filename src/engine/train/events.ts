// What a caller of training says and hears.

import type { Prompt } from '../types.ts'
import type { TrainRow } from './data.ts'

export interface TrainOptions {
  /**
   * the adapter that learns, by its name among the model's: a LoRA whose matrices are of 32-bit floats. null: all of the model's
   * own weights, which are of 32-bit floats in its files; load it with linear and embedding 'keep', and no adapters
   */
  adapter: string | null
  rows: readonly TrainRow[]
  /** updates of the weights; default 60 */
  steps?: number
  /** rows that one update learns from; default 4 */
  batch?: number
  /** the learning rate at its highest; default 3e-3 for small models, 2e-4 from 100 million parameters on */
  lr?: number
  /** updates in which it rises to that; default 5 */
  warm?: number
  /** gradients longer than this together are shortened to it; 0: never; default 1 */
  clip?: number
  /** default 0: adapters are small enough */
  decay?: number
  beta1?: number
  beta2?: number
  /** of the order of the rows; default 0 */
  seed?: number
  /** most tokens of a row; default 256, at most 512, and never more than the model was made for */
  longest?: number
  /** part of the rows that is held out to be asked; default 0.1 of 10 rows or more, else none */
  heldOut?: number
  /** updates between two looks at what is held out, and at the samples; default 10 */
  every?: number
  /**
   * 'keep': what blocks compute is kept for the way back. 'checkpoint': blocks run twice and keep little; the same bits in
   * about 4/3 of the time. Default: keep, up to 512 MiB
   */
  memory?: 'keep' | 'checkpoint'
  /** asked in between, answered greedily */
  samples?: readonly Prompt[]
  /** goes on from where another run was: event 'saved' */
  resume?: TrainState
  /** ends it behind the update that runs; what has been learnt stays */
  signal?: AbortSignal
}

/** What a run needs to go on, bit for bit: plain data, to be kept anywhere. */
export interface TrainState {
  /** of the model, the rows, their order and every number that was set: another run does not go on from it */
  fingerprint: string
  /** updates that were done */
  step: number
  weights: Record<string, Float32Array>
  m: Float32Array
  v: Float32Array
  /** the first loss, and the lowest of what is held out; null: none yet */
  seen: { first: number | null; best: number | null }
}

export type TrainEvent =
  | {
      type: 'begin'
      /** numbers that learn, bytes on the device beside the model's, rows that learn and are held out */
      numbers: number
      bytes: number
      /** which way it is, and what both would take */
      memory: { mode: 'keep' | 'checkpoint'; keep: number; checkpoint: number }
      rows: number
      heldOut: number
      tokens: number
      targets: number
      /** rows whose first turns were left out */
      cut: number
    }
  /** `loss` in nats per target, of the rows before the update; `norm` of the gradients before they are shortened */
  | { type: 'step'; step: number; steps: number; loss: number; norm: number; lr: number; tokens: number; ms: number }
  | { type: 'evaluation'; step: number; loss: number; best: boolean }
  | { type: 'sample'; step: number; index: number; text: string }
  | { type: 'saved'; state: TrainState }
  /**
   * `done`: all updates; `asked`: stopped; `numbers`: a gradient was no number, `diverged`: the loss rose far above where it
   * began: then the weights are those of update `step`, the last good ones
   */
  | { type: 'end'; why: 'done' | 'asked' | 'numbers' | 'diverged'; step: number }
