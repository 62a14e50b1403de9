// A bottleneck seen from inside, and switched, on a model that is loaded and spoken with.

import { afterAll, expect, test } from 'vitest'
import { filesOf, folderFiles, writeSafetensors } from './formats/testing.ts'
import { loadEngine, type Engine } from './index.ts'
import { noise } from './testing/adapters.ts'

const D = 256,
  r = 4
const sizes: Record<string, number[]> = {
  'adapter_down.0.weight': [r, D],
  'adapter_down.0.bias': [r],
  'adapter_up.weight': [D, r],
  'adapter_up.bias': [D],
}
const tensors = ['attention_adapters', 'output_adapters'].flatMap((place, p) =>
  Array.from({ length: 4 }, (_, layer) =>
    Object.entries(sizes).map(([leaf, shape], i) => ({
      name: `model.layers.${layer}.${place}.adapters.mine.${leaf}`,
      dtype: 'F32',
      shape,
      bytes: new Uint8Array(
        noise(
          shape.reduce((n, axis) => n * axis, 1),
          8 * layer + 4 * p + i + 1,
        ).map((v) => v / 16).buffer,
      ),
    })),
  ).flat(),
)
const config = { mh_adapter: true, output_adapter: true, reduction_factor: 64, non_linearity: 'swish' }
const files = filesOf({
  'adapter_config.json': JSON.stringify({
    config,
    hidden_size: D,
    model_type: 'llama',
    name: 'mine',
    version: 'adapters.1.3.0',
  }),
  'adapter.safetensors': writeSafetensors(tensors),
})
const source = { name: 'storyteller', files: folderFiles('public/models/storyteller') }
const plain = await loadEngine(source, { device: 'cpu' })
const engine = await loadEngine(source, { device: 'cpu', adapters: [{ name: 'mine', files }] })
afterAll(() => {
  plain.dispose()
  engine.dispose()
})

async function said(by: Engine): Promise<number[]> {
  const found: number[] = []
  for await (const event of by.generate('Mia had a red ball in the garden.', { maxTokens: 4, temperature: 0 })) {
    if (event.type === 'token') found.push(event.id, event.logprob, event.entropy)
  }
  return found
}

test('off, the answer is the model’s own; what a branch adds holds what the bottleneck adds, and is left out with it', async () => {
  const alone = await said(plain)
  const on = await said(engine)
  expect(on).not.toEqual(alone)
  const glass = await engine.glass()
  await said(engine)
  const at = async (site: string): Promise<number[]> => [...(await glass.probe({ site, position: 5 })).values]
  const close = (values: readonly number[]): unknown[] => values.map((v) => expect.closeTo(v, 4) as unknown)
  const summed = async (from: string, out: string, after: string): Promise<void> => {
    const added = await at(out)
    const before = await at(from)
    expect(before.map((v, i) => v + added[i]!)).toEqual(close(await at(after)))
  }
  await summed('blocks.0.resid_post', 'blocks.1.attn.out', 'blocks.1.resid_mid')
  await summed('blocks.1.resid_mid', 'blocks.1.mlp.out', 'blocks.1.resid_post')
  const [cell] = await glass.lens({ positions: [5], layers: [3], part: 'resid', topK: 5, targets: [7] })
  expect(cell!.kl).toBeCloseTo(0, 5)
  await glass.setEdits([{ kind: 'skip', layer: 1, part: 'attn' }])
  expect(await at('blocks.1.resid_mid')).toEqual(close(await at('blocks.0.resid_post')))
  await glass.setEdits([])
  await engine.setAdapter('mine', 0)
  expect(await said(engine)).toEqual(alone)
  await engine.setAdapter('mine', 1)
  expect(await said(engine)).toEqual(on)
})
