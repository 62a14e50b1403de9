// A recording gives back what the run gave, refuses what it does not hold, and survives damage in words. What a glass
// answers on each machine is glass.test's and glass-edits.test's: here a recording is made on the GPU and on the processor
// (two threads), and what is asked of its bytes, or changes the run, once.

import { beforeAll, describe, expect, it } from 'vitest'
import { EngineError } from '../errors.ts'
import { seeded } from '../ops/inputs.ts'
import { defaultSampling } from '../sampler/chain.ts'
import { onProcessor, testMachines } from '../testing/machines.ts'
import { poolOf } from './attention.ts'
import { storytellerGlass } from './testing.ts'
import { attentionTriangles } from './recording-attention.ts'
import { openRecording, record } from './recording.ts'
import { MAX_CELLS, type AttentionRequest, type AttentionTile, type Edit, type Glass, type GlassInfo } from './types.ts'

const machines = (await testMachines()).filter(({ name }) => name !== 'processor')
const question = 'Mia had a red ball in the garden. Where was Mia?'

describe.each(machines)('recordings: $name', ({ where, why }) => {
  if (!where) return it('all', ({ skip }) => skip(why))
  let live: Glass, recorded: Glass, bytes: Uint8Array<ArrayBuffer>
  beforeAll(async () => {
    live = (await storytellerGlass(where, question, 14)).glass
    bytes = await record(live)
    recorded = await openRecording(new Blob([bytes]))
  }, 120_000)

  it('answers as the run did', async () => {
    const info = await recorded.info()
    expect(info).toEqual({ ...(await live.info()), source: 'recording' })
    const T = info.length
    const request = {
      layer: 1,
      heads: [0, 2],
      rows: [0, T] as [number, number],
      cols: [0, T] as [number, number],
      maxRows: 5,
      maxCols: 5,
    }
    expect(await recorded.attention(request)).toEqual(await live.attention(request))
    for (const site of ['q_rope', 'act', 'resid_post', 'probs'] as const) {
      const probe = { site, layer: 1, head: site === 'act' ? undefined : 1, position: T - 1 }
      expect([...(await recorded.probe(probe)).values]).toEqual([...(await live.probe(probe)).values])
    }
    expect((await recorded.sampling(T, defaultSampling, 6)).rows.map((r) => r.probability)).toEqual(
      (await live.sampling(T, defaultSampling, 6)).rows.map((r) => r.probability),
    )
    expect(await recorded.valueNorms(2)).toEqual(await live.valueNorms(2))
    expect(await recorded.headStats()).toEqual(await live.headStats())
    // the recording asked all layers in one batch: the same numbers, not the same bits
    const lens = { positions: [3], layers: [0], part: 'resid' as const, topK: 5 }
    const [held] = await recorded.lens(lens),
      [asked] = await live.lens(lens)
    expect(held!.top.map((t) => t.id)).toEqual(asked!.top.map((t) => t.id))
    held!.top.forEach((t, i) => expect(t.logprob).toBeCloseTo(asked!.top[i]!.logprob, 4))
  }, 60_000)

  it('refuses what it does not hold, in words', async () => {
    await expect(recorded.probe({ site: 'gate', layer: 0, position: 0 })).rejects.toThrow(/does not hold/)
    const cross = { layer: 0, branch: 'cross', heads: [0], rows: [0, 1], cols: [0, 1], maxRows: 1, maxCols: 1 } as const
    await expect(recorded.attention({ ...cross, heads: [0], rows: [0, 1], cols: [0, 1] })).rejects.toThrow(
      /does not hold/,
    )
    await expect(recorded.attentionError(0, 5, 'cross')).rejects.toThrow(/does not hold/)
    await expect(recorded.setEdits([{ kind: 'evict', keys: [0, 1] }])).rejects.toThrow(/does not hold/)
  })

  it('holds tokens, lens, heads at a glance and some layers alone where little is asked for', async () => {
    const small = await record(live, undefined, { attention: [1] })
    expect(small.length).toBeLessThan(bytes.length / 3)
    const little = await openRecording(new Blob([small]))
    expect(await little.tokens()).toEqual(await live.tokens())
    expect(await little.headStats()).toEqual(await recorded.headStats())
    const { length: T } = await live.info()
    const asked = (layer: number): AttentionRequest => ({
      ...{ layer, heads: [0, 7], rows: [0, T], cols: [0, T] },
      ...{ maxRows: T, maxCols: T },
    })
    expect(await little.attention(asked(1))).toEqual(await live.attention(asked(1)))
    await expect(little.attention(asked(0))).rejects.toThrow(/does not hold the attention of layer 0/)
    await expect(little.probe({ site: 'resid_post', layer: 1, position: 2 })).rejects.toThrow(/does not hold/)
    await expect(little.valueNorms(1)).rejects.toThrow(/does not hold/)
    const rows = async (glass: Glass): Promise<number[]> =>
      (await glass.sampling(T, defaultSampling, 6)).rows.map(({ probability }) => probability)
    expect(await rows(little)).toEqual(await rows(live))
  }, 60_000)

  it('gives of a weight what was asked for, or says that it does not hold it', async () => {
    for (const { tensor, rows, cols } of await recorded.weights()) {
      const [height, width] = [Math.min(8, rows), Math.min(64, cols)]
      const held: [number, number, number, number][] = [
        [0, 0, 8, 64],
        [0, 0, 1, 1],
        [height - 1, width - 3, 1, 3],
        [2, 5, 3, 40],
      ]
      for (const asked of held) {
        expect(await recorded.weightTile(tensor, ...asked)).toEqual(await live.weightTile(tensor, ...asked))
      }
      if (rows > height) await expect(recorded.weightTile(tensor, height - 1, 0, 2, 1)).rejects.toThrow(/does not hold/)
      if (cols > width) await expect(recorded.weightTile(tensor, 0, 0, 1, cols)).rejects.toThrow(/does not hold/)
    }
  })
})

describe('recordings of one machine', () => {
  let live: Glass, bytes: Uint8Array<ArrayBuffer>
  beforeAll(async () => {
    live = (await storytellerGlass(onProcessor, question, 14)).glass
    bytes = await record(live)
  }, 120_000)

  it('holds the edits it was made under, and what they left', async () => {
    const { heads, length: T } = await live.info()
    const edits: Edit[] = [
      { kind: 'mask-edges', layer: 1, head: -1, queries: [6, 12], keys: [2, 5] },
      { kind: 'evict', keys: [0, 1] },
      { kind: 'scale-head', layer: 0, head: 2, factor: 0 },
    ]
    try {
      await live.setEdits(edits)
      const held = await openRecording(new Blob([await record(live)]))
      const whole = {
        layer: 1,
        heads: Array.from({ length: heads }, (_, h) => h),
        rows: [0, T] as [number, number],
        cols: [0, T] as [number, number],
        maxRows: T,
        maxCols: T,
      }
      expect(await held.attention(whole)).toEqual(await live.attention(whole))
      expect(await held.thumbnails(5, 1)).toEqual(await live.thumbnails(5, 1))
      const row = await held.probe({ site: 'probs', layer: 1, head: 3, position: 8 })
      expect(Array.from(row.values, Number.isNaN)).toEqual([true, false, true, true, true, false, false, false, false])
      expect(Math.abs(row.values.reduce((sum, v) => sum + (v || 0), 0) - 1)).toBeLessThan(1e-5)
      expect(row.norm).toBeCloseTo((await live.probe({ site: 'probs', layer: 1, head: 3, position: 8 })).norm, 6)
      expect(await held.headStats()).toEqual(await live.headStats())
      expect(await held.attentionError(1, T - 1)).toBeLessThan(1e-4)
      expect((await held.tokens()).map((t) => t.logprob)).toEqual((await live.tokens()).map((t) => t.logprob))
      expect((await held.info()).edits).toEqual(edits)
      expect((await held.setEdits(edits)).edits).toEqual(edits)
      await expect(held.setEdits([])).rejects.toThrow(/does not hold the run without its changes/)
    } finally {
      await live.setEdits([])
    }
  }, 120_000)

  it('refuses before any work what could not be opened again', async () => {
    const info = await live.info()
    const asked = (change: Partial<GlassInfo>): Promise<unknown> =>
      record({
        ...live,
        info: () => Promise.resolve({ ...info, ...change }),
        tokens: () => {
          throw new Error('asked')
        },
      })
    await expect(asked({ length: 4000 })).rejects.toMatchObject({
      code: 'RECORDING_TOO_LONG',
      facts: { count: 4000, limit: 1984 },
    })
    await expect(asked({ kept: 3 })).rejects.toMatchObject({
      code: 'RECORDING_TOO_LONG',
      facts: { count: info.length, limit: info.length - 3 },
    })
  })

  it.each([
    [8, 400],
    [3, 601],
    [2 ** 16, 17],
  ])('asks for attention of %i heads and %i tokens so that no cell is pooled', async (heads, T) => {
    expect(T * T * heads).toBeGreaterThan(MAX_CELLS)
    const weight = (h: number, r: number, c: number): number => Math.fround((h * T + r) * T + c)
    const asked: AttentionRequest[] = []
    const long: Glass = Object.assign(Object.create(live) as Glass, {
      attention(request: AttentionRequest): Promise<AttentionTile> {
        asked.push(request)
        const [r0, r1] = request.rows,
          [c0, c1] = request.cols
        const pool = poolOf(request.heads.length, r1 - r0, c1 - c0, request)
        const rows = Math.ceil((r1 - r0) / pool[0]),
          cols = Math.ceil((c1 - c0) / pool[1])
        const values = new Float32Array(request.heads.length * rows * cols)
        for (let i = 0; i < values.length; i++) {
          values[i] = weight(
            request.heads[Math.floor(i / rows / cols)]!,
            r0 + (Math.floor(i / cols) % rows) * pool[0],
            c0 + (i % cols) * pool[1],
          )
        }
        return Promise.resolve({ heads: request.heads, rows, cols, pool, values })
      },
    })
    const triangles = await attentionTriangles(long, 0, heads, T)
    expect(asked.every((one) => one.heads.length * (one.rows[1] - one.rows[0]) * one.cols[1] <= MAX_CELLS)).toBe(true)
    const random = seeded(7),
      below = (n: number): number => Math.floor(random() * n)
    for (let n = 0; n < 500; n++) {
      const h = below(heads),
        r = below(T),
        c = below(r + 1)
      expect(triangles[h]![(r * (r + 1)) / 2 + c], `head ${h}, ${r} -> ${c}`).toBe(weight(h, r, c))
    }
  })

  it('opens damaged files with a sentence, never with a crash', async () => {
    for (const cut of [0, 1, 10, bytes.length >> 1, bytes.length - 1]) {
      await expect(openRecording(new Blob([bytes.slice(0, cut)]))).rejects.toBeInstanceOf(EngineError)
    }
    await expect(openRecording(new Blob(['no gzip at all']))).rejects.toMatchObject({ code: 'FILE_FORMAT' })
    for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 40)) {
      const flipped = bytes.slice()
      flipped[at]! ^= 0x55
      const opened = await openRecording(new Blob([flipped])).catch((error: unknown) => error)
      if (opened instanceof Error) expect(opened).toBeInstanceOf(EngineError)
    }
  })
})
