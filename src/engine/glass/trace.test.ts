// A recording gives back what the run gave, refuses what it does not hold, and survives damage in words.

import { beforeAll, describe, expect, it } from 'vitest'
import { EngineError } from '../errors.ts'
import { defaultSampling } from '../sampler/chain.ts'
import { nodeGpu, noGpuReason } from '../testing/gpu.ts'
import { storytellerGlass } from './testing.ts'
import { openTrace, recordTrace } from './trace.ts'
import type { Glass } from './types.ts'

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
