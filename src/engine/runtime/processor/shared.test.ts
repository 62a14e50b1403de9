// Ops whose work is cut up among threads in a way of their own, case by case against their references: as a step of a Plan
// that has no other, on one thread. That more threads give the same bits is processor.test.ts.

import { describe, expect, test } from 'vitest'
import type { Plan, PlanStep } from '../../model/plan.ts'
import { expertMatmul } from '../../ops/expert-matmul.ts'
import { fitsFormat, makeInputs, nmse } from '../../ops/inputs.ts'
import type { Case, Op, ReferenceArgs } from '../../ops/op.ts'
import { recurrentCell } from '../../ops/recurrent-cell.ts'
import { storageFormats } from '../../quants/weight.ts'
import { createKernels } from './kernels/index.ts'
import { layOut } from './memory.ts'
import { prepareStep } from './steps.ts'
import { Tensors } from './tensors.ts'
import { Traffic } from './traffic.ts'
import type { ThreadState } from './thread-state.ts'

/** A Plan of one step; its tensors are called as the op's arguments are. */
function planOf(op: Op, { params, sizes, weight, step: { T } }: Case): Plan {
  const { state, bias, ...rows } = sizes
  const step: PlanStep = {
    name: 'step',
    op: op.name,
    args: Object.fromEntries(['weight', ...Object.keys(sizes)].map((arg) => [arg, arg])),
    params,
    part: 'body',
    layer: 0,
  }
  const read = { ...step, name: 'reader', op: 'add', args: Object.fromEntries(Object.keys(rows).map((n) => [n, n])) }
  return {
    steps: [step, read],
    weights: { weight: { parts: [], ...weight!, role: 'linear' } },
    vectors: bias ? { bias: { parts: [], length: bias } } : {},
    tables: {},
    caches: state ? { state: { layer: 0, kvHeads: state / params['C']! / params['H']!, headDim: params['H']! } } : {},
    buffers: Object.fromEntries(Object.entries(rows).map(([name, size]) => [name, { rows: 'T', width: size / T }])),
  } as unknown as Plan
}

function run(op: Op, given: Case, args: ReferenceArgs, form: 'few' | 'many'): Record<string, Float32Array> {
  const plan = planOf(op, given)
  const size = { context: given.params['C'] ?? 1, chunk: given.step.T, logitRows: 1 }
  const placement = layOut(plan, size, 1, () => args.weight!)
  const memory = new SharedArrayBuffer(placement.words * 4)
  const words = new Uint32Array(memory).fill(0x7fc0dead)
  const start = { memory, plan, size, placement, thread: 0, threads: 1 }
  const tensors = new Tensors(start)
  for (const [name, data] of Object.entries(args.tensors)) tensors.data(name).set(data)
  words.set(args.weight!.codes, placement.weights['weight']!.codes)
  words.set(args.weight!.scales, placement.weights['weight']!.scales)
  const kernels = createKernels(memory)
  const state: ThreadState = { start, tensors, kernels, meet: () => undefined, traffic: new Traffic(), turn: 0 }
  const ready = prepareStep(plan.steps[0]!, state)
  expect(ready.isReference).toBe(false)
  ready[form](args.step)
  return Object.fromEntries(
    Object.entries(op.args).flatMap(([name, kind]) =>
      kind === 'write' || kind === 'update' ? [[name, tensors.data(name).slice()]] : [],
    ),
  )
}

describe.each([expertMatmul, recurrentCell])('$name', (op) => {
  test.each(storageFormats)('%s', (format) => {
    for (const given of op.cases) {
      // the processor has every weight in one piece
      if (given.params['rowStart'] || !fitsFormat(format, given.weight!.cols)) continue
      if (given.params['E'] && given.params['rows']! < given.params['E'] * given.params['N']!) continue
      const args = makeInputs(op, given, format)
      const tensors = Object.fromEntries(Object.entries(args.tensors).map(([name, data]) => [name, data.slice()]))
      const want = { ...args, tensors }
      op.reference(want)
      for (const form of given.step.T <= 3 ? (['few', 'many'] as const) : (['many'] as const)) {
        const got = run(op, given, args, form)
        for (const name of Object.keys(got)) {
          expect(nmse(got[name]!, want.tensors[name]!), `${given.name}: ${form} ${name}`).toBeLessThan(1e-11)
        }
      }
    }
  })
})
