// What a caller of training says and hears.

import type { ChatMessage, Prompt } from '../types.ts'
import type { PreferenceRow, PromptRow, TrainRow } from './data.ts'

/** An answer that the model gave itself, drawn from all that it could say. */
export interface Drawn {
  text: string
  /** its tokens, with the sign that ends it */
  ids: readonly number[]
  /** it came to its end, in `maxTokens` */
  isWhole: boolean
}
/** What an answer is worth: a finite number, the higher the better. Asked in order, once of each answer. */
export type RewardFunction = (
  answer: Drawn & { row: number; prompt: readonly ChatMessage[] },
) => number | Promise<number>

/** A reward model: an adapter that the model was loaded with, and the head that was taught with it. */
export interface LearnedReward {
  adapter: string
  head: Float32Array
}

export interface TrainOptions {
  /**
   * the adapter that learns, by its name among the model's: a LoRA whose matrices are of 32-bit floats. null: all of the model's
   * own weights, which are of 32-bit floats in its files; load it with linear and embedding 'keep', and no adapters
   */
  adapter: string | null
  /**
   * all of one kind: what it is to say; pairs of answers, of which the first is preferred (DPO); or, with `reward`, prompts that
   * it answers itself (GRPO)
   */
  rows: readonly TrainRow[] | readonly PreferenceRow[] | readonly PromptRow[]
  /** updates of the weights; default 60 */
  steps?: number
  /** rows that one update learns from; default 4, of prompts 1 */
  batch?: number
  /**
   * the learning rate at its highest; default 3e-3 for small models, 2e-4 from 100 million parameters on; of pairs and rewards a
   * third of that
   */
  lr?: number
  /** of pairs: how much a step away from the reference counts; default 0.1 */
  beta?: number
  /**
   * of pairs and rewards: the model without the adapter, or with it as it is when the run begins; default 'base', and 'start' where
   * all of the model learns
   */
  reference?: 'base' | 'start'
  /** what an answer of its own is worth: then it learns by that (GRPO) */
  reward?: RewardFunction | LearnedReward
  /**
   * of pairs: to prefer one answer (DPO), or to say by a number which is the better one: a reward model, of the adapter and a
   * linear head on the last residual, by the loss of Bradley and Terry. Default 'preference'
   */
  objective?: 'preference' | 'reward'
  /** of the objective 'reward': the head that it begins with, as readHead() gives it; default zeros */
  head?: Float32Array
  /**
   * of rewards: what else is to be known of its answers, by name. Nothing is learnt from it; the mean of each stands in
   * step.answers.measured, to see whether what is rewarded is what was meant
   */
  measures?: Readonly<Record<string, RewardFunction>>
  /** of rewards: answers to one prompt, which are compared with one another; default 8 */
  group?: number
  /** of rewards: how much it is held to the reference; default 0.1; 0: not at all */
  kl?: number
  /** of rewards: most tokens of an answer; default 48 */
  maxTokens?: number
  /** never learnt from: what becomes of their loss tells what is forgotten (event 'watched') */
  watch?: readonly TrainRow[]
  /** updates in which it rises to that; default 5 */
  warm?: number
  /** behind that it falls to zero as half a cosine, or stays; default 'cosine' */
  schedule?: 'cosine' | 'constant'
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
  /** part of the rows that is held out to be asked; default 0.1 of 10 rows or more, else none; none of prompts */
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
  /** what learns as it was at first, where that is the reference */
  frozen?: Float32Array
}

/** `loss` in nats per target, of the rows before the update; `norm` of the gradients before they are shortened */
export interface StepEvent {
  type: 'step'
  step: number
  steps: number
  /** of pairs −ln σ(margin); of rewards what is made smaller, which begins at nought */
  loss: number
  norm: number
  lr: number
  tokens: number
  ms: number
  /** `margin`: by how much more than the reference it prefers the chosen answers, times beta; share of pairs where it does */
  pairs?: { margin: number; right: number }
  /**
   * means over its answers: reward, tokens, and how far it is from the reference, in nats per token (k3); share of groups whose
   * answers were all worth the same, so that nothing was learnt from them; one of the best
   */
  answers?: {
    reward: number
    tokens: number
    kl: number
    flat: number
    best: { text: string; reward: number } | null
    /** means of `measures` */
    measured?: Record<string, number>
  }
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
  | StepEvent
  /** of pairs with the margin of those that are held out, and the share of them that is told apart */
  | { type: 'evaluation'; step: number; loss: number; best: boolean; pairs?: StepEvent['pairs'] }
  /** nats per target of `watch` */
  | { type: 'watched'; step: number; loss: number }
  | { type: 'sample'; step: number; index: number; text: string }
  | { type: 'saved'; state: TrainState }
  /**
   * `done`: all updates; `asked`: stopped; `numbers`: a gradient was no number, `diverged`: the loss rose far above where it
   * began: then the weights are those of update `step`, the last good ones
   */
  | { type: 'end'; why: 'done' | 'asked' | 'numbers' | 'diverged'; step: number }
