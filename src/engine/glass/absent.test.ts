// What a model of each kind has no answer to is known before it is asked, and is what asking meets: golden models of every
// kind, their text run, each question put to them.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { folderFiles } from '../formats/testing.ts'
import { defaultSampling } from '../sampler/chain.ts'
import { openRecording, record } from './recording.ts'
import { glassOf } from './testing.ts'
import type { GlassInfo } from './types.ts'

interface Kind extends Pick<GlassInfo, 'predicts'> {
  /** reasons by question; what is not named is answered */
  absent: Partial<Record<'attention' | 'sampling' | 'lens' | 'contributions' | 'direction' | 'recording', string>>
  /** how much of the text is seen from everywhere */
  seen: 'none' | 'all' | number
}
const recording = 'recording'
const silent = { sampling: 'tokens', lens: 'tokens', contributions: 'tokens', direction: 'tokens', recording }
const kinds: Record<string, Kind> = {
  llama: { predicts: 'next', seen: 'none', absent: {} },
  'openai-gpt': { predicts: 'next', seen: 'none', absent: { contributions: 'sums' } },
  // the prefix ends before the token that begins the answer
  'chatglm-6b': { predicts: 'next', seen: 6, absent: { contributions: 'sums', recording } },
  mixtral: { predicts: 'next', seen: 'none', absent: {} },
  gptj: { predicts: 'next', seen: 'none', absent: {} },
  bert: { predicts: 'own', seen: 'all', absent: { contributions: 'sums', direction: 'linear', recording } },
  modernbert: { predicts: 'own', seen: 'all', absent: { contributions: 'linear', direction: 'linear', recording } },
  bert_labels: { predicts: 'own', seen: 'all', absent: silent },
  bge: { predicts: 'own', seen: 'all', absent: silent },
  xlnet: {
    predicts: 'next',
    seen: 'none',
    absent: { lens: 'streams', contributions: 'streams', direction: 'streams', recording },
  },
  lstm_lm: {
    predicts: 'next',
    seen: 'none',
    absent: { attention: 'recurrent', lens: 'recurrent', contributions: 'recurrent', recording },
  },
}

describe.each(Object.entries(kinds))('%s', (name, { predicts, seen, absent }) => {
  it('says what it cannot be asked, and answers the rest', async () => {
    const folder = `fixtures/golden/${name}`
    const golden = JSON.parse(readFileSync(`${folder}/golden.json`, 'utf8')) as { inputs: { input_ids: number[][] } }
    const ids = golden.inputs.input_ids[0]!.slice(0, 9)
    const glass = await glassOf(name, folderFiles(folder), ids)
    const info = await glass.info()
    expect(info.predicts).toBe(predicts)
    expect(info.seen).toBe(seen === 'all' ? ids.length : seen === 'none' ? 0 : seen)
    expect(Object.fromEntries(info.unsupported.map(({ view, reason }) => [view, reason]))).toEqual(absent)
    const layers = Array.from({ length: info.layers + 1 }, (_, l) => l - 1)
    const ask = {
      sampling: () => glass.sampling(3, defaultSampling, 2),
      lens: () => glass.lens({ positions: [2], layers, part: 'resid', topK: 1 }),
      contributions: () => glass.contributions(2, 1),
      direction: () => glass.direction(1),
      recording: () => record(glass).then((bytes) => openRecording(new Blob([bytes]))),
    }
    for (const [question, work] of Object.entries(ask) as [keyof typeof ask, () => Promise<unknown>][]) {
      const why = absent[question]
      // what predicts in a second stream is kept of what was drawn alone
      if (why === undefined && name !== 'xlnet') await expect(work(), question).resolves.toBeTruthy()
      else if (why !== undefined) {
        await expect(work(), question).rejects.toMatchObject({ code: 'VIEW_ABSENT', facts: { why } })
      }
    }
    // numbers inside can be asked of every kind
    const { values } = await glass.probe({ site: 'resid_post', layer: info.layers - 1, position: 2 })
    expect(values.every(Number.isFinite)).toBe(true)
  })
})
