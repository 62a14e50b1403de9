// Reads the head of a GGUF file, whose length is not written anywhere: a window over its first
// bytes, synchronous to parse, that grows when a value runs past its end. Every count is compared
// with the bytes that are left in the file before anything is allocated by it.

import { EngineError, checkAborted } from '../errors.ts'
import type { ByteSource } from './bytes.ts'
import { release } from './scratch.ts'

const firstWindow = 64 * 1024
/** the largest tokenizers take about 20 MB */
export const maxHeadBytes = 128 * 2 ** 20

/** Thrown inside a step that needs bytes behind the window; `take` catches it. */
class Beyond extends Error { constructor(readonly end: number) { super() } }

export class GgufCursor {
  /** of the next byte, from the start of the file */
  at = 0
  private window = new Uint8Array(0)
  private view = new DataView(this.window.buffer)
  private readonly utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

  constructor(readonly source: ByteSource, private readonly signal?: AbortSignal) {}

  fail(problem: string, at = this.at): never {
    throw new EngineError('FILE_HEADER', `Cannot read "${this.source.name}": its GGUF header is not valid at byte ${at}: ${problem}. The file is damaged or was not made by a standard writer; fetch it again.`,
      { file: this.source.name, part: 'GGUF header', at, problem })
  }

  /** Runs a synchronous step; when it ran past the window, reads more and runs it again from its start. */
  async take<T>(step: () => T): Promise<T> {
    const start = this.at
    for (;;) {
      try { return step() } catch (reason) {
        if (!(reason instanceof Beyond)) throw reason
        this.at = start
        await this.grow(reason.end)
      }
    }
  }

  private async grow(end: number): Promise<void> {
    const { name, size } = this.source
    const length = Math.min(size, maxHeadBytes, Math.max(end, 2 * this.window.length, firstWindow))
    if (end > length) this.fail(`it is longer than ${maxHeadBytes} bytes`)
    // the part that is known is copied, so that no byte is read twice
    const known = this.window
    const more = await this.source.read(known.length, length - known.length, this.signal)
    checkAborted(this.signal)
    if (known.length + more.length < end) throw new EngineError('FILE_TRUNCATED', `Cannot read "${name}": only ${known.length + more.length} of ${end} bytes could be read. Fetch it again.`, { file: name, needed: end, size })
    const window = new Uint8Array(known.length + more.length)
    window.set(known)
    window.set(more, known.length)
    this.show(window)
  }

  /** Whatever was read from the window is a copy, so the one before can go. */
  private show(window: Uint8Array<ArrayBuffer>): void {
    release(this.window)
    this.window = window
    this.view = new DataView(window.buffer)
  }

  /** Nothing more is read. */
  close(): void { this.show(new Uint8Array(0)) }

  /** Moves past `length` bytes and returns where they start; they are in the window. */
  private advance(length: number): number {
    const from = this.at
    const end = from + length
    this.require(length, 'the header')
    if (end > this.window.length) throw new Beyond(end)
    this.at = end
    return from
  }

  /** Throws FILE_TRUNCATED unless `length` bytes follow in the file. */
  require(length: number, what: string): void {
    const { name, size } = this.source
    if (this.at + length > size) {
      throw new EngineError('FILE_TRUNCATED', `Cannot read "${name}": ${what} ends beyond the file, which needs ${this.at + length} bytes and has ${size}. The download stopped early; fetch it again.`,
        { file: name, what, needed: this.at + length, size })
    }
  }

  u8(): number { return this.view.getUint8(this.advance(1)) }
  i8(): number { return this.view.getInt8(this.advance(1)) }
  u16(): number { return this.view.getUint16(this.advance(2), true) }
  i16(): number { return this.view.getInt16(this.advance(2), true) }
  u32(): number { return this.view.getUint32(this.advance(4), true) }
  i32(): number { return this.view.getInt32(this.advance(4), true) }
  f32(): number { return this.view.getFloat32(this.advance(4), true) }
  f64(): number { return this.view.getFloat64(this.advance(8), true) }
  u64(): bigint { return this.view.getBigUint64(this.advance(8), true) }
  i64(): bigint { return this.view.getBigInt64(this.advance(8), true) }

  /** A u64 that must be at most `most`. */
  count(what: string, most: number): number {
    const at = this.at
    const value = this.u64()
    if (value > BigInt(most)) this.fail(`${what} is ${value}, at most ${most} is allowed`, at)
    return Number(value)
  }

  bytes(length: number, what: string): Uint8Array {
    this.require(length, what)
    const from = this.advance(length)
    return this.window.slice(from, from + length)
  }

  string(what: string, most: number): string {
    const start = this.at
    const length = this.count(`the length of ${what}`, most)
    this.require(length, what)
    const from = this.advance(length)
    try { return this.utf8.decode(this.window.subarray(from, from + length)) } catch { this.fail(`${what} is not UTF-8 text`, start) }
  }
}
