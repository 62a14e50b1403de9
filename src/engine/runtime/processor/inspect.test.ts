// What the inspector puts between the steps, on one thread and on several: threads run ahead of each other, and no bit
// may show it.

import { expect, test } from 'vitest'
import { folderFiles } from '../../formats/testing.ts'
import { openModel } from '../../load.ts'
import type { Plan, PlanStep } from '../../model/plan.ts'
import { steerModes } from '../../ops/steer.ts'
import { nodeThreads } from '../../testing/node-threads.ts'
import type { Inspection, Prepared } from '../inspect.ts'
import type { Runtime } from '../runtime.ts'
import { createProcessor } from './index.ts'

const ids = Array.from({ length: 10 }, (_, i) => (i * 37 + 5) % 90)
const { start } = await nodeThreads()

interface Run {
  runtime: Runtime
  inside: Inspection
  plan: Plan
}
async function open(name: string, threads: number): Promise<Run> {
  const { plan, provider, size } = await openModel(
    { name, files: folderFiles(`fixtures/golden/${name}`) },
    { linear: 'keep', embedding: 'keep', context: 48 },
  )
  const processor = await createProcessor(
    plan,
    provider,
    { ...size, chunk: 16, logitRows: 8 },
    threads > 1 ? { threads, startThread: start } : {},
  )
  expect(processor.threads).toBe(threads)
  return { plan, runtime: processor.runtime, inside: processor.runtime.inspection() }
}
/** Logits of every token, one by one and then with the others in chunks, a few times over. */
async function answers({ runtime }: Run, times = 2): Promise<Float32Array[]> {
  const rows: Float32Array[] = []
  for (let i = 0; i < times; i++) {
    runtime.truncate(0)
    for (const id of ids) rows.push(...(await runtime.forward([id], 'last', ids.length)))
    runtime.truncate(0)
    rows.push(...(await runtime.forward(ids, 'all', ids.length)))
  }
  return rows
}
/** Puts a step after each step of this op. */
async function hook(
  { inside, plan }: Run,
  op: string,
  make: (step: PlanStep) => Pick<PlanStep, 'op' | 'args' | 'params'>[],
): Promise<void> {
  const after = new Map<string, Prepared[]>()
  for (const step of plan.steps.filter((s) => s.op === op)) {
    const list = make(step).map((own, i) => ({ name: `${i}.${step.name}`, ...own, part: step.part, layer: -1 }))
    after.set(step.name, await inside.prepare(list))
  }
  inside.setHooks({ after, instead: new Map() })
}

const changes: Record<string, (run: Run) => Promise<void>> = {
  'heads scaled where all have just taken them over': async (run) => {
    const { H, d } = run.plan.dims
    run.inside.tensor('factors', H)
    run.inside.write(
      'factors',
      Float32Array.from({ length: H }, (_, h) => 0.3 + h / 3),
    )
    await hook(run, 'attention', ({ args }) => [
      { op: 'scale-heads', args: { z: args['z']!, factors: 'factors' }, params: { H, d } },
    ])
  },
  'a residual steered twice by vectors for which no kernel has room': async (run) => {
    const { D } = run.plan.dims
    run.inside.tensor('large', 2 ** 17)
    run.inside.write(
      'large',
      Float32Array.from({ length: D }, (_, i) => Math.sin(i)),
    )
    const steer = { first: 0, end: 48, mode: steerModes.add, factor: 0.1, D }
    await hook(run, 'rmsnorm', ({ args }) => [
      { op: 'steer', args: { x: args['y']!, vector: 'large' }, params: steer },
      { op: 'steer', args: { x: args['y']!, vector: 'large' }, params: { ...steer, mode: steerModes.ablate } },
    ])
  },
}

test.each(Object.entries(changes))('%s', async (_, change) => {
  const alone = await open('qwen3', 1)
  const plain = await answers(alone, 1)
  await change(alone)
  const want = await answers(alone, 1)
  expect(want).not.toEqual(plain)
  for (const threads of [2, 3]) {
    const run = await open('qwen3', threads)
    await change(run)
    const got = await answers(run)
    expect(got.flatMap((row, i) => (row.every((v, j) => v === want[i % want.length]![j]) ? [] : [i]))).toEqual([])
    run.runtime.dispose()
  }
})
