// What one measurement of a model holds: plain data, kept, compared and shared as JSON. Types only.

import type { CompiledKernel, GenerateStats, KernelTime, MemoryPlan, Traffic } from '../../worker/protocol.ts'

/** A number that was measured several times. */
export interface Measured {
  median: number
  min: number
  max: number
}

export interface BenchResult {
  version: 1
  /** milliseconds since 1970 */
  at: number
  model: { id: string; name: string; family: string; parameters: number; format: string }
  device: {
    kind: 'gpu' | 'cpu' | 'reference'
    /** vendor and architecture, as the browser names them; null on the processor */
    adapter: string | null
    software: boolean
    threads: number | null
    cores: number
    browser: string
  }
  /** tokens whose text was read at once and token by token, with the same result, before anything was timed */
  checked: number
  /** seconds: in a worker that has just been started, and again in the same one */
  load: { cold: number; warm: Measured }
  compile: { kernels: number; seconds: number; slowest: CompiledKernel } | null
  /** seconds from the question to the first token, behind `tokens` of prompt */
  firstToken: { tokens: number; seconds: Measured }
  /** milliseconds per token behind `context` tokens */
  decode: { context: number; ms: Measured }[]
  prefill: { tokens: number; perSecond: Measured }[]
  /** milliseconds per token while more is kept of each */
  looks: { look: Look; ms: Measured }[]
  /** of one decoded token */
  counts: Pick<
    GenerateStats,
    | 'dispatchesPerToken'
    | 'passesPerToken'
    | 'submitsPerToken'
    | 'writesPerToken'
    | 'readBytesPerToken'
    | 'waitsPerToken'
  >
  /** for one token, and for `rows` of a prompt */
  kernels: { rows: number; times: KernelTime[] }[]
  memory: MemoryPlan
  traffic: Traffic & { context: number }
  /** bytes a second; null on the processor */
  bandwidth: number | null
}

/**
 * What is kept of each token: nothing; its 20 best, as the page asks; its 64 best, more than a device lists, so that the host
 * draws; the 20 best and activations, as while someone looks inside. `kept`: of runs from before, the 64 best and activations.
 */
export type Look = 'none' | 'listed' | 'best' | 'inside' | 'kept'

/** What is measured: fewer contexts and rounds, or all. */
export interface Depth {
  contexts: readonly number[]
  prompts: readonly number[]
  repeats: number
  tokens: number
}

export type Part = 'cold' | 'check' | 'decode' | 'prefill' | 'first' | 'looks' | 'kernels' | 'memory' | 'warm'

/** The share of the device's own bandwidth that decoding reaches; null where it is not known. */
export function shareOf({ bandwidth, traffic, decode }: BenchResult): number | null {
  const at = decode.find(({ context }) => context === traffic.context)
  if (bandwidth === null || !at) return null
  return (traffic.weights + traffic.cache + traffic.activations) / (at.ms.min / 1000) / bandwidth
}
