// A LoRA in every linear layer of tiny models of many families: the loss of one text and every gradient are PyTorch's and PEFT's
// (tools/reference/family_gradients.py), within 1e-5 of the largest of each tensor, on the references, two threads and the GPU.
// On threads and the GPU those whose kernels, or branches of them, no other has; GLASSBOX_FULL=1: positions by length there, too.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../formats/bytes.ts'
import { openModel, placeModel } from '../load.ts'
import { diskModel } from '../testing/disk.ts'
import { f32Tensors } from '../testing/f32-tensors.ts'
import { testMachines } from '../testing/machines.ts'
import { farthest } from '../testing/tensors.ts'
import { differentiate } from './differentiate.ts'
import { fileTensors, writeFolder } from './peft.ts'
import { TrainSession, type Sequence } from './session.ts'

const golden = JSON.parse(readFileSync('fixtures/train/families.json', 'utf8')) as Record<
  string,
  Sequence & { loss: number }
>
const expected = f32Tensors(readFileSync('fixtures/train/families.safetensors'))
const [gpu, , twoThreads] = await testMachines()
const reference = { name: 'reference', where: { device: 'reference' as const }, why: '' }
/** What the other goldens of training lack: bounds, experts with and without shares of the chosen alone. */
const others = ['gemma2_odd', 'qwen2_moe', 'olmoe_odd', ...(process.env['GLASSBOX_FULL'] ? ['phi3_longrope'] : [])]

/** What stands in A and B: the formula of the script. */
const valueOf = (name: string, i: number, columns: number): number =>
  Math.sin(1.3 * i + name.length) * (name.includes('lora_A') ? 0.5 / Math.sqrt(columns) : 0.2)

/** The gradients that PyTorch has of a model, by the names of a PEFT folder. */
const gradientsOf = (name: string): [string, Float32Array][] =>
  [...expected].flatMap(([key, want]) => (key.startsWith(`${name}/`) ? [[key.slice(name.length + 1), want]] : []))

function adapterOf(name: string) {
  const tensors = new Map<string, { shape: readonly number[]; values: Float32Array }>()
  const modules = new Set<string>()
  for (const [key, { length }] of gradientsOf(name)) {
    const shape = key.includes('lora_A') ? [2, length / 2] : [length / 2, 2]
    modules.add(/(\w+)\.lora_/.exec(key)![1]!)
    const values = Float32Array.from({ length }, (_, i) => valueOf(key, i, shape[1]!))
    tensors.set(`base_model.model.${key}`, { shape, values })
  }
  const folder = writeFolder({ base: name, rank: 2, alpha: 4, modules: [...modules] }, tensors)
  return new Map(Object.entries(folder).map(([file, bytes]) => [file, bytesSource(file, bytes)]))
}

describe.each([
  { ...reference, names: Object.keys(golden) },
  { ...twoThreads!, names: others },
  { ...gpu!, names: others },
])('on $name', ({ where, why, names }) => {
  it.skipIf(where === null).each(names)(`%s as PyTorch ${where ? '' : why}`, async (name) => {
    const options = { linear: 'keep', embedding: 'keep', context: 48, ...where } as const
    const adapters = [{ name: 'a', files: adapterOf(name) }]
    const { model, runtime, device } = await placeModel(
      await openModel(diskModel(`fixtures/golden/${name}`), { ...options, adapters }),
      options,
    )
    const { plan } = model
    const learns = Object.keys(plan.weights).filter((one) => plan.weights[one]!.role === 'adapter')
    const sequence = golden[name]!
    const tokens = sequence.ids.length + 3
    const session = await TrainSession.create(
      runtime.inspection(),
      differentiate(plan, new Set(learns), tokens),
      tokens,
    )
    session.clear()
    session.add(sequence)
    const losses = await session.losses(sequence.rows.length)
    const loss = losses.reduce((sum, nll, i) => sum + nll * sequence.by[i]!, 0)
    expect(Math.abs(loss / golden[name]!.loss - 1)).toBeLessThan(1e-5)
    const g = await session.read('g')
    const places = new Map(session.plan.trainables.map(({ name: one, at, count }) => [one, g.subarray(at, at + count)]))
    const found = await fileTensors({ weights: plan.weights, vectors: {} }, 'adapters/a/base_model.model.', (one) =>
      Promise.resolve(places.get(one)!),
    )
    expect([...found.keys()].sort()).toEqual(
      gradientsOf(name)
        .map(([key]) => key)
        .sort(),
    )
    const far = gradientsOf(name).flatMap(([key, want]) => {
      const by = farthest(found.get(key)!.values, want)
      return by < 1e-5 ? [] : [`${key} ${by.toExponential(1)}`]
    })
    expect(far).toEqual([])
    runtime.dispose()
    device?.dispose()
  })
})
