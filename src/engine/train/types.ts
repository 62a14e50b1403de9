// The steps of training as data, and the names of the tensors that the trainer fills.

import type { PlanStep, TableSpec } from '../model/plan.ts'

/** A step, or a copy of `width` numbers for each row. */
export type TrainStep = PlanStep | { copy: string; to: string; width: number }

/** What a tensor of training holds: rows of tokens, rows of the loss, a cache plane of so many numbers a token, or numbers. */
export interface TrainTensor {
  rows: 'tokens' | 'losses' | 'one'
  width: number
}

/** A weight, or a vector, that learns: `count` numbers, whose gradients and moments lie from number `at` on. */
export interface Trainable {
  name: string
  kind: 'weight' | 'vector'
  count: number
  at: number
}

export interface TrainingPlan {
  /** over the tokens of a sequence */
  body: TrainStep[]
  /** over the rows that the loss looks at, a piece at a time: logits, loss, and back to the residual */
  loss: TrainStep[]
  back: TrainStep[]
  /** over the different words of a sequence: where the embedding learns */
  words: TrainStep[]
  tensors: Record<string, TrainTensor>
  tables: Record<string, TableSpec>
  trainables: Trainable[]
  /** numbers of all gradients, with what lies between them */
  count: number
  /** gradient of the residual behind the embedding; null where nothing before it learns */
  input: string | null
  /** numbers of the head that scores, where there is one (names.score) */
  score: number | null
}

/**
 * Tensors that the trainer fills. Buffers of the Plan stand in `train.` and their name, all others in `train:` and one: a Plan may
 * have a buffer `v`.
 */
export const names = {
  ids: 'train:ids',
  rows: 'train:rows',
  targets: 'train:targets',
  by: 'train:by',
  nll: 'train:nll',
  sum: 'train:sum',
  words: 'train:words',
  gradients: 'train:g',
  weights: 'train:w',
  /** the linear head that says what a text is worth */
  score: 'train:score',
} as const

/** A table of the Plan, as long as the texts here. */
export const tableName = (table: string): string => `train:table ${table}`
