// From a Plan and the weights that are to learn to the steps of training: the forward over tensors of its own, which keeps
// what the way back reads, the loss, and the way back. Plain data, printable and countable; no device.
//
// The forward runs the Plan's own steps, fused as they are, with adapters where they lie. A buffer that is written anew is a new
// version; a version whose numbers the way back needs has a tensor to itself, the others share one. Where such a version would
// be changed in place (the residual), it is copied first. Gradients of all versions of a buffer share one tensor: whoever
// changes it in place passes its gradient on as it is, so that the residual's costs nothing.
//
// With checkpoints, blocks share the tensors of what they keep: of each block only what it begins with is kept, and its forward
// runs again before its way back (Chen et al. 2016, arXiv 1604.06174). The same steps on the same numbers: the same bits.

import { usesOf } from '../model/flow.ts'
import { runsWithout, stepsOf, type Plan, type PlanStep } from '../model/plan.ts'
import type { Params } from '../ops/op.ts'
import '../ops/training/index.ts'
import { refused } from './refused.ts'
import { rules, type Back } from './rules.ts'
import { names, tableName, type Trainable, type TrainingPlan, type TrainStep, type TrainTensor } from './types.ts'

/** Where gradients of weights begin: whole 64s, as bindings are aligned. */
const ALIGN = 64

interface Version {
  buffer: string
  /** versions that follow one another in place stand in one tensor */
  chain: number
  isSaved: boolean
  /** the way back reads it here, where it is not the last of its chain */
  keep: string | null
}
/** One step of the forward, with the versions that it meets. */
interface Run {
  step: PlanStep
  /** by argument: what it reads, and what it leaves */
  reads: Map<string, Version>
  writes: Map<string, Version>
}

interface Choices {
  off?: ReadonlySet<string>
  input?: boolean
  checkpoints?: boolean
  score?: boolean
}

/**
 * @param trainable names of the Plan's weights and vectors that learn
 * @param rows most tokens of a sequence
 * @param options.off adapters that are off meanwhile: their steps are left out
 * @param options.input the gradient of the residual behind the embedding is wanted, though nothing before it learns
 * @param options.checkpoints blocks run twice, and keep nothing in between but what they begin with
 * @param options.score in the place of the head that writes stands one that says what a row is worth, and learns (names.score)
 * @throws TRAIN_UNSUPPORTED names the first step or property that there is no way back through
 */
export function differentiate(
  plan: Plan,
  trainable: ReadonlySet<string>,
  rows: number,
  { off = new Set(), input = false, checkpoints = false, score = false }: Choices = {},
): TrainingPlan {
  refuseOthers(plan)
  const all = [...stepsOf(plan, plan.programs.decode.tokens), ...stepsOf(plan, plan.programs.decode.rows)].filter(
    (step) => runsWithout(step, off),
  )
  const steps = score ? upToHead(plan, all) : all
  const { trainables, count } = learners(plan, trainable, score ? widthOf(plan, steps) : null)
  const at = new Map(trainables.map((one) => [one.name, one.at]))
  const records = versionsOf(plan, steps)
  const wanting = wanted(records, at, input)
  for (const record of records) {
    const rule = ruleOf(record.step)
    if (![...record.writes.values()].some((version) => wanting.has(version))) continue
    const learns = (arg: string): boolean => at.has(record.step.args[arg] ?? '')
    for (const arg of rule.reads(record.step, learns)) {
      const version = record.writes.get(arg) ?? record.reads.get(arg)
      if (version) version.isSaved = true
    }
    for (const arg of rule.before?.(record.step) ?? []) record.reads.get(arg)!.isSaved = true
  }
  const forward = new Forward(plan, records, rows, checkpoints)
  const back = new Backward(plan, forward, at, wanting, rows, score)
  const [body, head] = [forward.stepsOf('body'), forward.stepsOf('head')]
  const [logits] = records.at(-1)!.writes.values()
  const loss = score ? back.score(logits!) : back.loss(forward.nameOf(logits!))
  const behind = back.all(records, logits!)
  // a weight that nothing here learns would stay as it is without a word
  const still = trainables.find(({ name }) => !back.learnt.has(name))
  if (still) throw refused('weight', still.name)
  const residual = records.find(({ step }) => step.op === 'rows')!.reads.get('x')!
  const tensors: Record<string, TrainTensor> = { ...forward.tensors, ...back.tensors }
  const first = records[0]!.writes.get('y')
  return {
    // rows that no loss looks at have no gradient
    body: [...body, ...(behind.body.length > 0 ? [forward.zero(gradientOf(residual.buffer), residual.buffer)] : [])],
    loss: [...head, ...loss, ...behind.head],
    back: behind.body,
    words: behind.words,
    tensors,
    tables: plan.tables,
    trainables,
    count,
    score: score ? widthOf(plan, steps) : null,
    input: first && wanting.has(first) ? gradientOf(first.buffer) : null,
  }
}

/** The steps to the last residual, normed. */
function upToHead(plan: Plan, steps: readonly PlanStep[]): PlanStep[] {
  const site = plan.sites['final_norm'] ?? plan.sites['last_hidden']
  const end = steps.findIndex(({ name }) => name === site?.step) + 1
  if (end === 0) throw refused('head')
  return steps.slice(0, end)
}
const widthOf = (plan: Plan, steps: readonly PlanStep[]): number => {
  const { tensor } = usesOf(steps.at(-1)!).find(({ writes }) => writes)!
  return plan.buffers[tensor]!.width
}

function refuseOthers(plan: Plan): void {
  const { decode, encode } = plan.programs
  if (encode) throw refused('source')
  if (decode.whole || decode.ahead || plan.prefix) throw refused('whole')
  if (decode.rows === null || plan.outputs.length !== 1 || plan.outputs[0]!.name !== 'logits') throw refused('head')
  const other = Object.entries(plan.tables).find(([, { kind }]) => kind === 'sinusoids')
  if (other) throw refused('positions', other[0])
}

const ruleOf = (step: PlanStep) => {
  const rule = rules[step.op]
  const problem = rule ? (rule.refuses?.(step) ?? null) : 'op'
  if (!rule || problem !== null) throw refused(problem!, step.name)
  return rule
}

/** Weights and vectors that learn, each with a place for its gradient. */
function learners(
  plan: Plan,
  trainable: ReadonlySet<string>,
  score: number | null,
): { trainables: Trainable[]; count: number } {
  let count = 0
  // matrices first: weight decay is theirs alone, and an update is one launch for each kind
  const inOrder = [...trainable].sort((a, b) => Number(b in plan.weights) - Number(a in plan.weights))
  const trainables = inOrder.map((name): Trainable => {
    const weight = plan.weights[name],
      vector = plan.vectors[name]
    if (!weight && !vector) throw refused('weight', name)
    if (vector?.make) throw refused('made', name)
    const own = weight ? weight.rows * weight.cols : vector!.length
    const one = { name, kind: weight ? ('weight' as const) : ('vector' as const), count: own, at: count }
    count += Math.ceil(own / ALIGN) * ALIGN
    return one
  })
  if (score !== null) {
    trainables.push({ name: names.score, kind: 'vector', count: score, at: count })
    count += Math.ceil(score / ALIGN) * ALIGN
  }
  return { trainables, count }
}

function versionsOf(plan: Plan, steps: readonly PlanStep[]): Run[] {
  const current = new Map<string, Version>()
  let chains = 0
  const isOwn = (tensor: string): boolean => tensor in plan.buffers || tensor in plan.caches
  return steps.map((step) => {
    const record: Run = { step, reads: new Map(), writes: new Map() }
    const uses = usesOf(step).filter(({ tensor }) => isOwn(tensor))
    for (const { arg, tensor, reads } of uses) {
      const version = current.get(tensor)
      if (reads && version) record.reads.set(arg, version)
    }
    for (const { arg, tensor, reads, writes } of uses) {
      if (!writes) continue
      // entries of a cache are of this text alone
      const before = reads && !(tensor in plan.caches) ? current.get(tensor) : undefined
      const version: Version = { buffer: tensor, chain: before?.chain ?? chains++, isSaved: false, keep: null }
      record.writes.set(arg, version)
      current.set(tensor, version)
    }
    return record
  })
}

/** Versions whose gradient is wanted: something that learns lies before them. @param all that of the input, too */
function wanted(records: readonly Run[], at: ReadonlyMap<string, number>, all: boolean): ReadonlySet<Version> {
  const wanting = new Set<Version>(all ? records[0]!.writes.values() : [])
  for (const { step, reads, writes } of records) {
    const learns = Object.values(step.args).some((name) => at.has(name))
    const passes = [...reads.values()].some((version) => wanting.has(version))
    if (learns || passes) for (const version of writes.values()) wanting.add(version)
  }
  return wanting
}

/** Chains that one block alone writes and reads, by chain: the block's layer. */
function blocksOf(records: readonly Run[]): Map<number, number> {
  const found = new Map<number, number>()
  for (const { step, reads, writes } of records) {
    for (const { chain } of [...reads.values(), ...writes.values()]) {
      found.set(chain, (found.get(chain) ?? step.layer) === step.layer ? step.layer : -1)
    }
  }
  for (const [chain, layer] of found) if (layer < 0) found.delete(chain)
  return found
}

const gradientOf = (buffer: string): string => `train:d ${buffer}`

/** The forward's steps over tensors of training. */
class Forward {
  readonly tensors: Record<string, TrainTensor> = {}
  private readonly parts: Record<'body' | 'head', TrainStep[]> = { body: [], head: [] }
  private readonly chains = new Map<number, string>()
  /** by block: what runs again before its way back; none of the last, whose numbers are still there */
  private readonly blocks = new Map<number, TrainStep[]>()

  constructor(
    private readonly plan: Plan,
    records: readonly Run[],
    private readonly context: number,
    checkpoints: boolean,
  ) {
    const block = checkpoints ? blocksOf(records) : new Map<number, number>()
    const last = new Map<number, Version>()
    for (const { writes } of records) for (const version of writes.values()) last.set(version.chain, version)
    /** a name of its own; those of one block are used again by the next */
    const counts = new Map<number, number>()
    const ownName = (kind: string, layer: number | undefined, chain: number): string => {
      if (layer === undefined) return `${kind}${chain}`
      counts.set(layer, (counts.get(layer) ?? 0) + 1)
      return `${kind}@${counts.get(layer)}`
    }
    for (const [chain, { buffer, isSaved }] of last) {
      const isOwn = isSaved || buffer in plan.caches
      this.add(chain, isOwn ? `${ownName('train#', block.get(chain), chain)}.${buffer}` : `train.${buffer}`, buffer)
    }
    let kept = 0
    let current = -1
    for (const { step, reads, writes } of records) {
      const list = this.parts[step.part === 'head' ? 'head' : 'body']
      const layer = checkpoints && step.layer >= 0 ? step.layer : undefined
      if (layer !== undefined && layer !== current) this.begin((current = layer), records, list)
      const from = list.length
      for (const [arg, version] of writes) {
        const before = reads.get(arg)
        if (!before?.isSaved || before.chain !== version.chain) continue
        before.keep = ownName('train:keep ', layer, kept++)
        const { width } = this.sized(before.keep, before.buffer)
        list.push({ copy: this.chains.get(before.chain)!, to: before.keep, width })
      }
      const args = Object.entries(step.args).map(([arg, tensor]) => {
        const version = writes.get(arg) ?? reads.get(arg)
        return [arg, version ? this.chains.get(version.chain)! : this.given(tensor)]
      })
      list.push(
        step.op === 'rows'
          ? this.own(step, 'pick-rows', { ids: names.rows, ...Object.fromEntries(args) }, { D: step.params['D']! })
          : this.own(step, step.op, Object.fromEntries(args), step.params),
      )
      if (layer !== undefined) this.blocks.get(layer)!.push(...list.slice(from))
    }
    this.blocks.delete(current)
  }

  /** The steps that make a block's numbers anew, to the last that is read on the way back; called once for each. */
  again(layer: number): readonly TrainStep[] {
    const steps = this.blocks.get(layer) ?? []
    this.blocks.delete(layer)
    const isRead = (one: TrainStep): boolean =>
      'copy' in one || usesOf(one).some(({ tensor, writes }) => writes && !tensor.startsWith('train.'))
    return steps.slice(0, steps.findLastIndex(isRead) + 1)
  }

  /** A block begins: what it reads of those before it is kept, and put back before it runs again. */
  private begin(layer: number, records: readonly Run[], list: TrainStep[]): void {
    const again: TrainStep[] = []
    this.blocks.set(layer, again)
    const own = new Set<Version>()
    const found = new Set<number>()
    for (const { step, reads, writes } of records) {
      if (step.layer !== layer) continue
      for (const version of reads.values()) {
        const { chain, buffer } = version
        // a cache that several blocks read is no block's own, and stays
        if (own.has(version) || found.has(chain) || buffer in this.plan.caches) continue
        found.add(chain)
        const [tensor, start] = [this.chains.get(chain)!, `train:start ${layer}.${buffer}`]
        const { width } = this.sized(start, buffer)
        list.push({ copy: tensor, to: start, width })
        again.push({ copy: start, to: tensor, width })
      }
      for (const version of writes.values()) own.add(version)
    }
  }

  private add(chain: number, name: string, buffer: string): void {
    this.chains.set(chain, name)
    this.sized(name, buffer)
  }
  /** A tensor as wide as the widest that it is to hold. */
  private sized(name: string, buffer: string): TrainTensor {
    const { rows, width } = this.sizeOf(buffer)
    this.tensors[name] = { rows, width: Math.max(width, this.tensors[name]?.width ?? 0) }
    return { rows, width }
  }

  stepsOf(part: 'body' | 'head'): TrainStep[] {
    return this.parts[part]
  }

  /** Where a version's numbers are on the way back. */
  nameOf({ keep, chain }: Version): string {
    return keep ?? this.chains.get(chain)!
  }

  sizeOf(buffer: string): TrainTensor {
    const cache = this.plan.caches[buffer]
    if (cache) return { rows: 'tokens', width: cache.kvHeads * cache.headDim }
    const { rows, width } = this.plan.buffers[buffer]!
    return { rows: rows === 'T' ? 'tokens' : 'losses', width }
  }

  /** Tokens and tables are the trainer's own; weights and vectors are the model's. */
  given(tensor: string): string {
    return tensor === 'ids' ? names.ids : tensor in this.plan.tables ? tableName(tensor) : tensor
  }

  zero(tensor: string, buffer: string): PlanStep {
    const params = { N: this.sizeOf(buffer).width, by: 0 }
    return { name: `train.zero ${buffer}`, op: 'fill', args: { y: tensor }, params, part: 'probe', layer: -1 }
  }

  own(step: PlanStep, op: string, args: Record<string, string>, params: Params): PlanStep {
    const sized = Object.keys(step.sized ?? {}).map((name) => [name, this.context])
    return {
      name: `train.${step.name}`,
      op,
      args,
      params: { ...params, ...Object.fromEntries(sized) },
      part: 'probe',
      layer: step.layer,
    }
  }
}

/** The way back, step by step from the loss. */
class Backward {
  readonly tensors: Record<string, TrainTensor> = {}
  /** weights and vectors whose gradient is made */
  readonly learnt = new Set<string>()
  private readonly made = new Set<number>()
  private steps: TrainStep[] = []
  private words: TrainStep[] = []
  private count = 0

  constructor(
    private readonly plan: Plan,
    private readonly forward: Forward,
    private readonly at: ReadonlyMap<string, number>,
    private readonly wanting: ReadonlySet<Version>,
    private readonly rows: number,
    private readonly isScored: boolean,
  ) {}

  /** @param residual the last one, normed */
  score(residual: Version): PlanStep[] {
    const { forward } = this
    const [h, dh, D] = [forward.nameOf(residual), gradientOf(residual.buffer), forward.sizeOf(residual.buffer).width]
    this.tensors[dh] = forward.sizeOf(residual.buffer)
    this.learnt.add(names.score)
    const step = (op: string, args: Record<string, string>, params: Params): PlanStep => ({
      name: `train.${op}`,
      op,
      args,
      params,
      part: 'probe',
      layer: -1,
    })
    const head = { h, v: names.score }
    return [
      step('score', { ...head, nll: names.nll }, { D }),
      step('loss-sum', { by: names.by, nll: names.nll, sum: names.sum }, {}),
      step('score-back', { ...head, by: names.by, dh, dw: names.gradients }, { D, at: this.at.get(names.score)! }),
    ]
  }

  loss(logits: string): PlanStep[] {
    const args = { ids: names.targets, by: names.by, x: logits, nll: names.nll }
    const params = { V: this.plan.outputs[0]!.width, back: 1 }
    const sum = { by: names.by, nll: names.nll, sum: names.sum }
    return [
      { name: 'train.loss', op: 'cross-entropy', args, params, part: 'probe', layer: -1 },
      { name: 'train.sum', op: 'loss-sum', args: sum, params: {}, part: 'probe', layer: -1 },
    ]
  }

  all(records: readonly Run[], logits: Version): Record<'head' | 'body' | 'words', TrainStep[]> {
    const parts: Record<'head' | 'body', TrainStep[]> = { head: [], body: [] }
    this.made.add(logits.chain)
    for (const record of records.toReversed()) {
      this.steps = parts[record.step.part === 'head' ? 'head' : 'body']
      const isReached = [...record.writes.values()].some((one) => this.made.has(one.chain) && this.wanting.has(one))
      if (isReached) this.steps.push(...this.forward.again(record.step.layer))
      if (isReached) ruleOf(record.step).back(record.step, this.tools(record, logits))
    }
    return { ...parts, words: this.words }
  }

  private tools({ step, reads, writes }: Run, logits: Version): Back {
    const { forward, plan, at } = this
    const version = (arg: string): Version => writes.get(arg) ?? reads.get(arg)!
    /** logits and their gradients share a tensor: cross-entropy writes in place */
    const gradient = (one: Version): string => {
      if (one.chain === logits.chain && !this.isScored) return forward.nameOf(logits)
      // keys and values of a layer are made side by side
      const cache = plan.caches[one.buffer]
      const name = gradientOf(cache ? 'kv' : one.buffer)
      const size = forward.sizeOf(one.buffer)
      const width = Math.max(cache ? 2 * size.width : size.width, this.tensors[name]?.width ?? 0)
      this.tensors[name] = { rows: size.rows, width }
      return name
    }
    const tools: Back = {
      value: (arg) =>
        reads.has(arg) || writes.has(arg) ? forward.nameOf(version(arg)) : forward.given(step.args[arg]!),
      before: (arg) => forward.nameOf(reads.get(arg)!),
      gradient: (arg) => gradient(version(arg)),
      wants: (arg) => reads.has(arg) && this.wanting.has(reads.get(arg)!),
      learns: (arg) => {
        const name = step.args[arg] ?? '',
          found = at.get(name)
        if (found === undefined) return null
        this.learnt.add(name)
        return found
      },
      adds: (arg) => {
        const { chain } = reads.get(arg)!
        const adds = this.made.has(chain)
        this.made.add(chain)
        return Number(adds)
      },
      room: (name, width) => {
        const own = `train:${name}`
        this.tensors[own] = { rows: step.part === 'head' ? 'losses' : 'tokens', width }
        return own
      },
      step: (op, args, params, more = {}) => {
        const made = forward.own({ ...step, name: `${step.name}.${op} ${this.count++}` }, op, args, params)
        ;(more.words ? this.words : this.steps).push(made)
      },
      tokens: this.rows,
    }
    return tools
  }
}
