// Rows of codes that lie on a model's device to be searched: all dot products with a question, whole numbers, so that they are
// the same ones everywhere (ops/scan-rows.ts). It knows neither texts nor scales; what the best are is for whoever asks.

import { EngineError } from './errors.ts'
import type { Inspection, Prepared } from './runtime/inspect.ts'

/** Bytes of rows that lie in one tensor: every device binds as many. */
const PART = 64 * 2 ** 20

interface Part {
  rows: number
  dots: string
  step: Prepared
}

export class RowScan {
  private placed: { codes: Int8Array; dims: number; parts: Part[] } | null = null
  private queue: Promise<unknown> = Promise.resolve()
  /** how often rows were moved to the device */
  moves = 0

  constructor(private readonly inside: Inspection) {}

  /**
   * @param codes (rows, dims) int8; the same array again is not moved again
   * @returns (rows) for the question's (dims) codes
   * @throws PARAM_INVALID, GPU_OUT_OF_MEMORY, GPU_LOST
   */
  dots(codes: Int8Array, question: Int8Array): Promise<Int32Array> {
    const work = (): Promise<Int32Array> => this.inside.during(() => this.ask(codes, question))
    const run = this.queue.then(work, work)
    this.queue = run.catch(() => undefined)
    return run
  }

  private async ask(codes: Int8Array, question: Int8Array): Promise<Int32Array> {
    const dims = question.length
    if (dims === 0 || codes.length % dims !== 0) {
      throw new EngineError(
        'PARAM_INVALID',
        `Cannot search: ${codes.length} codes are no whole rows of ${dims}, as the question has.`,
        { param: 'codes', need: `whole rows of ${dims}`, found: String(codes.length) },
      )
    }
    if (codes.length === 0) return new Int32Array(0)
    if (this.placed?.codes !== codes || this.placed.dims !== dims) await this.place(codes, dims)
    const padded = new Int8Array(Math.ceil(dims / 16) * 16)
    padded.set(question)
    const { parts } = this.placed!
    this.inside.write('scan.question', padded)
    const values = { T: 1, pos: 0, row: 0, prefix: 0 }
    this.inside.submit(
      'probe',
      values,
      parts.map(({ step }) => ({ run: step })),
    )
    const found = await this.inside.readMany(parts.map(({ dots, rows }) => ({ tensor: dots, offset: 0, count: rows })))
    const out = new Int32Array(codes.length / dims)
    let at = 0
    for (const words of found) {
      out.set(new Int32Array(words.buffer, words.byteOffset, words.length), at)
      at += words.length
    }
    return out
  }

  private async place(codes: Int8Array, dims: number): Promise<void> {
    this.placed = null
    this.moves++
    const quads = Math.ceil(dims / 16)
    const all = codes.length / dims
    const most = Math.max(1, Math.floor(PART / (quads * 16)))
    const parts: Part[] = []
    this.inside.tensor('scan.question', quads * 4)
    for (let from = 0; from < all; from += most) {
      const rows = Math.min(most, all - from)
      const packed = `scan.packed.${parts.length}`
      const dots = `scan.dots.${parts.length}`
      this.inside.tensor(packed, rows * quads * 4)
      this.inside.tensor(dots, rows)
      // a few rows at a time: rows of another width than 16 are padded on the way
      const few = 4096
      for (let row = 0; row < rows; row += few) {
        const count = Math.min(few, rows - row)
        const piece = new Int8Array(count * quads * 16)
        for (let i = 0; i < count; i++) {
          const at = (from + row + i) * dims
          piece.set(codes.subarray(at, at + dims), i * quads * 16)
        }
        this.inside.write(packed, piece, row * quads * 4)
      }
      const args = { packed, question: 'scan.question', dots }
      const step = { name: dots, op: 'scan-rows', args, params: { rows, quads }, part: 'probe', layer: -1 } as const
      const [prepared] = await this.inside.prepare([step])
      parts.push({ rows, dots, step: prepared! })
    }
    this.placed = { codes, dims, parts }
  }
}
