// Rows of logits that the GPU draws from, against the sampler's chain: the same token for the same number, and the same
// said of it, under settings of every kind.

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openDevice, type Device } from './gpu/device.ts'
import { KernelCache } from './gpu/kernel.ts'
import { Memory } from './gpu/memory.ts'
import { Queue } from './gpu/queue.ts'
import { Ring } from './gpu/ring.ts'
import { seeded } from './ops/inputs.ts'
import { readRecord, RECORD_WORDS, sampleParams, type DrawRecord } from './ops/sample-record.ts'
import type { Placement } from './runtime/placement.ts'
import { DrawSteps } from './runtime/draw-steps.ts'
import { GpuSteps } from './runtime/steps-gpu.ts'
import { checkSampling, Sampler, type SampleResult } from './sampler/chain.ts'
import { tellDrawn } from './sampler/drawn.ts'
import { nodeGpu, noGpuReason } from './testing/gpu.ts'
import type { SamplingParams } from './types.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })
const gpu = await nodeGpu()
if (!gpu) console.warn(`UNRUN: rows drawn from on a GPU: ${noGpuReason}`)

const V = 3001
const off = { temperature: 1, topK: 0, topP: 1, minP: 0 }
const step = { T: 1, pos: 0, row: 0, prefix: 0 }
const random = seeded(7)
/** nearly normal */
const bell = (): number => random() + random() + random() + random() - 2
/** Rows as models give them, flat ones, steep ones, and some with many ties. */
const rowOf = (kind: number): Float32Array =>
  Float32Array.from(
    { length: V },
    () => [3 * bell(), 12 * bell() - 5, Math.round(20 * bell()) / 4, 60 * bell()][kind % 4]!,
  )

describe.skipIf(!gpu)('rows of logits', () => {
  let device: Device, steps: GpuSteps, drawer: DrawSteps, queue: Queue, ring: Ring
  beforeAll(async () => {
    device = await openDevice(gpu!, { force: 'limits=default' })
    const memory = new Memory(device)
    const tensors = new Map([['logits', memory.storage('logits', V * 4)]])
    // of a placement, nothing but tensors and vectors is looked at
    const vectors = { buffer: tensors.get('logits')!, at: new Map() }
    const placement = { weights: new Map(), vectors, tensors } as unknown as Placement
    const size = { context: 8, chunk: 1, logitRows: 1 }
    steps = new GpuSteps(device, memory, placement, size, new KernelCache(device))
    const names = ['logits', 'counts', 'bias', 'tables', 'sums', 'draws', 'record']
    const args = Object.fromEntries(names.map((name) => [name, name === 'logits' ? name : `draw.${name}`]))
    const settings = { ...checkSampling(off), adjusted: false }
    drawer = await DrawSteps.create(steps, {
      name: 'sample',
      op: 'sample',
      args,
      params: sampleParams(V, 256, settings),
      part: 'head',
      layer: -1,
    })
    queue = new Queue(device, memory, 'unused', 4)
    ring = new Ring(queue, memory, 'drawn', RECORD_WORDS, 2)
  })
  afterAll(() => {
    steps?.memory.dispose()
    device?.dispose()
  })

  const drawn = async (row: Float32Array): Promise<DrawRecord> => {
    steps.memory.write(steps.buffer('logits'), 0, row)
    const commands = queue.begin()
    steps.launch(commands, drawer.step, step)
    return readRecord(await ring.read(commands, { buffer: steps.buffer('draw.record'), offset: 0 }, 'a row'), V)
  }
  const sampler = (params: SamplingParams, history: readonly number[]): Sampler => {
    const made = new Sampler(params)
    for (const id of history) made.observe(id)
    drawer.begin({ params, seen: made.history, numbers: made.ahead(() => false), most: 256, keeps: false })
    return made
  }
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

  test('the same token for the same number, and the same said of it', async () => {
    const missed: string[] = []
    let [rows, short] = [0, 0]
    for (const [n, given] of settings.entries()) {
      const params = checkSampling({ seed: n, ...given })
      const history = Array.from({ length: 40 }, () => Math.floor(random() * 60))
      const chain = sampler(params, history)
      for (let i = 0; i < 24; i++) {
        const row = rowOf(i)
        const record = await drawn(row)
        if (record.flag === 3 && params.topK === 0) {
          short++
          drawer.begin({ params, seen: chain.history, numbers: chain.ahead(() => false), most: 256, keeps: false })
          continue
        }
        rows++
        const told = tellDrawn(record, V, params, null, 20),
          want = chain.sample(row, { top: 20 })
        chain.observe(want.id)
        const got = { ...told, draw: want.draw }
        if (JSON.stringify(named(got)) !== JSON.stringify(named(want))) {
          missed.push(`${JSON.stringify(given)} ${i}: ${JSON.stringify(named(got))} for ${JSON.stringify(named(want))}`)
        }
        const [a, b] = [flat(got), flat(want)]
        const off = a.findIndex((x, at) => Math.abs(x - b[at]!) > 1e-8)
        if (off >= 0) missed.push(`${JSON.stringify(given)} ${i}: ${a[off]} for ${b[off]} at ${off}`)
      }
    }
    expect(missed).toEqual([])
    expect(rows).toBeGreaterThan(330)
    expect(short, 'lists that were too short').toBeLessThan(100)
  })

  test('rows that say nothing are the host’s', async () => {
    sampler(checkSampling({}), [])
    const row = rowOf(0)
    for (const [value, flag] of [
      [NaN, 1],
      [Infinity, 1],
      [-Infinity, 1],
      [1e5, 1],
    ] as const) {
      expect((await drawn(row.with(1234, value))).flag, String(value)).toBe(flag)
    }
    expect((await drawn(new Float32Array(V).fill(2.5))).flag).toBe(2)
    expect((await drawn(row.map((x) => x * 1e-9))).flag).toBe(2)
    expect((await drawn(row)).flag).toBe(0)
  })
})
