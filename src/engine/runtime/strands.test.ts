// Several texts that go on from one beginning in one cache: each has the logits that it has alone, whatever its family says
// of positions and masks, and the text that they left is as it was.

import { expect, test, vi } from 'vitest'
import { folderFiles } from '../formats/testing.ts'
import { openModel, placeModel } from '../load.ts'
import { difference } from '../testing/difference.ts'
import { testMachines, type Where } from '../testing/machines.ts'
import type { LoadOptions } from '../types.ts'
import type { Runtime } from './runtime.ts'

vi.setConfig({ testTimeout: 120_000 })
const machines = await testMachines()

const source = [9, 4, 17, 2, 30, 11]
const tail = [
  [7, 21, 12, 40, 8],
  [13, 13, 5, 33, 6],
  [2, 35, 28, 9, 19],
] as const

async function start(name: string, where: Where | { device: 'reference' }): Promise<Runtime> {
  const options: LoadOptions = { linear: 'keep', embedding: 'keep', context: 30, chunk: 8, selfCheck: false, ...where }
  const model = await openModel({ name, files: folderFiles(`fixtures/golden/${name}`) }, options)
  return (await placeModel(model, options)).runtime
}
/** A text's beginning, in the cache; the marks of a prefix language model among it. */
async function begin(runtime: Runtime, head: readonly number[]): Promise<void> {
  if (runtime.plan.programs.encode) await runtime.encode(source)
  runtime.truncate(0)
  runtime.beginText(head)
  await runtime.forward(head, 'none')
}
const headOf = ({ plan: { prefix } }: Runtime): number[] =>
  prefix ? [5, 9, prefix.blanks[0]!, 17, prefix.end, 3] : [5, 9, 17, 3, 24, 21]

async function alone(runtime: Runtime, head: readonly number[]): Promise<Float32Array[][]> {
  const rows: Float32Array[][] = []
  for (const ids of tail) {
    await begin(runtime, head)
    const own: Float32Array[] = []
    for (const id of ids) own.push((await runtime.forward([id], 'last'))[0]!.slice())
    rows.push(own)
  }
  return rows
}
async function together(runtime: Runtime, head: readonly number[]): Promise<Float32Array[][]> {
  await begin(runtime, head)
  const before = { ...runtime.counters }
  const rows: Float32Array[][] = tail.map(() => [])
  for (let i = 0; i < tail[0].length; i++) {
    const now = await runtime.runStrands(
      tail.map((ids) => ids[i]!),
      i,
    )
    now.forEach((row, r) => rows[r]!.push(row.slice()))
  }
  expect(runtime.counters.forwards - before.forwards).toBe(tail[0].length)
  expect(runtime.length).toBe(head.length)
  return rows
}

/** Families by what they say of positions and masks: turned, by length too; learned; windows; distances; a prefix; a source. */
const kinds = [
  'llama',
  'llama_dynamic_short',
  'phi3_longrope',
  'gptj_odd',
  'gpt2_odd',
  'opt_350m',
  'mistral_swa',
  'gemma3',
  'bloom_h6_0',
  'baichuan-13b',
  'falcon_rw_odd',
  'chatglm-6b',
  'chatglm2-6b',
  't5',
  'mixtral',
]
test.each(kinds)('%s, on the references to the bit, and on the processor', async (name) => {
  const reference = await start(name, { device: 'reference' })
  expect(reference.mostStrands).toBe(8)
  const head = headOf(reference)
  const want = await alone(reference, head)
  expect(await together(reference, head)).toEqual(want)
  // what comes next finds nothing of them
  await begin(reference, head)
  const [next] = await reference.forward([...tail[0]], 'last', head.length + tail[0].length)
  const fresh = await start(name, { device: 'reference' })
  await begin(fresh, head)
  expect(next).toEqual((await fresh.forward([...tail[0]], 'last', head.length + tail[0].length))[0])

  const processor = await start(name, { device: 'cpu', threads: 1 })
  expect(difference((await together(processor, head)).flat(), want.flat())).toBeLessThan(1e-4)
  processor.dispose()
})
test('a state that goes from row to row, and a text that is read whole, have one text at a time', async () => {
  for (const name of ['lstm_lm', 'xlnet', 'bert']) {
    const runtime = await start(name, { device: 'reference' })
    expect(runtime.mostStrands).toBe(1)
  }
})
test('strands that do not fit are refused, and leave the text', async () => {
  const runtime = await start('llama', { device: 'reference' })
  await begin(runtime, headOf(runtime))
  await expect(runtime.runStrands([1, 2, 3, 4, 5, 6, 7, 8], 3)).rejects.toMatchObject({ code: 'CONTEXT_FULL' })
  await expect(runtime.runStrands([1, 1e6], 0)).rejects.toMatchObject({ code: 'PARAM_INVALID' })
  expect(runtime.length).toBe(6)
})

test.each(machines.filter(({ name }) => name !== 'processor'))('on $name', async ({ where, why }) => {
  if (!where) return console.warn(why)
  for (const name of where.gpu ? ['mistral_swa', 'gpt2_odd'] : ['mistral_swa', 'bloom_h4_1', 't5', 'gpt2_odd']) {
    const runtime = await start(name, where)
    const head = headOf(runtime)
    const want = await alone(await start(name, { device: 'reference' }), head)
    expect(difference((await together(runtime, head)).flat(), want.flat()), name).toBeLessThan(1e-4)
    runtime.dispose()
  }
})
