// A training Plan on a runtime: its tensors beside the model's, its steps made ready once, and what one sequence and one
// update ask of the device. Knows no data and no schedule.

import { keyBias } from '../model/alibi.ts'
import { ropeRegime, ropeTable } from '../model/rope-table.ts'
import type { StepValues } from '../ops/op.ts'
import { ropesOf, type PlanStep } from '../model/plan.ts'
import { MOST_PARTS, type Inspection, type PartWork, type Prepared, type Work } from '../runtime/inspect.ts'
import { WorkMeter } from '../runtime/work.ts'
import { sortedByWord } from '../ops/training/gather-back.ts'
import { refused } from './refused.ts'
import type { Rates } from './schedule.ts'
import './shaders.ts'
import { names, tableName, type TrainingPlan, type TrainStep } from './types.ts'

/** A text, and which of its tokens count: token `rows[i] + 1` is to be `targets[i]`, times `by[i]`. */
export interface Sequence {
  ids: readonly number[]
  rows: readonly number[]
  targets: readonly number[]
  by: readonly number[]
}

/** What a session asks of a runtime. */
export type Inside = Pick<
  Inspection,
  'plan' | 'size' | 'tensor' | 'write' | 'floatsOf' | 'prepare' | 'submitAll' | 'readMany'
>

type Item = { run: Prepared } | { copy: string; to: string; width: number } | Whole
/** so many numbers, whatever the sequence */
interface Whole {
  copy: string
  at: number
  to: string
  toAt: number
  count: number
}

/** What a step of the optimizer says. */
export interface Told {
  /** the sum of the losses, each times its weight */
  loss: number
  /** the length of all gradients together, and how many of their numbers are not finite: then nothing was changed */
  norm: number
  wrong: number
}

interface Stages {
  body: Item[]
  loss: Item[]
  look: Item[]
  back: Item[]
  words: Item[]
  clear: Item[]
  norm: Item[]
  update: Item[]
  take: Item[]
  put: Item[]
  freeze: Item[]
  frozen: Item[]
}

const FROZEN = 'train:frozen'
/** 16 MiB of logits at a time. */
const LOGIT_FLOATS = 2 ** 22

export class TrainSession {
  private readonly meter = new WorkMeter()
  /** what the next submit does */
  private parts: PartWork[] = []
  /** tables of positions are those of texts of this length */
  private turned: number

  private constructor(
    private readonly inside: Inside,
    readonly plan: TrainingPlan,
    private readonly stages: Stages,
    /** most tokens of a sequence, and rows of logits at a time */
    readonly most: { tokens: number; losses: number },
  ) {
    this.turned = most.tokens
  }

  /**
   * @param tokens most tokens of a sequence
   * @param options.score numbers that the head which scores begins with; zeros where nobody says
   * @param options.decays what weight decay pulls at: a norm's gain and a bias are better left alone
   * @param options.frozen there is a reference: asReference(), zeros in place of what learns until freeze()
   * @throws GPU_OUT_OF_MEMORY, LIMIT_TOO_SMALL, KERNEL_FAILED, TRAIN_UNSUPPORTED
   */
  static async create(
    inside: Inside,
    plan: TrainingPlan,
    tokens: number,
    {
      decays = 'matrices',
      frozen = false,
      score,
    }: { decays?: 'matrices' | 'all'; frozen?: boolean; score?: Float32Array | undefined } = {},
  ): Promise<TrainSession> {
    if (inside.size.kvCache && inside.size.kvCache !== 'f32') throw refused('cache')
    const losses = lossRows(tokens, inside.plan.dims.V)
    for (const [name, count] of tensorsOf(plan, tokens, losses, frozen)) inside.tensor(name, count)
    for (const [name, table] of Object.entries(plan.tables)) inside.write(tableName(name), tableOf(table, tokens))
    // of a run before this one
    for (const name of ['train:m', 'train:v', ...(frozen ? [FROZEN] : [])]) {
      inside.write(name, new Float32Array(plan.count))
    }
    if (plan.score !== null) inside.write(names.score, score ?? new Float32Array(plan.score))
    const step = (op: string, args: Record<string, string>, params: PlanStep['params'], n = 0): PlanStep => ({
      name: `train.${op} ${n}`,
      op,
      args,
      params,
      part: 'probe',
      layer: -1,
    })
    const g = names.gradients
    const args = { g, norm: 'train:norm', rates: 'train:rates', w: names.weights, m: 'train:m', v: 'train:v' }
    const end = plan.trainables.find(({ kind }) => kind === 'vector')?.at ?? plan.count
    const update = [
      step('adamw', args, { N: end, at: 0, decays: 1 }),
      step('adamw', args, { N: plan.count - end, at: end, decays: Number(decays === 'all') }, 1),
    ].filter(({ params }) => params['N']! > 0)
    const places = plan.trainables.map(({ name, kind, count, at }) => ({
      own: kind === 'weight' ? inside.floatsOf(name) : name,
      count,
      at,
    }))
    const putsOf = (copy: string) => places.map(({ own, count, at }) => ({ copy, at, to: own, toAt: 0, count }))
    const puts = putsOf(names.weights)
    const takes = places.map(({ own, count, at }) => ({ copy: own, at: 0, to: names.weights, toAt: at, count }))
    const lists: Record<keyof Stages, (TrainStep | Whole)[]> = {
      body: plan.body,
      loss: plan.loss,
      look: plan.loss.slice(0, plan.loss.findIndex((one) => 'op' in one && one.op === 'loss-sum') + 1),
      back: plan.back,
      words: plan.words,
      clear: [step('fill', { y: g }, { N: plan.count, by: 0 }), step('fill', { y: names.sum }, { N: 1, by: 0 }, 1)],
      norm: [step('sum-squares', { g, norm: 'train:norm' }, { N: plan.count })],
      update: [...update, ...puts],
      take: takes,
      put: puts,
      freeze: frozen ? [{ copy: names.weights, at: 0, to: FROZEN, toAt: 0, count: plan.count }] : [],
      frozen: frozen ? putsOf(FROZEN) : [],
    }
    const steps = Object.values(lists).flatMap((list) => list.filter((one) => 'op' in one))
    const own = [...new Set(steps)]
    const ready = new Map((await inside.prepare(own)).map((run, i) => [own[i]!, run]))
    const stages = Object.fromEntries(
      Object.entries(lists).map(([name, list]) => [
        name,
        list.map((one) => ('op' in one ? { run: ready.get(one)! } : one)),
      ]),
    ) as unknown as Stages
    const session = new TrainSession(inside, plan, stages, { tokens, losses })
    session.stage('take', one)
    session.send()
    return session
  }

  /** Gradients begin at zero. */
  clear(): void {
    this.meter.begin()
    this.stage('clear', one)
  }

  /** Runs a sequence there and back, in one submit where it is not long: its gradients are added to those that stand there. */
  add(sequence: Sequence): void {
    this.load(sequence)
    this.stage('body', wholeOf(sequence))
    this.back(sequence)
  }

  /** The same for the sequence that was looked at last, whose way there is kept: weights may come of its losses. */
  addLooked(sequence: Sequence): void {
    this.inside.write(names.by, Float32Array.from(sequence.by))
    this.back(sequence)
  }

  private back(sequence: Sequence): void {
    const { ids } = sequence
    const whole = wholeOf(sequence)
    this.losing(sequence, 'loss')
    this.stage('back', whole)
    if (this.stages.words.length > 0) {
      const { words, count } = sortedByWord(ids, this.most.tokens)
      this.inside.write(names.words, words)
      this.stage('words', { ...whole, T: count })
    }
    this.send()
  }

  /** Runs a sequence there: its losses, and nothing that learns. */
  look(sequence: Sequence): void {
    this.load(sequence)
    this.stage('body', wholeOf(sequence))
    this.losing(sequence, 'look')
    this.send()
  }

  /** From now on the reference is what learns as it is now. */
  freeze(): void {
    this.stage('freeze', one)
    this.send()
  }

  /** Looks while the reference is in the place of what learns, which is then back: its moments and gradients stay. */
  async asReference<T>(looks: () => Promise<T>): Promise<T> {
    this.stage('frozen', one)
    try {
      return await looks()
    } finally {
      this.stage('put', one)
      this.send()
    }
  }

  /** The loss of each row of the last sequence, in nats. */
  async losses(rows: number): Promise<Float32Array> {
    const [nll] = await this.inside.readMany([{ tensor: names.nll, offset: 0, count: rows }])
    return nll!
  }

  /** @returns the length of all gradients together, and how many of their numbers are not finite */
  async norm(): Promise<{ norm: number; wrong: number }> {
    this.stage('norm', one)
    this.send()
    const [found] = await this.inside.readMany([{ tensor: 'train:norm', offset: 0, count: 2 }])
    return { norm: found![0]!, wrong: found![1]! }
  }

  /**
   * One step of the optimizer with the gradients that stand there, which changes nothing where one is no number. What it says
   * is the one thing that a step reads back; it is waited for, as others may ask the same device between two steps.
   */
  async update({ lr, beta1, beta2, eps, decay, clip, step }: Rates): Promise<Told> {
    const rates = [lr, beta1, beta2, eps, decay, clip, 1 - beta1 ** step, 1 - beta2 ** step]
    this.inside.write('train:rates', Float32Array.from(rates))
    this.stage('norm', one)
    this.stage('update', one)
    this.send()
    const [norm, sum] = await this.inside.readMany([
      { tensor: 'train:norm', offset: 0, count: 2 },
      { tensor: names.sum, offset: 0, count: 1 },
    ])
    return { norm: norm![0]!, wrong: norm![1]!, loss: sum![0]! }
  }

  /** The step took `ms`: pieces that are submitted become as long as the device is fast. */
  took(tokens: number, ms: number): void {
    this.meter.took(tokens, ms)
  }

  /** Numbers of all that learns, of all gradients, or moments; or of one weight. */
  async read(what: 'w' | 'g' | 'm' | 'v' | 'frozen' | { name: string }): Promise<Float32Array> {
    const { at, count } = typeof what === 'string' ? { at: 0, count: this.plan.count } : this.learner(what.name)
    const tensor = typeof what === 'string' ? `train:${what}` : names.weights
    const [found] = await this.inside.readMany([{ tensor, offset: at, count }])
    return found!
  }

  /** Puts numbers back that read() gave. */
  write(what: 'm' | 'v' | 'frozen' | { name: string }, numbers: Float32Array): void {
    if (typeof what === 'string') return this.inside.write(`train:${what}`, numbers)
    const { name, kind, at } = this.learner(what.name)
    this.inside.write(names.weights, numbers, at)
    this.inside.write(kind === 'weight' ? this.inside.floatsOf(name) : name, numbers)
  }

  /** Numbers of a tensor of the training Plan, for those who look at it. */
  async peek(tensor: string, count: number): Promise<Float32Array> {
    const [found] = await this.inside.readMany([{ tensor, offset: 0, count }])
    return found!
  }

  private learner(name: string): TrainingPlan['trainables'][number] {
    return this.plan.trainables.find((one) => one.name === name)!
  }

  private load({ ids, rows, targets, by }: Sequence): void {
    this.turn(ids.length)
    this.inside.write(names.ids, Uint32Array.from(ids))
    this.inside.write(names.rows, Uint32Array.from(rows))
    this.inside.write(names.targets, Uint32Array.from(targets))
    this.inside.write(names.by, Float32Array.from(by))
  }

  /** Positions are turned as a text of this length has them, where that matters (dynamic, LongRoPE). */
  private turn(length: number): void {
    for (const [name, spec] of ropesOf(this.plan)) {
      if (ropeRegime(spec, length) === ropeRegime(spec, this.turned)) continue
      this.inside.write(tableName(name), ropeTable(spec, this.most.tokens, length))
    }
    this.turned = length
  }

  private losing(sequence: Sequence, stage: 'loss' | 'look'): void {
    const { length } = sequence.rows
    for (let row = 0; row < length; row += this.most.losses) {
      this.stage(stage, { ...wholeOf(sequence), T: Math.min(this.most.losses, length - row), row })
    }
  }

  /**
   * Puts a stage into the next submit, or into several of about 50 ms each: nothing else is drawn while one runs
   * (runtime/work.ts).
   */
  private stage(stage: keyof Stages, values: StepValues): void {
    let work: Work[] = []
    const close = (): void => {
      if (work.length > 0) this.parts.push({ part: 'probe', values, work })
      work = []
    }
    for (const item of this.stages[stage]) {
      if ('run' in item && this.meter.isFull(item.run.step.params, values)) {
        close()
        this.send()
      }
      if ('width' in item) work.push({ copy: item.copy, at: 0, to: item.to, toAt: 0, count: values.T * item.width })
      else work.push(item)
    }
    close()
    if (this.parts.length > MOST_PARTS - 4) this.send()
  }

  private send(): void {
    if (this.parts.length > 0) this.inside.submitAll(this.parts)
    this.parts = []
  }
}

/** Rows of logits at a time. */
const lossRows = (tokens: number, V: number): number => Math.max(1, Math.min(tokens, Math.floor(LOGIT_FLOATS / V)))

/** Numbers of every tensor of training. */
function tensorsOf(plan: TrainingPlan, tokens: number, losses: number, frozen: boolean): Map<string, number> {
  const sizes = { tokens, losses, one: 1 }
  return new Map([
    ...Object.entries(plan.tensors).map(([name, { rows, width }]) => [name, sizes[rows] * width] as const),
    ...[names.ids, names.rows, names.targets, names.by, names.nll].map((name) => [name, tokens] as const),
    [names.words, 4 * tokens],
    ['train:norm', 2],
    [names.sum, 1],
    ['train:rates', 8],
    ...(plan.score === null ? [] : [[names.score, plan.score] as const]),
    ...[names.gradients, names.weights, 'train:m', 'train:v', ...(frozen ? [FROZEN] : [])].map(
      (name) => [name, plan.count] as const,
    ),
    ...Object.entries(plan.tables).map(([name, { width }]) => [tableName(name), tokens * width] as const),
  ])
}

/** Bytes that training takes beside the model. @param V words that the model knows @param frozen with a reference */
export function trainingBytes(plan: TrainingPlan, tokens: number, V: number, frozen = false): number {
  return 4 * [...tensorsOf(plan, tokens, lossRows(tokens, V), frozen).values()].reduce((sum, count) => sum + count, 0)
}

const one: StepValues = { T: 1, pos: 0, row: 0, prefix: 0 }
const wholeOf = ({ ids }: Sequence): StepValues => ({ ...one, T: ids.length })

function tableOf({ spec, width }: TrainingPlan['tables'][string], tokens: number): Float32Array {
  if (spec.kind === 'rope') return ropeTable(spec, tokens, tokens)
  if (spec.kind === 'key-bias') return keyBias(spec, width, tokens)
  throw refused('positions') // differentiate() has said so
}
