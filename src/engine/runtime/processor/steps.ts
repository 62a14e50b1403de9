// A step as work of one thread, in two forms. Few rows: every thread keeps the small activations for itself and does the
// small work for itself; matmuls and heads are shared out, and what each has done is met for and taken over by all. Many
// rows: each thread has its own tokens, in pairs; they meet where one reads what another wrote.

import { usesOf } from '../../model/flow.ts'
import type { StepValues } from '../../ops/op.ts'
import type { PlanStep } from '../../model/plan.ts'
import { ops } from '../../ops/index.ts'
import { referenceArgs, runReference, type ReferenceTensors } from '../reference.ts'
import { threeOf } from '../../ops/keep-three.ts'
import { boundParams } from '../size.ts'
import { ownRows, ownSpan, resultsOf, takeOver, type ThreadState, type ThreadStep, type Work } from './thread-state.ts'
import type { PartsMaker, RowContext } from './kernels/kernel.ts'
import { createCells } from './cells.ts'
import { createExperts } from './experts.ts'
import { looseMatmul } from './loose-matmul.ts'
import { looseKernels } from './kernels/loose.ts'
import { createMatmul } from './matmul.ts'
import { createMatmulBack } from './matmul-back.ts'
import { weightData } from './memory.ts'
import { isSliced, sliced } from './sliced.ts'
import type { Touches } from './traffic.ts'

/** A step's arguments as places; null where one lies outside of the arena, or the inspector's would be changed. */
function contextOf(
  step: PlanStep,
  { start, tensors }: ThreadState,
  place: (name: string) => number | null,
): RowContext | null {
  const { args: kinds } = ops[step.op]!
  const at: Record<string, number> = {}
  for (const [arg, name] of Object.entries(step.args)) {
    if (kinds[arg] === 'weight') continue
    const isChanged = usesOf(step).some((use) => use.arg === arg && use.reads && use.writes)
    const found = isChanged && tensors.isExtra(name) ? null : place(name)
    if (found === null) return null
    at[arg] = found
  }
  const weight = step.args['weight'] ? start.placement.weights[step.args['weight']] : undefined
  return { params: boundParams(step, start.size), at, ...(weight && { weight }) }
}

export function prepareStep(step: PlanStep, state: ThreadState): ThreadStep {
  const { tensors } = state
  const parts = state.kernels.parts[step.op]
  const loose = step.op === 'matmul' && tensors.isExtra(step.args['y']!)
  const back = step.op === 'matmul-back'
  if (parts || loose || back) {
    const make = back ? createMatmulBack : looseMatmul
    const work = parts ? partWork(step, state, parts) : make(step, state, referenceTensors(state))
    return metStep(step, work)
  }
  const isKept = step.op === 'keep-rows' || step.op === 'keep-three'
  if (isKept && !tensors.isExtra(step.args['x']!)) {
    return { step, ...keepWorks(step, state), isReference: false, touches: { writes: [], common: [] } } // its own rows only
  }
  const few = contextOf(step, state, (name) => tensors.placeOfFew(name, step.part)),
    many = contextOf(step, state, (name) => tensors.place(name))
  const works = few && many && kernelWorks(step, state, few, many)
  if (!works && isSliced(step.op) && usesOf(step).every(({ writes, tensor }) => !writes || tensors.isExtra(tensor))) {
    return metStep(step, partWork(step, state, looseMaker(step.op)))
  }
  const touches = touchesOf(step, state, !works)
  return works
    ? { step, ...works, isReference: false, touches }
    : { step, ...referenceWorks(step, state), isReference: true, touches }
}

const metStep = (step: PlanStep, work: Work): ThreadStep => ({
  step,
  few: work,
  many: work,
  isReference: false,
  isMet: true,
  touches: { writes: [], common: [] },
})

function touchesOf(step: PlanStep, { start: { plan }, tensors }: ThreadState, isReference: boolean): Touches {
  const uses = usesOf(step).filter(
    ({ tensor: name }) => plan.buffers[name] || plan.caches[name] || tensors.isExtra(name),
  )
  return {
    writes: uses.flatMap(({ tensor, writes }) => (writes ? [tensor] : [])),
    common: uses.flatMap(({ tensor }) => (isReference || !tensors.isOwn(tensor, step.part) ? [tensor] : [])),
  }
}

type Works = Pick<ThreadStep, 'few' | 'many'>

/** Ops whose work is cut up and met for in a way of their own; null where the parameters do not fit. */
const shared: Record<string, (step: PlanStep, state: ThreadState, few: RowContext, many: RowContext) => Works | null> =
  { matmul: createMatmul, 'expert-matmul': createExperts, 'recurrent-cell': createCells }

function kernelWorks(step: PlanStep, state: ThreadState, few: RowContext, many: RowContext): Works | null {
  const { kernels } = state
  const create = shared[step.op]
  if (create) return create(step, state, few, many)
  if (kernels.heads[step.op]) return headWorks(step, state, few, many)
  const make = kernels.rows[step.op]
  const [own, common] = [make?.(few), make?.(many)]
  if (!own || !common) return null
  return {
    few(values) {
      for (let t = 0; t < values.T; t++) own(t, values)
    },
    many(values) {
      for (const t of ownRows(state.start, values.T)) common(t, values)
    },
  }
}

/** Attention: by heads, into the first thread's rows, which all take over; or by tokens. */
function headWorks(step: PlanStep, state: ThreadState, few: RowContext, many: RowContext): Works | null {
  const { kernels, meet, start } = state
  const make = kernels.heads[step.op]!
  const results = resultsOf(step, state)
  const at = Object.fromEntries(
    Object.entries(few.at).map(([arg, place]) => [arg, results.includes(arg) ? many.at[arg]! : place]),
  )
  const [own, shared] = [make({ ...few, at }), make(many)]
  if (!own || !shared) return null
  const { H } = few.params as { H: number }
  return {
    few(values) {
      const [from, to] = ownSpan(start, H)
      for (let t = 0; t < values.T; t++) own(t, from, values, to)
      meet()
      takeOver(step, state, values.T)
    },
    many(values) {
      meet() // keys and values of all tokens are there
      for (const t of ownRows(start, values.T)) shared(t, 0, values, H)
    },
  }
}

const referenceTensors = ({ start: { memory, placement, size }, tensors }: ThreadState): ReferenceTensors => ({
  tensor: (name) => tensors.data(name),
  weight: (name) => weightData(memory, placement.weights[name]!),
  get ids() {
    return tensors.words.subarray(placement.ids, placement.ids + size.chunk)
  },
})

/** Rows for the inspector, wherever it keeps them: each thread copies its own tokens', the first one a few. */
function keepWorks(step: PlanStep, { start, tensors }: ThreadState): Works {
  const all = (step.op === 'keep-three' ? threeOf : ['']).map((n) => ({
    D: step.params[`D${n}`]!,
    x: tensors.place(step.args[`x${n}`]!)!,
    name: step.args[`kept${n}`]!,
  }))
  const rows = step.params['rows']!
  const keep = (own: readonly number[], pos: number): void => {
    for (const { D, x, name } of all) {
      const kept = tensors.data(name)
      for (const t of own) {
        kept.set(tensors.floats.subarray(x + t * D, x + (t + 1) * D), ((pos + t) % rows) * D)
      }
    }
  }
  return {
    few({ T, pos }) {
      if (start.thread === 0) keep([...Array(T).keys()], pos)
    },
    many: ({ T, pos }) => keep(ownRows(start, T), pos),
  }
}

/** A kernel of its own where there is one, which knows no strands; or the reference by slices. */
const looseMaker =
  (op: string) =>
  (args: Parameters<PartsMaker>[0], { strands }: StepValues): ReturnType<PartsMaker> =>
    (strands ? null : looseKernels[op]?.(args)) ?? sliced(op, args)

/** What the inspector asks for between tokens, wherever its tensors lie: parts, dealt out in turn, between two meetings. */
function partWork(
  step: PlanStep,
  state: ThreadState,
  make: (args: Parameters<PartsMaker>[0], values: StepValues) => ReturnType<PartsMaker>,
): Work {
  const { size, thread, threads } = state.start
  const data = referenceTensors(state)
  return (values) => {
    const kernel = make(referenceArgs(step, data, size), values)
    if (kernel) for (let p = thread, n = kernel.parts(values); p < n; p += threads) kernel.run(p, values)
    else if (thread === 0) runReference(step, data, size, values)
  }
}

function referenceWorks(step: PlanStep, state: ThreadState): Works {
  const { start, meet } = state
  const { size, thread } = start
  const data = referenceTensors(state)
  const alone: Work = (values) => {
    if (thread === 0) runReference(step, data, size, values)
  }
  const inner = resultsOf(step, state).length > 0
  return {
    few(values) {
      alone(values)
      if (!inner) return // only the inspector's tensors change: whoever reads one waits (traffic.ts)
      meet()
      takeOver(step, state, values.T)
    },
    many(values) {
      meet()
      alone(values)
      meet()
    },
  }
}
