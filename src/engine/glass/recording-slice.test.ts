// A slice gives back what the run gave, bit for bit, holds what lies near the place that is looked at, and refuses the
// rest in words.

import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { folderFiles } from '../formats/testing.ts'
import { defaultSampling } from '../sampler/chain.ts'
import { sliceRun, type SlicePanel, type SliceRequest } from './recording-slice.ts'
import { openRecording } from './recording.ts'
import { glassOf } from './testing.ts'
import type { Glass, GlassInfo } from './types.ts'

let run: Glass, info: GlassInfo
beforeAll(async () => {
  run = await openRecording(new Blob([readFileSync('public/traces/en.glasstrace')]))
  info = await run.info()
})

const at = (panel: SlicePanel, change: Partial<SliceRequest> = {}): SliceRequest => ({
  panel,
  layer: 1,
  position: info.length - 1,
  maxBytes: 800_000,
  ...change,
})
async function sliced(request: SliceRequest, of = run) {
  const slice = await sliceRun(of, request)
  expect(slice.bytes.length).toBeLessThanOrEqual(request.maxBytes)
  return { ...slice, glass: await openRecording(new Blob([slice.bytes])) }
}
const everything = (layer: number) => ({
  layer,
  heads: Array.from({ length: info.heads }, (_, h) => h),
  rows: [0, info.length] as [number, number],
  cols: [0, info.length] as [number, number],
  maxRows: 999,
  maxCols: 999,
})

describe('of a shipped recording', () => {
  test('attention: every weight, score and error of it, and no more', async () => {
    const { glass, kept, of, bytes } = await sliced(at('attention'))
    expect([kept, of]).toEqual([info.layers, info.layers])
    expect(bytes.length).toBeLessThan(200_000)
    expect(await glass.info()).toEqual(info)
    expect(await glass.tokens()).toEqual(await run.tokens())
    expect(await glass.headStats()).toEqual(await run.headStats())
    for (let layer = 0; layer < info.layers; layer++) {
      expect(await glass.attention(everything(layer))).toEqual(await run.attention(everything(layer)))
      expect(await glass.valueNorms(layer)).toEqual(await run.valueNorms(layer))
      expect(await glass.attentionError(layer, info.length - 1)).toBe(await run.attentionError(layer, info.length - 1))
    }
    const pair = { site: 'q_rope', layer: 1, head: 2, position: info.length - 1 } as const
    expect(await glass.probe(pair)).toEqual(await run.probe(pair))
    await expect(glass.probe({ ...pair, layer: 0 })).rejects.toThrow(/does not hold/)
    await expect(glass.lens({ positions: [3], layers: [0], part: 'resid', topK: 5 })).rejects.toMatchObject({
      code: 'PARAM_INVALID',
    })
  })

  test('lens: every cell and the parts of a logit', async () => {
    const { glass, kept } = await sliced(at('lens'))
    expect(kept).toBe(info.length)
    const layers = Array.from({ length: info.layers + 1 }, (_, l) => l - 1)
    const ask = { positions: [0, 9, info.length - 1], layers, part: 'resid', topK: 5 } as const
    const order = (cells: Awaited<ReturnType<Glass['lens']>>) =>
      cells.toSorted((a, b) => a.position - b.position || a.layer - b.layer)
    const [ours, theirs] = [
      order(await glass.lens({ ...ask, positions: [...ask.positions] })),
      order(await run.lens({ ...ask, positions: [...ask.positions] })),
    ]
    expect(ours).toEqual(theirs)
    expect(ours).toHaveLength(3 * layers.length)
    const next = (await run.tokens())[info.length - 1]!.id
    expect(await glass.contributions(info.length - 2, next)).toEqual(await run.contributions(info.length - 2, next))
    await expect(glass.attention(everything(0))).rejects.toThrow(/does not hold the attention of layer 0/)
  })

  test('probabilities: the sampler finds the same odds, and the number that was drawn', async () => {
    const { glass, kept } = await sliced(at('probabilities'))
    expect(kept).toBe(8) // what the recording has of them
    const settings = { ...defaultSampling, temperature: 0.7, topK: 12 }
    for (const position of [info.length - 3, info.length]) {
      expect(await glass.sampling(position, settings, 30)).toEqual(await run.sampling(position, settings, 30))
    }
  })

  test('too little room: the nearest layers or positions stay, the others are refused', async () => {
    const whole = (await sliced(at('attention'))).bytes.length
    const { glass, kept } = await sliced(at('attention', { maxBytes: Math.floor(0.8 * whole), layer: 2 }))
    expect(kept).toBeGreaterThan(0)
    expect(kept).toBeLessThan(info.layers)
    expect(await glass.attention(everything(2))).toEqual(await run.attention(everything(2)))
    await expect(glass.attention(everything(0))).rejects.toThrow(/does not hold/)
    const lens = await sliced(at('lens', { position: 4, maxBytes: 20_000 }))
    expect(lens.kept).toBeLessThan(info.length)
    const cell = { layers: [1], part: 'resid', topK: 5 } as const
    const here = { ...cell, layers: [1], positions: [4] }
    expect(await lens.glass.lens(here)).toEqual(await run.lens(here))
    await expect(lens.glass.lens({ ...here, positions: [info.length - 1] })).rejects.toThrow(/does not hold/)
  })

  test('no room at all, and nothing to take', async () => {
    await expect(sliceRun(run, at('attention', { maxBytes: 9000 }))).rejects.toMatchObject({
      code: 'RECORDING_TOO_LONG',
      facts: { count: info.length, bytes: 9000 },
    })
    const { glass } = await sliced(at('lens'))
    await expect(sliceRun(glass, at('attention'))).rejects.toThrow(/does not hold what "attention" shows/)
  })
})

test('of a running model: what scores are made of at every position of the layer at hand', async () => {
  const live = await glassOf('gpt2', folderFiles('fixtures/golden/gpt2'), [5, 9, 17, 3, 44, 21])
  info = await live.info()
  const { glass } = await sliced(at('attention', { layer: 1, position: 5 }), live)
  for (const site of ['q', 'k'] as const) {
    const probe = { site, layer: 1, head: 0, position: 0 }
    expect(await glass.probe(probe)).toEqual(await live.probe(probe))
  }
  expect(await glass.attention(everything(0))).toEqual(await live.attention(everything(0)))
  const odds = await sliced(at('probabilities', { position: 3 }), live)
  const told = (g: Glass) => g.sampling(3, defaultSampling, 9).then(({ rows }) => rows.map((r) => r.probability))
  expect(await told(odds.glass)).toEqual(await told(live))
})

test('what no recording holds is refused before it is asked', async () => {
  const bert = await glassOf('bert', folderFiles('fixtures/golden/bert'), [5, 9, 17])
  await expect(sliceRun(bert, { panel: 'lens', layer: 0, position: 0, maxBytes: 1e6 })).rejects.toMatchObject({
    code: 'VIEW_ABSENT',
    facts: { why: 'recording' },
  })
})
