// What the sampler saw for every generated token, logits included, newest first when memory is short.

import type { SampleResult } from '../sampler/chain.ts'

export interface JournalEntry extends SampleResult {
  logits: Float32Array
}

/** Candidates that every entry holds: those a hover lists, and the two of a margin. */
export const JOURNAL_TOP = 10

export class Journal {
  private readonly entries = new Map<number, JournalEntry>()
  private bytes = 0

  /** @param budget bytes of logits to keep */
  constructor(private readonly budget = 64 * 2 ** 20) {}

  /** What chose the token at this position. */
  get(position: number): JournalEntry | undefined {
    return this.entries.get(position)
  }

  set(position: number, entry: JournalEntry): void {
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
