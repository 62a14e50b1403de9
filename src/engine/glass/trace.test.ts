// A recording gives back what the run gave, refuses what it does not hold, and survives damage in words.

import { beforeAll, describe, expect, it } from 'vitest'
import { EngineError } from '../errors.ts'
import { seeded } from '../ops/inputs.ts'
import { defaultSampling } from '../sampler/chain.ts'
import { nodeGpu, noGpuReason } from '../testing/gpu.ts'
import { storytellerGlass } from './testing.ts'
import { openTrace, recordTrace } from './trace.ts'
import { MAX_CELLS, type Edit, type Glass, type GlassInfo, type LensRequest } from './types.ts'

const gpu = await nodeGpu()

describe.skipIf(!gpu)(`recorded traces${gpu ? '' : ` UNRUN: ${noGpuReason}`}`, () => {
  let live: Glass, trace: Glass, bytes: Uint8Array<ArrayBuffer>
  beforeAll(async () => {
    live = (await storytellerGlass(gpu!, 'Mia had a red ball in the garden. Where was Mia?', 14)).glass
    bytes = await recordTrace(live)
    trace = await openTrace(new Blob([bytes]))
  }, 120_000)

  it('answers as the run did', async () => {
    const info = await trace.info()
    expect(info).toEqual({ ...await live.info(), source: 'trace' })
    const T = info.length
    const request = { layer: 1, heads: [0, 2], rows: [0, T] as [number, number], cols: [0, T] as [number, number], maxRows: 5, maxCols: 5 }
    expect(await trace.attention(request)).toEqual(await live.attention(request))
    for (const site of ['q_rope', 'act', 'resid_post', 'probs'] as const) {
      const probe = { site, layer: 1, head: site === 'act' ? undefined : 1, position: T - 1 }
      expect([...(await trace.probe(probe)).values]).toEqual([...(await live.probe(probe)).values])
    }
    expect((await trace.sampling(T, defaultSampling, 6)).rows.map((r) => r.probability)).toEqual((await live.sampling(T, defaultSampling, 6)).rows.map((r) => r.probability))
    expect(await trace.valueNorms(2)).toEqual(await live.valueNorms(2))
    expect(await trace.headStats()).toEqual(await live.headStats())
    // the recording asked all layers in one batch: the same numbers, not the same bits
    const lens = { positions: [3], layers: [0], part: 'resid' as const, topK: 5 }
    const [held] = await trace.lens(lens), [asked] = await live.lens(lens)
    expect(held!.top.map((t) => t.id)).toEqual(asked!.top.map((t) => t.id))
    held!.top.forEach((t, i) => expect(t.logprob).toBeCloseTo(asked!.top[i]!.logprob, 4))
  }, 60_000)

  it('refuses what it does not hold, in words', async () => {
    await expect(trace.probe({ site: 'gate', layer: 0, position: 0 })).rejects.toThrow(/does not hold/)
    await expect(trace.setEdits([{ kind: 'drop', keys: [0, 1] }])).rejects.toThrow(/does not hold/)
  })

  it('holds a text too long for one picture cell by cell, and the edits it was made under', async () => {
    const text = 'Mia and Tom were in the garden. Mia had a red ball. Tom had a blue kite. Lily had a small green car and a hat. '
    const { glass } = await storytellerGlass(gpu!, text.repeat(16), 370, 384)
    const { heads, layers, length: T } = await glass.info()
    expect(T * T * heads).toBeGreaterThan(MAX_CELLS)
    const edits: Edit[] = [{ kind: 'cut', layer: 1, head: -1, queries: [100, 300], keys: [20, 90] }, { kind: 'drop', keys: [5, 9] }, { kind: 'scale-head', layer: 0, head: 2, factor: 0 }]
    await glass.setEdits(edits)
    // the lens of 370 tokens is another story, and a long one
    const brief: Glass = Object.assign(Object.create(glass) as Glass, { lens: (asked: LensRequest) => glass.lens({ ...asked, positions: asked.positions.slice(-2) }) })
    const held = await openTrace(new Blob([await recordTrace(brief)]))
    const random = seeded(7), below = (n: number): number => Math.floor(random() * n)
    for (let n = 0; n < 200; n++) {
      const layer = below(layers), head = below(heads), row = below(T), col = below(row + 1)
      const one = { layer, heads: [head], rows: [row, row + 1] as [number, number], cols: [col, col + 1] as [number, number], maxRows: 1, maxCols: 1 }
      expect((await held.attention(one)).values[0], `layer ${layer}, head ${head}, ${row} -> ${col}`).toBe((await glass.attention(one)).values[0])
    }
    const hiddenRow = await held.probe({ site: 'probs', layer: 1, head: 3, position: 200 })
    expect([hiddenRow.values[20], hiddenRow.values[6], hiddenRow.values[19]! > 0, Math.abs(hiddenRow.values.reduce((sum, v) => sum + (v || 0), 0) - 1) < 1e-5]).toEqual([NaN, NaN, true, true])
    expect(hiddenRow.norm).toBeCloseTo((await glass.probe({ site: 'probs', layer: 1, head: 3, position: 200 })).norm, 6)
    expect(await held.thumbnails(32, 1)).toEqual(await glass.thumbnails(32, 1))
    expect(await held.headStats()).toEqual(await glass.headStats())
    expect((await held.info()).edits).toEqual(edits)
    expect((await held.tokens()).map((t) => t.logprob)).toEqual((await glass.tokens()).map((t) => t.logprob))
    expect((await held.setEdits(edits)).edits).toEqual(edits)
    await expect(held.setEdits([])).rejects.toThrow(/does not hold the run without its changes/)
  }, 240_000)

  it('refuses before any work what could not be opened again', async () => {
    const info = await live.info()
    const asked = (change: Partial<GlassInfo>): Promise<unknown> => recordTrace({ ...live, info: () => Promise.resolve({ ...info, ...change }), tokens: () => { throw new Error('asked') } })
    await expect(asked({ length: 4000 })).rejects.toMatchObject({ code: 'TRACE_TOO_LONG', facts: { count: 4000, limit: 1984 } })
    await expect(asked({ kept: 3 })).rejects.toMatchObject({ code: 'TRACE_TOO_LONG', facts: { count: info.length, limit: info.length - 3 } })
  })

  it('opens damaged files with a sentence, never with a crash', async () => {
    for (const cut of [0, 1, 10, bytes.length >> 1, bytes.length - 1]) await expect(openTrace(new Blob([bytes.slice(0, cut)]))).rejects.toBeInstanceOf(EngineError)
    await expect(openTrace(new Blob(['no gzip at all']))).rejects.toMatchObject({ code: 'FILE_FORMAT' })
    for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 40)) {
      const flipped = bytes.slice()
      flipped[at]! ^= 0x55
      const opened = await openTrace(new Blob([flipped])).catch((error: unknown) => error)
      if (opened instanceof Error) expect(opened).toBeInstanceOf(EngineError)
    }
  })
})
