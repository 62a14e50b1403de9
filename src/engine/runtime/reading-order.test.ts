// Weights and vectors are read as they lie in the files, each once, whatever the Plan's own order is.

import { expect, test } from 'vitest'
import { folderFiles } from '../formats/testing.ts'
import type { ByteSource } from '../formats/bytes.ts'
import { openModel } from '../load.ts'
import { createCpuRuntime } from './cpu.ts'
import { createProcessor } from './processor/index.ts'
import { readingOrder } from './reading-order.ts'

test('a load reads a file from its beginning to its end', async () => {
  const at: number[] = []
  const files = new Map(
    [...folderFiles('fixtures/golden/llama')].map(([name, source]): [string, ByteSource] => [
      name,
      {
        ...source,
        read(offset, length, ...more) {
          if (name.endsWith('.safetensors')) at.push(offset)
          return source.read(offset, length, ...more)
        },
      },
    ]),
  )
  const { plan, provider, size } = await openModel({ name: 'tiny', files }, { context: 16, chunk: 4 })
  const all = readingOrder(plan, provider)
  expect(all.map(({ name }) => name).toSorted()).toEqual(
    [...Object.keys(plan.weights), ...Object.keys(plan.vectors)].toSorted(),
  )
  const firsts = all.map((one) =>
    Math.min(...('weight' in one ? one.weight : one.vector).parts.map(({ tensor }) => provider.place!(tensor))),
  )
  expect(firsts).toEqual(firsts.toSorted((a, b) => a - b))
  expect(new Set(firsts).size).toBe(all.length)
  at.length = 0
  const { runtime } = await createProcessor(plan, provider, size, { threads: 1 })
  // where one matrix is stacked of several tensors, it goes back by the tensors that lie between them
  const back = at.filter((offset, i) => offset < (at[i - 1] ?? 0)).length
  const stacked = Object.values(plan.weights).filter(({ parts }) => parts.length > 1).length
  expect(back).toBeLessThanOrEqual(2 * stacked)
  const plain = await createCpuRuntime(plan, provider, size)
  const [[logits], [same]] = [await runtime.forward([1, 2], 'last'), await plain.forward([1, 2], 'last')]
  expect(Math.max(...logits!.map((value, i) => Math.abs(value - same![i]!)))).toBeLessThan(1e-4)
  runtime.dispose()
})

test('where nobody knows how they lie, vectors come first, then weights, in the order of the Plan', () => {
  const part = { tensor: 'x', rows: 1, length: 1 }
  const plan = {
    weights: { b: { parts: [part] }, a: { parts: [part] } },
    vectors: { d: { parts: [part] }, c: { parts: [part] } },
  } as unknown as Parameters<typeof readingOrder>[0]
  expect(readingOrder(plan, {}).map(({ name }) => name)).toEqual(['d', 'c', 'b', 'a'])
})
