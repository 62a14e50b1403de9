// Which runs are recorded: those that the format has a place for, opened again with the same answers; the others are
// refused by name before anything of them is asked.

import { describe, expect, test } from 'vitest'
import { folderFiles } from '../formats/testing.ts'
import { openRecording, record } from './recording.ts'
import { glassOf } from './testing.ts'
import type { Glass } from './types.ts'

const golden = (name: string) => folderFiles(`fixtures/golden/${name}`)
const ids = [5, 9, 17, 3, 44, 21]

describe('refused by name', () => {
  test.each([
    ['bert', ids],
    ['modernbert', ids],
    ['minilm', ids],
    ['bert_labels', ids],
    ['xlnet', ids],
    ['t5', { ids: [0, 8, 9, 10], source: ids }],
    ['lstm_lm', ids],
    ['chatglm-6b', [5, 9, 17, 3, 44, 89, 90, 21, 8, 60]],
  ] as const)('%s', async (name, text) => {
    const glass = await glassOf(name, golden(name), text)
    const asked: string[] = []
    const watched = new Proxy<Glass>(glass, {
      get: (of, key: keyof Glass) => {
        asked.push(key)
        return of[key]
      },
    })
    await expect(record(watched)).rejects.toMatchObject({ code: 'VIEW_ABSENT', facts: { why: 'recording' } })
    expect(asked).toEqual(['info'])
  })
})

// norms behind the branches: no parts of a logit, which the recording says as the model does
test.each(['gpt2', 'bloom_h4_1', 'olmo2', 'mixtral', 'gemma2'])('%s is recorded and opened again', async (name) => {
  const glass = await glassOf(name, golden(name), ids)
  const opened = await openRecording(new Blob([await record(glass)]))
  const [live, kept] = [await glass.info(), await opened.info()]
  const split = ({ unsupported }: typeof live) => unsupported.filter(({ view }) => view === 'contributions')
  expect(split(kept)).toEqual(split(live))
  expect((await opened.tokens()).map(({ logprob }) => logprob)).toEqual(
    (await glass.tokens()).map(({ logprob }) => logprob),
  )
  for (let layer = 0; layer < live.layers; layer++) {
    const all = Array.from({ length: live.heads }, (_, h) => h)
    const span: [number, number] = [0, ids.length]
    const request = { layer, heads: all, rows: span, cols: span, maxRows: 99, maxCols: 99 }
    expect((await opened.attention(request)).values).toEqual((await glass.attention(request)).values)
    expect(await opened.attentionError(layer, 5)).toBeLessThan(1e-4)
  }
})
