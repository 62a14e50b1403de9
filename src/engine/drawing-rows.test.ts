// Rows of logits that the GPU draws from, against the sampler's chain: the same token for the same number, and the same
// said of it, under settings of every kind.

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openDevice, type Device } from './gpu/device.ts'
import { KernelCache } from './gpu/kernel.ts'
import { seeded } from './ops/inputs.ts'
import { checkSampling, type SampleResult, type Sampler } from './sampler/chain.ts'
import { tellDrawn } from './sampler/drawn.ts'
import { chainOf, chiSquare, Drawer } from './testing/drawer.ts'
import { nodeGpu, noGpuReason } from './testing/gpu.ts'
import type { SamplingParams } from './types.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })
const gpu = await nodeGpu()
if (!gpu) console.warn(`UNRUN: rows drawn from on a GPU: ${noGpuReason}`)

const V = 3001
const off = { temperature: 1, topK: 0, topP: 1, minP: 0 }
const random = seeded(7)
/** nearly normal */
const bell = (): number => random() + random() + random() + random() - 2
/** Rows as models give them, flat ones, steep ones, some with many ties, and some that no list of the best is enough for. */
const kinds: ((id: number) => number)[] = [
  () => 3 * bell(),
  () => 12 * bell() - 5,
  () => Math.round(20 * bell()) / 4,
  () => 60 * bell(),
  () => 2 + 0.02 * bell(),
  (id) => (id % 3 === 1 ? 1.5 : 0.75),
  (id) => (id === 1234 ? 9 : 1e-3 * bell()),
  (id) => (id % 1000 === 999 ? -8 : 0.5),
]
const rowOf = (kind: number, size = V): Float32Array =>
  Float32Array.from({ length: size }, (_, id) => kinds[kind % kinds.length]!(id))

describe.skipIf(!gpu)('rows of logits', () => {
  let device: Device, kernels: KernelCache, drawer: Drawer
  beforeAll(async () => {
    device = await openDevice(gpu!, { force: 'limits=default' })
    kernels = new KernelCache(device)
    drawer = await Drawer.open(device, V, kernels)
  })
  afterAll(() => {
    drawer?.dispose()
    device?.dispose()
  })

  const flat = (r: SampleResult): number[] => [
    r.logprob,
    r.entropy,
    ...r.top.map(({ logprob }) => logprob),
    ...r.stages.map(({ removedMass }) => removedMass),
  ]
  const named = ({ id, rank, draw, top, stages }: SampleResult) => [
    id,
    rank,
    draw,
    top.map((t) => t.id),
    stages.map(({ stage, kept, removed }) => [stage, kept, removed]),
  ]

  const settings: Partial<SamplingParams>[] = [
    {},
    { temperature: 0 },
    { temperature: 0, repetitionPenalty: 1.5 },
    { ...off, temperature: 0.3 },
    { ...off, temperature: 0.5, topP: 0.7 },
    { ...off, temperature: 0.6, minP: 0.1 },
    { ...off, topK: 1 },
    { ...off, temperature: 1000, topK: 256 },
    { ...off, temperature: 1e-6 },
    { ...off, topK: V, temperature: 0.2 },
    { temperature: 1.3, topK: 100, topP: 0.9, minP: 0.02 },
    { topP: 0, temperature: 2 },
    { minP: 1, temperature: 2 },
    { repetitionPenalty: 1.3 },
    { repetitionPenalty: 0.7, presencePenalty: -2, frequencyPenalty: 0.3 },
    { presencePenalty: 1.5, frequencyPenalty: -0.4, temperature: 1.2 },
    { logitBias: { 0: 5, 17: -1e4, 100: 3.25, 2999: 12.5, [V + 5]: 7 }, temperature: 1.4 },
    { logitBias: { 3: 9 }, repetitionPenalty: 2, topK: 12, seed: -3 },
  ]

  const missed: string[] = []
  /** Draws from a row here and there, and remembers what differs. */
  const compare = async (by: Drawer, chain: Sampler, params: SamplingParams, row: Float32Array, name: string) => {
    const record = await by.drawn(row),
      told = tellDrawn(record, by.V, params, null, 20),
      want = chain.sample(row, { top: 20 })
    if (record.flag !== 0) return missed.push(`${name}: not drawn, ${record.flag}`)
    chain.observe(want.id)
    const [given, due] = [JSON.stringify(named({ ...told, draw: want.draw })), JSON.stringify(named(want))]
    if (given !== due) missed.push(`${name}: ${given} for ${due}`)
    const [a, b] = [flat(told), flat(want)]
    const at = a.findIndex((x, i) => Math.abs(x - b[i]!) > 1e-8)
    if (at >= 0) missed.push(`${name}: ${a[at]} for ${b[at]} at ${at}`)
  }

  test('the same token for the same number, and the same said of it', async () => {
    for (const [n, given] of settings.entries()) {
      const params = checkSampling({ seed: n, ...given })
      const history = Array.from({ length: 40 }, () => Math.floor(random() * 60))
      const chain = drawer.begin(params, history)
      for (let i = 0; i < 16; i++) await compare(drawer, chain, params, rowOf(i), `${JSON.stringify(given)} ${i}`)
    }
    expect(missed.splice(0)).toEqual([])
  })

  test('rows of the largest vocabularies that are nearly flat', async () => {
    const many = await Drawer.open(device, 49_152, kernels)
    for (const [kind, given] of [
      [4, { ...off, temperature: 2, topP: 0.99, logitBias: { 7: -1e4, 49_151: -1e4 } }],
      [5, { ...off, topP: 0.9 }],
    ] as const) {
      const params = checkSampling({ seed: kind, ...given })
      await compare(many, many.begin(params), params, rowOf(kind, many.V), `49,152 tokens, ${kind}`)
    }
    many.dispose()
    expect(missed.splice(0)).toEqual([])
  })

  test('sums that meet a cut exactly: equal weights, at p that no f64 holds', async () => {
    // 3,000 tokens of equal weight and one of none
    const row = new Float32Array(V).fill(1)
    row[17] = -2000
    for (const topP of [0.1, 0.2, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99]) {
      const params = checkSampling({ ...off, topP })
      await compare(drawer, drawer.begin(params), params, row, String(topP))
    }
    expect(missed.splice(0)).toEqual([])
  })

  // scripts/draws.mjs draws 100,000 times
  test('scores that a frequency penalty makes the same: the lowest id, as in the chain', async () => {
    for (const [frequencyPenalty, times] of [
      [0.2, 5],
      [-0.2, 15],
      [-0.7, 10],
      [-0.1, 10],
    ] as const) {
      const lifted = Math.fround(Math.abs(frequencyPenalty) * times)
      const row = new Float32Array(V).fill(-3)
      row[2] = frequencyPenalty < 0 ? 4 - lifted : 4
      row[17] = frequencyPenalty < 0 ? 4 : 4 + lifted
      const params = checkSampling({ temperature: 0, topK: 0, topP: 1, minP: 0, frequencyPenalty })
      const chain = drawer.begin(params, Array<number>(times).fill(frequencyPenalty < 0 ? 2 : 17))
      expect(chain.sample(row, { top: 1 }).id).toBe(2)
      expect((await drawer.drawn(row)).id, `${frequencyPenalty} × ${times}`).toBe(2)
    }
  })
  test('as often as they should be', async () => {
    for (const [size, draws, kind, given] of [
      [40, 300, 0, { temperature: 1.5 }],
      [1024, 150, 4, { ...off, temperature: 2, topP: 0.5 }],
    ] as const) {
      const by = await Drawer.open(device, size, kernels)
      const params = checkSampling({ seed: 11, ...given }),
        row = rowOf(kind, size)
      const counts = await by.many(row, params, draws),
        chain = chainOf(row, params, draws)
      expect(counts).toEqual(chain.counts)
      expect(chiSquare(counts, chain.odds).z).toBeLessThan(3.09)
      by.dispose()
    }
  })

  test('rows that say nothing are the host’s', async () => {
    drawer.begin(checkSampling({}))
    const row = rowOf(0)
    for (const [value, flag] of [
      [NaN, 1],
      [Infinity, 1],
      [-Infinity, 1],
      [1e5, 1],
    ] as const) {
      expect((await drawer.drawn(row.with(1234, value))).flag, String(value)).toBe(flag)
    }
    expect((await drawer.drawn(new Float32Array(V).fill(2.5))).flag).toBe(2)
    expect((await drawer.drawn(row)).flag).toBe(0)
    // numbers so small that units of 2^-40 are too large for them: in order still, where nothing is added to them
    const tiny = row.map((x) => x * 1e-9)
    for (const [given, flag] of [
      [{ temperature: 0.01 }, 2],
      [{ repetitionPenalty: 1.1 }, 2],
    ] as const) {
      drawer.begin(checkSampling(given))
      expect((await drawer.drawn(tiny)).flag).toBe(flag)
    }
    const params = checkSampling({ ...off, topP: 0.6 })
    await compare(drawer, drawer.begin(params), params, tiny, 'tiny')
    expect(missed.splice(0)).toEqual([])
  })
})
