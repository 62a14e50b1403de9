// What is compiled when: at load what the order of kernels can reach, everything else when it is timed, and nothing while
// an answer is written. On a GPU that validates everything and computes nothing: kernels are counted, not timed.

import { afterAll, describe, expect, test } from 'vitest'
import { folderFiles } from './formats/testing.ts'
import { KernelChoice } from './kernel-choice.ts'
import { openMachine, openModel, placeModel, type Machine } from './load.ts'
import type { StepChoice, Tuner } from './runtime/tuning/choice.ts'
import { noGpuReason, nullGpu } from './testing/gpu.ts'
import type { KernelTimes, KernelTimings, LoadOptions } from './types.ts'

const gpu = await nullGpu()
if (!gpu) console.warn(`UNRUN: what is compiled when: ${noGpuReason}`)
const chunk = 24
const model = await openModel({ name: 'llama', files: folderFiles('fixtures/golden/gguf_q4_1') }, { chunk })
const machines: Machine[] = []
afterAll(() => machines.forEach(({ device }) => device.dispose()))

/** A device of its own, and what was compiled for it. */
async function machine(force = '') {
  const made = await openMachine({ gpu: gpu!, force })
  machines.push(made)
  return { made, labels: () => made.device.compiled.map(({ label }) => label).sort() }
}
const place = (on: Machine, options: LoadOptions = {}) =>
  placeModel(model, { gpu: gpu!, selfCheck: false, chunk, ...options }, on)

function memory(map = new Map<string, KernelTimes>()): KernelTimings & { map: Map<string, KernelTimes> } {
  const remember: KernelTimings['remember'] = (entries) =>
    Promise.resolve(entries.forEach(([key, times]) => map.set(key, times)))
  return { map, known: () => Promise.resolve(map), remember }
}
/** To whom one kernel is always the fastest. */
const measuring = (choices: StepChoice[], best: string): Tuner => ({
  choices: () => choices,
  use: () => Promise.resolve(),
  tune: (open) => Promise.resolve(new Map([...open].map((key) => [key, { best, milliseconds: {} }]))),
})
const isMatmul = (label: string): boolean => label.startsWith('matmul-')
const isAny = (label: string): boolean => label.startsWith('matmul-any')

describe.skipIf(!gpu).each(['', 'class=software', 'class=software,nosubgroups'])('forced to be "%s"', (force) => {
  test('an answer of any length finds its kernels compiled, and the others are not', async () => {
    const { made, labels } = await machine(force)
    const { runtime, choice } = await place(made)
    const atLoad = labels()
    for (let T = 1; T <= chunk; T++) {
      runtime.truncate(0)
      await runtime.forward(
        Array.from({ length: T }, (_, i) => i),
        'all',
      )
    }
    runtime.truncate(3)
    for (let count = 1; count <= runtime.mostStrands; count++) {
      await runtime.runStrands(Array<number>(count).fill(1), 0)
    }
    expect(labels()).toEqual(atLoad)
    await choice!.tune()
    expect(labels().length).toBeGreaterThan(atLoad.length)
    runtime.dispose()
  })
  test('a choice that is remembered is compiled in the place of the usual one', async () => {
    const first = await machine(force)
    const usual = await place(first.made)
    const before = first.labels()
    const kernelTimings = memory()
    // what is measured here says nothing: the test says what was
    const choices = usual.runtime.tuner()!.choices()
    const all = await KernelChoice.open(choices, first.made.device.facts, { kernelTimings })
    await all.decideFor(measuring(choices, 'matmul-any'))
    await all.tune()
    usual.runtime.dispose()
    const second = await machine(force)
    const { runtime, choice } = await place(second.made, { kernelTimings })
    const after = second.labels()
    expect([before.some(isAny), after.some(isAny)]).toEqual([false, true])
    expect(after.filter(isMatmul).length).toBeLessThan(before.filter(isMatmul).length)
    expect(choice!.uses().filter(({ op }) => op === 'matmul')).toMatchObject(
      choices.flatMap(({ op }) => (op === 'matmul' ? [{ runs: 'matmul-any', by: 'measured' }] : [])),
    )
    await runtime.forward([1, 2, 3], 'last')
    expect(second.labels()).toEqual(after)
    runtime.dispose()
  })
})

test.skipIf(!gpu)('a kernel that answers wrong is never run, whoever wants it', async () => {
  const { made, labels } = await machine('class=software')
  // the others are known to be right; this one is asked, and answers nothing here
  const known = { has: (key: string) => !key.includes('matmul-any') } as unknown as ReadonlySet<string>
  const remembered: string[] = []
  const checkedKernels = {
    known: () => Promise.resolve(known),
    remember: (keys: readonly string[]) => Promise.resolve(void remembered.push(...keys)),
  }
  const asked: LoadOptions = { selfCheck: true, checkedKernels, kernelTimings: memory() }
  const { runtime, choice } = await place(made, asked)
  const matmuls = () => choice!.uses().filter(({ op }) => op === 'matmul')
  expect(matmuls().every(({ candidates }) => candidates.includes('matmul-any'))).toBe(true)
  expect(labels().some(isAny)).toBe(false)
  for (let n = 0; n < 9; n++) await choice!.tune()
  expect(labels().some(isAny)).toBe(true)
  const timed = matmuls().flatMap(({ milliseconds }) => Object.keys(milliseconds))
  expect(timed.length).toBeGreaterThan(0)
  expect(timed).not.toContain('matmul-any')
  const wanted = await KernelChoice.open(choice!.uses(), made.device.facts, { kernels: 'matmul-any' })
  await wanted.decideFor(runtime.tuner()!)
  expect(matmuls().map(({ runs }) => runs)).not.toContain('matmul-any')
  expect(remembered).toEqual([])
  runtime.dispose()
  // wanted from the start, too: the next one takes its place
  const again = await place(made, { ...asked, kernels: 'matmul-any' })
  expect(again.info.rejectedKernels).toContain('matmul/matmul-any/q4_1')
  expect(again.choice!.uses().map(({ runs }) => runs)).not.toContain('matmul-any')
  again.runtime.dispose()
})

test.skipIf(!gpu)('whoever wants the device does not wait for a kernel that is compiling', async () => {
  const { made } = await machine()
  const { runtime, choice } = await place(made, { kernelTimings: memory() })
  let asked = 0
  Object.assign(made.device.gpu, {
    createComputePipelineAsync: () => {
      asked++
      return new Promise(() => undefined) // for ever
    },
  })
  const tuning = choice!.tune()
  while (asked === 0) await new Promise((resolve) => setTimeout(resolve, 1))
  await choice!.stop()
  await tuning
  await runtime.forward([1, 2, 3], 'last')
  expect(choice!.uses().every(({ by }) => by === 'default')).toBe(true)
  runtime.dispose()
})
