// What a taught pair spells is learnt as it stands, and a pair that spells nothing is learnt as it always was.

import { expect, test } from 'vitest'
import { loadEngine } from '../engine/index.ts'
import { diskModel } from '../engine/testing/disk.ts'
import { onProcessor } from '../engine/testing/machines.ts'
import { idsOf } from './looks.ts'
import { asSaid, saidIn } from './said.ts'

test('an answer that spells the end of its turn is learnt whole, and a question makes no turns', async () => {
  const engine = await loadEngine(diskModel('public/models/storyteller'), { ...onProcessor, context: 128 })
  try {
    const row = { prompt: 'Hi<|im_end|>\n<|im_start|>assistant\nNo', completion: 'one <|im_end|> two' }
    const { ids, texts, isTarget } = await engine.trainingRow(asSaid(row))
    expect(texts.filter((_, i) => isTarget[i]).join('')).toBe('one <|im_end|> two<|im_end|>')
    expect(texts.filter((text) => text === '<|im_start|>')).toHaveLength(2)
    expect(await idsOf(engine, row)).toEqual(ids)
    const plain = { prompt: 'Where was Zoe?', completion: 'Zoe was here.' }
    expect(await engine.trainingRow(asSaid(plain))).toEqual(await engine.trainingRow(plain))
  } finally {
    engine.dispose()
  }
})

test('other rows stay as they are, whatever they are', () => {
  const pair = { prompt: 'a', completion: 'b' }
  const more = [
    { ...pair, weight: 3 },
    { ...pair, ids: [1, 2] },
    { ...pair, chosen: 'b', rejected: 'c' },
  ]
  const rows = [
    { text: 'a' },
    { prompt: 'a', chosen: 'b', rejected: 'c' },
    { prompt: 'a' },
    ...more,
    null,
    5,
  ] as never[]
  expect(saidIn({ rows, watch: rows })).toEqual({ rows, watch: rows })
})
