// Adapters on a whole model: off is the model itself, bit for bit; on is the model with W + s (alpha / r) B A in its file;
// a slider between them; and nothing that is left of an adapter once it is off again.

import { describe, expect, test } from 'vitest'
import { folderFiles } from './formats/testing.ts'
import { openMachine, openModel, placeModel } from './load.ts'
import { adapterOf, loraConfig, loraShapes } from './testing/adapters.ts'
import { nodeGpu } from './testing/gpu.ts'
import type { AdapterSource, LoadOptions } from './types.ts'

const files = folderFiles('fixtures/golden/llama')
const ids = [5, 9, 17, 3, 44, 21, 8]
const exact: LoadOptions = { linear: 'keep', embedding: 'keep', device: 'reference' }
const queries = (scale = 1, name = 'mine'): AdapterSource =>
  adapterOf(loraConfig, loraShapes(3, 'self_attn.q_proj', 32, 32), { scale, name })

const gpu = await nodeGpu()
const machine = gpu ? await openMachine({ gpu }) : undefined

async function logitsWith(adapters: AdapterSource[], options: LoadOptions = exact): Promise<Float32Array[]> {
  const model = await openModel({ name: 'llama', files }, { ...options, adapters })
  const { runtime } = await placeModel(model, options, options.gpu && machine)
  const rows = await runtime.forward(ids, 'all')
  const copies = rows.map((row) => row.slice())
  runtime.dispose()
  return copies
}

const devices: [string, LoadOptions][] = [
  ['references', exact],
  ['processor', { ...exact, device: 'cpu' }],
  ...(gpu ? [['GPU', { ...exact, device: 'gpu', gpu, selfCheck: false }] as [string, LoadOptions]] : []),
]

describe.each(devices)('on the %s', (_, options) => {
  test('off, the model is itself bit for bit; on, it is not', { timeout: 60_000 }, async () => {
    const alone = await logitsWith([], options)
    expect(await logitsWith([queries(0)], options)).toEqual(alone)
    expect(await logitsWith([queries(1)], options)).not.toEqual(alone)
  })
})

describe.each(devices)('a slider on the %s', (_, options) => {
  test('gives what a load with that strength gives', { timeout: 60_000 }, async () => {
    const model = await openModel({ name: 'llama', files }, { ...options, adapters: [queries(0), queries(1, 'other')] })
    const { runtime } = await placeModel(model, options, options.gpu && machine)
    const at = async (name: string, scale: number): Promise<Float32Array[]> => {
      const vectors = await model.adapters!.setScale(name, scale)
      runtime.setAdapters(model.adapters!.off, vectors)
      runtime.truncate(0)
      return (await runtime.forward(ids, 'all')).map((row) => row.slice())
    }
    expect(await at('mine', 0.5)).toEqual(await logitsWith([queries(0.5), queries(1, 'other')], options))
    expect(await at('other', 0)).toEqual(await logitsWith([queries(0.5)], options))
    expect(await at('mine', 0)).toEqual(await logitsWith([], options))
    runtime.dispose()
  })
})
