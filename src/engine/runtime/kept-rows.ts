// Rows of logits that stay where they were computed, for whoever asks later what a token was drawn from. Keeping one costs a
// copy on the device, in the submit that drew the token; nothing is read back until somebody asks. The newest are there.

import type { Commands, Stretch } from '../gpu/queue.ts'
import type { Inspection } from './inspect.ts'

/** The tensor that holds them. */
export const KEPT_ROWS = 'logits.kept'

/** A row, as long as not too many were kept after it. */
export interface KeptRow {
  /** The row; null where others lie in its place by now. */
  read(): Promise<Float32Array> | null
}

export class KeptRows {
  private count = 0
  /** a slider asks for the same one at every step */
  private last: { n: number; values: Promise<Float32Array> } | null = null

  /** @param slots rows that are there at most @param width of one */
  constructor(
    private readonly inside: Pick<Inspection, 'readMany'>,
    private readonly to: Stretch['buffer'],
    private readonly slots: number,
    private readonly width: number,
  ) {}

  /** Copies a row when the commands run. */
  keep(commands: Commands, from: Omit<Stretch, 'count'>): KeptRow {
    const n = this.count++,
      offset = (n % this.slots) * this.width
    commands.copy({ ...from, count: this.width }, this.to, offset)
    return {
      read: () => {
        if (this.last?.n === n) return this.last.values
        if (this.count - n > this.slots) return null
        const values = this.inside.readMany([{ tensor: KEPT_ROWS, offset, count: this.width }]).then(([row]) => row!)
        this.last = { n, values }
        return values
      },
    }
  }
}
