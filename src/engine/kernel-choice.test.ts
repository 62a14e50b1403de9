// Kernels chosen by measurement on a real model: used, remembered, forgotten with another adapter or build, overridden;
// and the numbers stay what they are.

import { afterAll, expect, it } from 'vitest'
import { noFeatures } from './device-features.ts'
import { KernelCache } from './gpu/kernel.ts'
import { shaderSource } from './gpu/shaders.ts'
import { KernelChoice, wantedVariants } from './kernel-choice.ts'
import { openMachine, openModel, placeModel } from './load.ts'
import { folderFiles } from './formats/testing.ts'
import { nodeGpu, noGpuReason, nullGpu } from './testing/gpu.ts'
import type { StepChoice, Tuner } from './runtime/tuning/choice.ts'
import type { AdapterFacts, KernelTimes, KernelTimings, LoadProgress } from './types.ts'

const gpu = await nodeGpu()
if (!gpu) console.warn(`UNRUN: kernels chosen by measurement: ${noGpuReason}`)
const machine = gpu && (await openMachine({ gpu }))
afterAll(() => machine?.device.dispose())
const model = await openModel({ name: 'llama', files: folderFiles('fixtures/golden/llama') }, { chunk: 8 })
const ids = [1, 5, 9, 2, 7, 3, 11, 4, 6, 8, 12, 10]

function memory(): KernelTimings & { map: Map<string, KernelTimes> } {
  const map = new Map<string, KernelTimes>()
  return {
    map,
    known: () => Promise.resolve(new Map(map)),
    remember: (entries) => Promise.resolve(entries.forEach(([key, times]) => map.set(key, times))),
  }
}

it('what is remembered counts only where a measurement could have said it', async () => {
  const choice = { key: 'k', build: 'b', candidates: ['usual', 'other'], rounding: ['rounds'] } as unknown as StepChoice
  const measured = async (found: unknown): Promise<unknown> => {
    const known = () => Promise.resolve({ get: () => found } as unknown as ReadonlyMap<string, KernelTimes>)
    const kernelTimings = { known, remember: () => Promise.resolve() }
    const made = await KernelChoice.open([choice], { kernels: noFeatures } as unknown as AdapterFacts, {
      kernelTimings,
    })
    return made.order.measured.get('k')
  }
  expect(await measured({ best: 'other', milliseconds: { usual: 2, other: 1 } })).toBe('other')
  for (const found of [
    undefined,
    null,
    7,
    'other',
    { best: 'rounds', milliseconds: {} },
    { best: 'one by one', milliseconds: {} },
    { best: ['other'], milliseconds: {} },
    { best: 'other' },
    { best: 'other', milliseconds: { other: 'fast' } },
    { best: 'other', milliseconds: { other: NaN } },
  ]) {
    expect(await measured(found), JSON.stringify(found)).toBeUndefined()
  }
})

it('a timing that runs has ended when a stop resolves, and is asked to end', async () => {
  const choice = { key: 'k', build: 'b', candidates: ['usual', 'other'], rounding: [] } as unknown as StepChoice
  const said: string[] = []
  let end = (): void => undefined
  const tuner: Tuner = {
    use: () => Promise.resolve(),
    choices: () => [choice],
    tune: (_, signal) => {
      signal.addEventListener('abort', () => said.push('asked to end'))
      return new Promise((resolve) => (end = () => resolve(new Map())))
    },
  }
  const made = await KernelChoice.open([choice], { kernels: noFeatures } as unknown as AdapterFacts, {})
  await made.decideFor(tuner)
  const timing = made.tune().then(() => said.push('ended'))
  const stopped = made.stop().then(() => said.push('stopped'))
  await new Promise((resolve) => setTimeout(resolve))
  expect(said).toEqual(['asked to end'])
  end()
  await Promise.all([timing, stopped])
  expect(said.slice(0, 2)).toContain('ended')
  expect(said.at(-1)).toBe('stopped')
})

it.runIf(gpu)('what was measured runs, is remembered, and changes no number', { timeout: 120_000 }, async () => {
  const { runtime, info } = await placeModel(model, { gpu: gpu!, selfCheck: false }, machine!)
  const facts = info.adapter!
  const kernelTimings = memory()
  const logits = async (): Promise<number[]> => {
    runtime.truncate(0)
    const [whole] = await runtime.forward(ids, 'last')
    const [next] = await runtime.forward([3], 'last')
    return [...whole!, ...next!]
  }
  const open = async (more: object = {}, of: AdapterFacts = facts): Promise<KernelChoice> => {
    const tuner = runtime.tuner()!
    const choice = await KernelChoice.open(tuner.choices(), of, { kernelTimings, ...more })
    await choice.decideFor(tuner)
    return choice
  }
  const plain = await logits()
  const first = await open()
  expect(first.uses().length).toBeGreaterThan(3)
  expect(first.uses().every(({ by, runs, candidates }) => by === 'default' && runs === candidates[0])).toBe(true)

  await first.tune()
  expect(kernelTimings.map.size).toBeGreaterThan(0)
  const text = await logits()
  const worst = Math.max(...plain.map((value, i) => Math.abs(value - text[i]!)))
  expect(worst / Math.max(...plain.map(Math.abs))).toBeLessThan(1e-5)
  for (const { key, best, runs, milliseconds } of first
    .uses()
    .map((use) => ({ ...use, best: [...kernelTimings.map].find(([k]) => k.endsWith(`|${use.key}`))?.[1].best }))) {
    if (best !== undefined) expect([key, runs]).toEqual([key, best])
    if (best !== undefined) expect(Object.keys(milliseconds).length).toBeGreaterThan(0)
  }

  // the second candidate of everything is what this machine remembers: it runs
  for (const { key, candidates } of first.uses()) {
    const known = [...kernelTimings.map.keys()].find((one) => one.endsWith(`|${key}`))
    if (known) kernelTimings.map.set(known, { best: candidates[1]!, milliseconds: {} })
  }
  const again = await open()
  const measured = again.uses().filter(({ by }) => by === 'measured')
  expect(measured.length).toBeGreaterThan(0)
  expect(measured.every(({ runs, candidates }) => runs === candidates[1])).toBe(true)
  const other = await logits()
  expect(Math.max(...plain.map((value, i) => Math.abs(value - other[i]!)))).toBeLessThan(1e-4)

  // forgotten with other features; not asked for in the default order; overridden by name
  const elsewhere = { ...facts, kernels: { ...noFeatures, f16: !facts.kernels.f16 } }
  expect((await open({}, elsewhere)).uses().every(({ by }) => by === 'default')).toBe(true)
  expect((await open({ kernels: 'default' })).uses().every(({ by }) => by === 'default')).toBe(true)
  const wanted = (await open({ kernels: 'matmul-any' })).uses().filter(({ op }) => op === 'matmul')
  expect(wanted.map(({ by, runs }) => [by, runs])).toEqual(wanted.map(() => ['wanted', 'matmul-any']))
  // a build with another text is another key
  const builds = new Set(first.uses().map(({ build }) => build))
  const { source } = machine!.kernels
  const tuner = runtime.tuner()!
  Object.assign(machine!.kernels, { source: (...asked: Parameters<typeof source>) => `${source(...asked)}\n// newer` })
  expect(tuner.choices().filter(({ build }) => builds.has(build))).toEqual([])
  expect((await open()).uses().every(({ by }) => by === 'default')).toBe(true)
  Object.assign(machine!.kernels, { source })
  runtime.dispose()
})

it.runIf(gpu)('what rounds its inputs runs where it is named, and nowhere else', { timeout: 120_000 }, async () => {
  const files = folderFiles('fixtures/golden/llama')
  const coded = await openModel({ name: 'llama', files }, { chunk: 12, linear: 'i8', embedding: 'i8' })
  const { runtime, info } = await placeModel(coded, { gpu: gpu!, selfCheck: false }, machine!)
  const tuner = runtime.tuner()!
  const read = async (kernels: string) => {
    const choice = await KernelChoice.open(tuner.choices(), info.adapter!, { kernels })
    await choice.decideFor(tuner)
    runtime.truncate(0)
    const [whole] = await runtime.forward(ids, 'last'),
      [next] = await runtime.forward([3], 'last')
    return { uses: choice.uses(), logits: [...whole!, ...next!] }
  }
  const plain = await read('default'),
    rounded = await read('matmul-dot'),
    again = await read('default')
  const ofMatmul = rounded.uses.filter(({ rounding }) => rounding.includes('matmul-dot'))
  expect(ofMatmul.length).toBeGreaterThan(3)
  expect(ofMatmul.map(({ by, runs }) => [by, runs])).toEqual(ofMatmul.map(() => ['wanted', 'matmul-dot']))
  for (const { runs, candidates } of plain.uses) expect(candidates).toContain(runs)
  const size = Math.hypot(...plain.logits)
  const off = Math.hypot(...plain.logits.map((value, i) => value - rounded.logits[i]!)) / size
  expect(off).toBeGreaterThan(1e-4)
  expect(off).toBeLessThan(0.05)
  expect(again.logits).toEqual(plain.logits)
  runtime.dispose()
})

it('kernels are compiled while the weights arrive', async ({ skip }) => {
  const nothing = await nullGpu()
  if (!nothing) return skip(`UNRUN: ${noGpuReason}`)
  const { device } = await openMachine({ gpu: nothing })
  const asked = new Set<string>()
  const kernels = new KernelCache(device, (...given) => {
    asked.add(given[0])
    return shaderSource(...given)
  })
  const before: number[] = []
  const onProgress = ({ phase }: LoadProgress): void => {
    if (phase === 'upload') before.push(asked.size)
  }
  const { runtime } = await placeModel(model, { gpu: nothing, selfCheck: false, onProgress }, { device, kernels })
  expect(before[0]).toBeGreaterThan(3)
  expect(asked.size, 'and no other one is missing').toBe(before[0])
  runtime.dispose()
  device.dispose()
})

it('names of kernels are those there are', () => {
  expect([wantedVariants(), wantedVariants('default'), wantedVariants('matmul-any, add')]).toEqual([
    [],
    [],
    ['matmul-any', 'add'],
  ])
  expect(() => wantedVariants('matmul-fast')).toThrow(/"matmul-fast"/)
})
