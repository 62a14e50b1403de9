// What the sampler saw for every generated token, logits included; the newest where memory is short. By position in
// the text, so that a text that is cut back loses just its end.

import type { SampleResult } from './chain.ts'

export interface SampleEntry extends SampleResult {
  /** (V) */ logits: Float32Array
}

/** Candidates that every entry holds: those a hover lists, and the two of a margin. */
export const SAMPLE_LOG_TOP = 10

export class SampleLog {
  private readonly entries = new Map<number, SampleEntry>()
  private bytes = 0

  /** @param budget bytes of logits to keep */
  constructor(private readonly budget = 64 * 2 ** 20) {}

  /** What chose the token at this position. */
  get(position: number): SampleEntry | undefined {
    return this.entries.get(position)
  }

  set(position: number, entry: SampleEntry): void {
    this.delete(position)
    this.entries.set(position, entry)
    this.bytes += entry.logits.byteLength
    for (const oldest of this.entries.keys()) {
      if (this.bytes <= this.budget) break
      this.delete(oldest)
    }
  }

  /** Forgets positions from `length` on. */
  truncate(length: number): void {
    for (const position of [...this.entries.keys()]) if (position >= length) this.delete(position)
  }

  private delete(position: number): void {
    const entry = this.entries.get(position)
    if (entry) this.bytes -= entry.logits.byteLength
    this.entries.delete(position)
  }
}
