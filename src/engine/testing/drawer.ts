// Tokens drawn on a GPU from rows that a test makes up: the kernels and the host's part of it as sessions have them, no model.

import type { Device } from '../gpu/device.ts'
import { KernelCache } from '../gpu/kernel.ts'
import { Memory } from '../gpu/memory.ts'
import { Queue } from '../gpu/queue.ts'
import { Ring } from '../gpu/ring.ts'
import { OFF, readRecord, RECORD_WORDS, sampleParams, type DrawRecord } from '../ops/sample-record.ts'
import { DRAWS, DrawSteps } from '../runtime/draw-steps.ts'
import type { Placement } from '../runtime/placement.ts'
import { GpuSteps } from '../runtime/steps-gpu.ts'
import { Candidates } from '../sampler/candidates.ts'
import { runStage, Sampler } from '../sampler/chain.ts'
import { stages } from '../sampler/stages.ts'
import type { SamplingParams } from '../types.ts'

const step = { T: 1, pos: 0, row: 0, prefix: 0 }

export class Drawer {
  private constructor(
    readonly V: number,
    private readonly steps: GpuSteps,
    private readonly drawer: DrawSteps,
    private readonly queue: Queue,
    private readonly ring: Ring,
  ) {}

  /** @param V tokens of a row */
  static async open(device: Device, V: number, kernels = new KernelCache(device)): Promise<Drawer> {
    const memory = new Memory(device)
    const tensors = new Map([['logits', memory.storage('logits', V * 4)]])
    // of a placement, nothing but tensors and vectors is looked at
    const vectors = { buffer: tensors.get('logits')!, at: new Map() }
    const placement = { weights: new Map(), vectors, tensors } as unknown as Placement
    const steps = new GpuSteps(device, memory, placement, { context: 8, chunk: 1, logitRows: 1 }, kernels)
    const names = ['logits', 'counts', 'bias', 'tables', 'sums', 'draws', 'record']
    const args = Object.fromEntries(names.map((name) => [name, name === 'logits' ? name : `draw.${name}`]))
    const params = sampleParams(V, DRAWS, OFF)
    const drawer = await DrawSteps.create(steps, {
      name: 'sample',
      op: 'sample',
      args,
      params,
      part: 'head',
      layer: -1,
    })
    const queue = new Queue(device, memory, 'counts', V)
    return new Drawer(V, steps, drawer, queue, new Ring(queue, memory, 'drawn', RECORD_WORDS, 2))
  }

  /** The sampler that would draw here; the device has its settings, its history and its numbers from now on. */
  begin(params: SamplingParams, history: readonly number[] = []): Sampler {
    const made = new Sampler(params)
    for (const id of history) made.observe(id)
    const numbers = made.ahead(() => false)
    this.drawer.begin({ params, seen: made.history, numbers, most: DRAWS, keeps: false })
    return made
  }

  async drawn(row: Float32Array): Promise<DrawRecord> {
    this.steps.memory.write(this.steps.buffer('logits'), 0, row)
    const commands = this.queue.begin()
    this.steps.launch(commands, this.drawer.step, step)
    const record = { buffer: this.steps.buffer('draw.record'), offset: 0 }
    return readRecord(await this.ring.read(commands, record, 'a row'), this.V)
  }

  /** How often each token comes in so many draws from one row; none of the settings may look at the history. */
  async many(row: Float32Array, params: SamplingParams, draws: number): Promise<Uint32Array> {
    const { memory } = this.steps
    memory.write(this.steps.buffer('logits'), 0, row)
    memory.write(this.steps.buffer('draw.counts'), 0, new Uint32Array(this.V))
    this.begin(params)
    for (let n = 0; n < draws;) {
      const commands = this.queue.begin()
      for (const end = Math.min(draws, n + DRAWS / 2); n < end; n++) {
        this.drawer.supply(n)
        this.steps.launch(commands, this.drawer.step, step)
      }
      this.queue.submit(commands)
      await this.queue.idle('draws')
    }
    const counts = { buffer: this.steps.buffer('draw.counts'), offset: 0, count: this.V }
    const [floats] = await this.queue.read([counts], 'counts')
    return new Uint32Array(floats!.buffer)
  }

  dispose(): void {
    this.steps.memory.dispose()
  }
}

/** What the chain gives each token of a row: probabilities (V), and how often each comes with the numbers of the seed. */
export function chainOf(
  row: Float32Array,
  params: SamplingParams,
  draws: number,
): { odds: Float64Array; counts: Uint32Array } {
  const c = new Candidates(row.length)
  c.fill(row)
  for (const stage of stages) runStage(stage, c, params, new Map())
  const odds = new Float64Array(row.length),
    counts = new Uint32Array(row.length)
  for (let i = 0; i < c.count; i++) odds[c.ids[i]!] = c.weights[i]! / c.mass
  const numbers = new Sampler(params).ahead(() => false)
  // the same order for every draw: where a number falls is found in the sums so far
  const order = Array.from({ length: c.count }, (_, i) => i).sort((a, b) => c.scores[b]! - c.scores[a]! || a - b)
  let sum = 0
  const sums = order.map((at) => (sum += c.weights[at]!))
  for (let n = 0; n < draws; n++) {
    const target = numbers.next().value * c.mass
    let low = 0,
      high = sums.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (sums[middle]! > target) high = middle
      else low = middle + 1
    }
    counts[c.ids[order[low]!]!]!++
  }
  return { odds, counts }
}

/**
 * χ² of counts against the odds they were drawn with, neighbours taken together until five are expected, as a normal number
 * (Wilson and Hilferty 1931): above 3.09 once in a thousand times. Infinity where one came that cannot.
 */
export function chiSquare(counts: Uint32Array, odds: Float64Array): { z: number; chi: number; freedom: number } {
  const draws = counts.reduce((n, count) => n + count, 0)
  let [chi, cells, came, expected, left] = [0, 0, 0, 0, draws]
  for (const [id, p] of odds.entries()) {
    if (p === 0 && counts[id]! > 0) return { z: Infinity, chi: Infinity, freedom: 0 }
    came += counts[id]!
    expected += p * draws
    left -= p * draws
    // the last cell takes what would be too little for one of its own
    if (expected < 5 || (left < 5 && id < odds.length - 1)) continue
    chi += (came - expected) ** 2 / expected
    cells++
    came = expected = 0
  }
  const freedom = cells - 1
  const z = ((chi / freedom) ** (1 / 3) - (1 - 2 / (9 * freedom))) / Math.sqrt(2 / (9 * freedom))
  return { z, chi, freedom }
}
