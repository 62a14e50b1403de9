// A text whose tokens see those behind them runs in one piece or not at all: cut in two, the first would not see the rest.

import { expect, test } from 'vitest'
import { folderFiles } from '../formats/testing.ts'
import { openModel } from '../load.ts'
import { createCpuRuntime } from './cpu.ts'
import type { Runtime } from './runtime.ts'

async function runtimeOf(name: string, chunk: number): Promise<Runtime> {
  const { plan, provider, size } = await openModel(
    { name, files: folderFiles(`fixtures/golden/${name}`) },
    { linear: 'keep', embedding: 'keep' },
  )
  return createCpuRuntime(plan, provider, { ...size, chunk })
}

test.each(['bert_base', 'gpt2_vectors', 'xlnet'])('%s: a text longer than the chunk is refused', async (name) => {
  const runtime = await runtimeOf(name, 5)
  const refused = { code: 'CONTEXT_FULL', facts: { count: 6, context: 5, length: 0 } }
  await expect(runtime.forward([3, 4, 5, 6, 7, 8], 'none')).rejects.toMatchObject(refused)
  expect(runtime.length).toBe(0)
  expect(await runtime.forward([3, 4, 5, 6, 7], 'last')).toHaveLength(1)
})

test('a prefix longer than the chunk is refused, a longer text behind it is not', async () => {
  const runtime = await runtimeOf('chatglm-6b', 4)
  const { end, blanks } = runtime.plan.prefix!
  const text = (before: number): number[] => [...Array<number>(before).fill(7), blanks[0]!, end, 8, 9, 8]
  runtime.beginText(text(4))
  await expect(runtime.forward(text(4), 'none')).rejects.toMatchObject({ code: 'CONTEXT_FULL' })
  runtime.beginText(text(3))
  expect(await runtime.forward(text(3), 'last')).toHaveLength(1)
})
