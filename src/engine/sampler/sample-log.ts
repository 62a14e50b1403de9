// What the sampler saw for every generated token, logits included; the newest where memory is short. By position in
// the text, so that a text that is cut back loses just its end.

import type { SampleResult } from './chain.ts'

/** A row of logits, (V), or where it can be had: null, once others lie in its place. */
export type SampledRow = Float32Array | { read(): Promise<Float32Array> | null }

export interface SampleEntry extends SampleResult {
  logits: SampledRow
}

/** Candidates that every entry holds: those a hover lists, and the two of a margin. */
export const SAMPLE_LOG_TOP = 10
/** bytes of rows that are kept, here or where they were computed */
export const SAMPLE_LOG_BYTES = 64 * 2 ** 20

const bytesOf = ({ logits }: SampleEntry): number => (logits instanceof Float32Array ? logits.byteLength : 0)

export class SampleLog {
  private readonly entries = new Map<number, SampleEntry>()
  private bytes = 0

  /** @param budget bytes of logits to keep here */
  constructor(private readonly budget = SAMPLE_LOG_BYTES) {}

  /** What chose the token at this position. */
  get(position: number): SampleEntry | undefined {
    return this.entries.get(position)
  }

  set(position: number, entry: SampleEntry): void {
    this.delete(position)
    this.entries.set(position, entry)
    this.bytes += bytesOf(entry)
    for (const [oldest, { logits }] of this.entries) {
      if (this.bytes <= this.budget) break
      if (logits instanceof Float32Array) this.delete(oldest)
    }
  }

  /** Forgets positions from `length` on. */
  truncate(length: number): void {
    for (const position of [...this.entries.keys()]) if (position >= length) this.delete(position)
  }

  private delete(position: number): void {
    const entry = this.entries.get(position)
    if (entry) this.bytes -= bytesOf(entry)
    this.entries.delete(position)
  }
}
