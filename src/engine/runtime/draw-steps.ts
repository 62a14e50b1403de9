// What a session needs to draw tokens where their logits are: buffers, the step of op `sample`, and what it is told of an
// answer's settings, its history and its random numbers. sampler/ is the measure of it; ops/sample.ts computes it.

import type { Memory } from '../gpu/memory.ts'
import { POSITIONS, TYPES } from '../model/lower/embed.ts'
import type { Plan, PlanStep } from '../model/plan.ts'
import { fixedWords, powerTables } from '../ops/fixed.ts'
import { OFF, LARGEST_LOGIT, LARGEST_SCORE, RECORD_WORDS, sampleParams, UNIT_BITS } from '../ops/sample-record.ts'
import type { SamplingParams } from '../types.ts'
import type { DrawAsk } from './draw-ask.ts'
import type { Prepared } from './inspect.ts'
import type { GpuSteps } from './steps-gpu.ts'

/** uniform numbers on the device at once; half of them are written anew each time */
export const DRAWS = 256

/** The step, where a token of this Plan can be run without the host: it needs no more than its id and its place. */
export function drawStep(plan: Plan, logits: string): PlanStep | null {
  const { tokens, rows, whole } = plan.programs.decode,
    { name, width } = plan.outputs[0]!
  if (
    tokens !== 'body' ||
    rows !== 'head' ||
    whole ||
    plan.positions ||
    plan.buffers[TYPES] ||
    plan.buffers[POSITIONS]
  ) {
    return null
  }
  if (name !== 'logits' || width < 2) return null
  const args = { logits, ...Object.fromEntries(tensors(width).map(([arg]) => [arg, `draw.${arg}`])) }
  return { name: 'sample', op: 'sample', args, params: sampleParams(width, DRAWS, OFF), part: rows, layer: -1 }
}

const tensors = (V: number): [arg: string, words: number][] => [
  ['counts', V],
  ['bias', 2 * V],
  ['tables', 1024],
  ['sums', 8],
  ['draws', 2 + 2 * DRAWS],
  ['record', RECORD_WORDS],
]

/** What changes scores: bias, bans, penalties. */
const isAdjusted = ({ logitBias, repetitionPenalty, presencePenalty, frequencyPenalty }: SamplingParams): boolean =>
  Object.keys(logitBias).length > 0 || repetitionPenalty !== 1 || presencePenalty !== 0 || frequencyPenalty !== 0

/** Can the kernels draw so? They compute with scores of a limited size. */
export function drawsWith(params: SamplingParams, context: number): boolean {
  const { repetitionPenalty: r, presencePenalty, frequencyPenalty, logitBias } = params
  const bias = Object.values(logitBias).reduce((most, b) => Math.max(most, Math.abs(b)), 0)
  const score =
    (LARGEST_LOGIT + bias) * Math.max(r, 1 / r) + Math.abs(presencePenalty) + Math.abs(frequencyPenalty) * context
  return score < LARGEST_SCORE
}

export class DrawSteps {
  /** random numbers that were written */
  private written = 0
  private numbers: Iterator<number> | null = null

  private constructor(
    private readonly steps: GpuSteps,
    readonly step: Prepared,
    private readonly V: number,
  ) {}

  /** @throws KERNEL_FAILED, GPU_OUT_OF_MEMORY … */
  static async create(steps: GpuSteps, step: PlanStep): Promise<DrawSteps> {
    const V = step.params['V']!,
      { memory, placement } = steps
    for (const [arg, words] of tensors(V)) {
      placement.tensors.set(`draw.${arg}`, memory.storage(`draw.${arg}`, words * 4))
    }
    const [prepared] = await steps.prepare([step])
    memory.write(steps.buffer('draw.tables'), 0, powerTables())
    return new DrawSteps(steps, prepared!, V)
  }

  private get memory(): Memory {
    return this.steps.memory
  }

  /** Before an answer's tokens, or the rest of them. */
  begin({ params, seen, numbers }: DrawAsk): void {
    const adjusted = isAdjusted(params)
    this.steps.setParams(this.step, sampleParams(this.V, DRAWS, { ...params, adjusted }))
    if (adjusted) {
      const [counts, bias] = [new Uint32Array(this.V), new Uint32Array(2 * this.V)]
      for (const [id, times] of seen) if (id < this.V) counts[id] = times
      for (const [id, amount] of Object.entries(params.logitBias)) {
        if (Number(id) < this.V) bias.set(fixedWords(amount, 40), 2 * Number(id))
      }
      this.memory.write(this.steps.buffer('draw.counts'), 0, counts)
      this.memory.write(this.steps.buffer('draw.bias'), 0, bias)
    }
    this.numbers = numbers
    this.written = 0
    this.write(0, DRAWS, Uint32Array.of(0, 0))
    this.memory.write(this.steps.buffer('draw.sums'), 0, new Uint32Array(8))
  }

  /** Before the answer's n-th token is sent. */
  supply(n: number): void {
    // the numbers before these were for tokens that were sent long ago
    if (n > 0 && n % (DRAWS / 2) === 0 && n + DRAWS / 2 >= this.written) this.write(this.written % DRAWS, DRAWS / 2)
  }

  private write(slot: number, count: number, head: Uint32Array = new Uint32Array(0)): void {
    const words = Array.from({ length: count }, () => fixedWords(Number(this.numbers!.next().value), UNIT_BITS)).flat()
    const at = head.length ? 0 : 2 + 2 * slot
    this.memory.write(this.steps.buffer('draw.draws'), at * 4, Uint32Array.from([...head, ...words]))
    this.written += count
  }
}
