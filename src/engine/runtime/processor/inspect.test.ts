// What the inspector puts between the steps, on one thread and on several: threads run ahead of each other, and no bit
// may show it; and what it does between the runs, as on the references.

import { expect, test } from 'vitest'
import { folderFiles } from '../../formats/testing.ts'
import { openModel } from '../../load.ts'
import type { Plan, PlanStep } from '../../model/plan.ts'
import { steerModes } from '../../ops/steer.ts'
import { difference } from '../../testing/difference.ts'
import { nodeThreads } from '../../testing/node-threads.ts'
import type { Inspection, Prepared } from '../inspect.ts'
import type { Runtime } from '../runtime.ts'
import { createCpuRuntime } from '../cpu.ts'
import { createProcessor } from './index.ts'

const ids = Array.from({ length: 10 }, (_, i) => (i * 37 + 5) % 90)
const { start } = await nodeThreads()

interface Run {
  runtime: Runtime
  inside: Inspection
  plan: Plan
}
/** @param threads 0: on the references */
async function open(name: string, threads: number, chunk = 16): Promise<Run> {
  const { plan, provider, size } = await openModel(
    { name, files: folderFiles(`fixtures/golden/${name}`) },
    { linear: 'keep', embedding: 'keep', context: 48 },
  )
  const sized = { ...size, chunk, logitRows: Math.min(chunk, 8) }
  if (threads === 0) {
    const runtime = await createCpuRuntime(plan, provider, sized)
    return { plan, runtime, inside: runtime.inspection() }
  }
  const processor = await createProcessor(plan, provider, sized, threads > 1 ? { threads, startThread: start } : {})
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

const wave = (count: number, by: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(i * by))
/** Writes, submits, other parameters and other hooks, asked one after the other without waiting. */
async function ask({ runtime, inside, plan }: Run): Promise<Float32Array[]> {
  const { D } = plan.dims
  runtime.truncate(0)
  await runtime.forward(ids, 'none')
  const norm = inside.steps.find(({ step }) => step.op === 'rmsnorm' && step.part === 'body')!
  const matmul = inside.steps.find(({ step }) => step.op === 'matmul' && step.part === 'body')!
  const { x, y, gain } = norm.step.args as Record<'x' | 'y' | 'gain', string>
  inside.tensor('small', 16 * D)
  inside.tensor('large', 2 ** 17)
  const [own] = await inside.prepare([
    { ...norm.step, name: 'own', args: { x, gain, y }, params: { ...norm.step.params, eps: 1 } },
  ])
  const [steer] = await inside.prepare([
    {
      name: 'steer',
      op: 'steer',
      args: { x: y, vector: 'small' },
      params: { D, first: 0, end: 48, mode: steerModes.add, factor: 0.5 },
      part: 'body',
      layer: -1,
    },
  ])
  const rows: Float32Array[] = []
  for (const T of [1, 2, 3, 4, 7]) {
    const values = { T, pos: 2, row: 0, prefix: 0 }
    let at = 0
    const look = (run: Prepared): void => {
      inside.submit('body', values, [
        { run },
        { copy: y, at: 0, to: 'small', toAt: 0, count: T * D },
        { copy: 'small', at: 0, to: 'large', toAt: at, count: T * D },
      ])
      at += T * D
    }
    inside.write(x, wave(T * D, 0.3))
    look(norm)
    inside.write(x, wave(D, 0.7), (T - 1) * D)
    look(own!)
    inside.setParams(own!, { eps: 0.01 })
    look(own!)
    inside.setHooks({ after: new Map([[norm.step.name, [steer!, steer!]]]), instead: new Map() })
    look(norm)
    inside.setHooks({ after: new Map(), instead: new Map([[norm.step.name, [own!]]]) })
    look(norm)
    inside.setHooks(null)
    look(norm)
    // a matrix of whose columns each thread reads its own part: what was written and copied is there for all
    const { x: from, y: to } = matmul.step.args as Record<'x' | 'y', string>
    const { K, N } = matmul.step.params as Record<'K' | 'N', number>
    inside.write(from, wave(T * K, 0.9))
    inside.submit('body', values, [{ run: matmul }, { copy: to, at: 0, to: 'large', toAt: at, count: T * N }])
    inside.submit('body', values, [
      { copy: 'large', at: 0, to: from, toAt: 0, count: T * K },
      { run: matmul },
      { copy: to, at: 0, to: 'large', toAt: at + T * N, count: T * N },
    ])
    at += 2 * T * N
    rows.push(
      ...(await inside.readMany([
        { tensor: 'large', offset: 0, count: at },
        { tensor: y, offset: 0, count: T * D },
      ])),
    )
  }
  // a gain that is no number is found where it works first, and nothing is left of it
  const [was] = await inside.readMany([{ tensor: gain, offset: 3, count: 1 }])
  inside.write(gain, Float32Array.of(NaN), 3)
  expect(await runtime.findNonFinite(ids.slice(0, 3))).toBe(norm.step.name)
  inside.write(gain, was!, 3)
  expect(await runtime.findNonFinite(ids.slice(0, 3))).toBeNull()
  runtime.truncate(0)
  rows.push(...(await runtime.forward(ids, 'all', ids.length)))
  return rows
}

test('what is asked between runs is done in order, by few rows and by many', async () => {
  const want = await ask(await open('qwen3', 0))
  const alone = await ask(await open('qwen3', 1))
  expect(difference(alone, want)).toBeLessThan(5e-6)
  const two = await open('qwen3', 2)
  expect(await ask(two)).toEqual(alone)
  two.runtime.dispose()
})

test('chunks of every size give the references’ logits, up to the last place of the context', async () => {
  const long = Array.from({ length: 48 }, (_, i) => (i * 31 + 7) % 90)
  const want = await (await open('qwen3', 0)).runtime.forward(long, 'all')
  for (let chunk = 1; chunk <= 17; chunk++) {
    const { runtime } = await open('qwen3', 1, chunk)
    const all = await runtime.forward(long, 'all')
    expect(difference(all, want), `chunks of ${chunk}`).toBeLessThan(5e-6)
    await expect(runtime.forward([1], 'last')).rejects.toMatchObject({ code: 'CONTEXT_FULL' })
    // forgotten and read again, the same bits
    runtime.truncate(0)
    expect(await runtime.forward(long, 'all')).toEqual(all)
  }
})
