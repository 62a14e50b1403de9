// Reads the head of a GGUF file, whose length is not written anywhere: a window that slides over it,
// synchronous to parse, moved on when a value runs past its end. Every count is compared with the
// bytes that are left in the file before anything is allocated by it, and what is kept is counted.

import { EngineError, checkAborted } from '../errors.ts'
import type { ByteSource } from './bytes.ts'
import { release } from './scratch.ts'

const firstWindow = 64 * 1024
const largestRead = 2 ** 20
/** the largest tokenizers take about 20 MB */
const maxHeadBytes = 128 * 2 ** 20
/** the same for what is kept of them */
const maxKeptBytes = 96 * 2 ** 20

/** What a message is about; made late where there are hundreds of thousands. */
type What = string | (() => string)
const say = (what: What): string => (typeof what === 'string' ? what : what())

/** Thrown inside a step that needs bytes behind the window; `take` catches it. */
class Beyond extends Error {
  constructor(readonly end: number) {
    super()
  }
}

export class GgufCursor {
  /** of the next byte, from the start of the file */
  at = 0
  /** where the window begins in the file */
  private from = 0
  private window = new Uint8Array(0)
  private view = new DataView(this.window.buffer)
  /** where a step that ran past the window begins again */
  private start = 0
  private kept = 0
  private readonly strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  private readonly lossy = new TextDecoder('utf-8', { ignoreBOM: true })

  constructor(
    readonly source: ByteSource,
    private readonly signal?: AbortSignal,
  ) {}

  fail(problem: string, at = this.at): never {
    throw new EngineError(
      'FILE_HEADER',
      `Cannot read "${this.source.name}": its GGUF header is not valid at byte ${at}: ${problem}. The file is damaged or was not made by a standard writer; fetch it again.`,
      { file: this.source.name, part: 'GGUF header', at, problem },
    )
  }

  /**
   * Runs a synchronous step; when it ran past the window, reads more and runs it again from its start, or from its last
   * mark().
   */
  async take<T>(step: () => T): Promise<T> {
    this.start = this.at
    for (;;) {
      try {
        return step()
      } catch (reason) {
        if (!(reason instanceof Beyond)) throw reason
        this.at = this.start
        await this.slide(reason.end)
      }
    }
  }

  /** Inside take(): everything up to here is done and kept; a step that runs past the window goes on from here. */
  mark(): void {
    this.start = this.at
  }

  /** Makes the window reach from `at` to `end` at least; what lies before `at` is let go, and no byte is read twice. */
  private async slide(end: number): Promise<void> {
    const {
      at,
      source: { name, size },
    } = this
    if (end > maxHeadBytes) this.fail(`it is longer than ${maxHeadBytes} bytes`)
    const known = this.window.subarray(Math.min(at - this.from, this.window.length))
    const goal = Math.max(end - at, Math.min(largestRead, Math.max(firstWindow, 2 * this.window.length)))
    const length = Math.min(goal, size - at)
    const more = await this.source.read(at + known.length, length - known.length, this.signal)
    checkAborted(this.signal)
    if (known.length + more.length < end - at) {
      throw new EngineError(
        'FILE_TRUNCATED',
        `Cannot read "${name}": only ${at + known.length + more.length} of ${end} bytes could be read. Fetch it again.`,
        { file: name, needed: end, size },
      )
    }
    const window = new Uint8Array(known.length + more.length)
    window.set(known)
    window.set(more, known.length)
    this.show(window, at)
  }

  /** Whatever was read from the window is a copy, so the one before can go. */
  private show(window: Uint8Array<ArrayBuffer>, from: number): void {
    release(this.window)
    this.window = window
    this.from = from
    this.view = new DataView(window.buffer)
  }

  /** Nothing more is read. */
  close(): void {
    this.show(new Uint8Array(0), 0)
  }

  /** Moves past `length` bytes and returns where they start in the window. */
  private advance(length: number): number {
    const { at } = this
    const end = at + length
    this.require(length, 'the header')
    if (at < this.from || end > this.from + this.window.length) throw new Beyond(end)
    this.at = end
    return at - this.from
  }

  /** Moves past bytes that nobody looks at. */
  skip(length: number, what: What): void {
    this.require(length, what)
    this.at += length
  }

  /** Counts what stays in memory of the file. */
  keep(bytes: number): void {
    this.kept += bytes
    if (this.kept > maxKeptBytes) this.fail(`what it holds takes more than ${maxKeptBytes} bytes of memory`)
  }

  /** Throws FILE_TRUNCATED unless `length` bytes follow in the file. */
  require(length: number, about: What): void {
    const { name, size } = this.source
    if (this.at + length > size) {
      const what = say(about)
      throw new EngineError(
        'FILE_TRUNCATED',
        `Cannot read "${name}": ${what} ends beyond the file, which needs ${this.at + length} bytes and has ${size}. The download stopped early; fetch it again.`,
        { file: name, what, needed: this.at + length, size },
      )
    }
  }

  u8(): number {
    return this.view.getUint8(this.advance(1))
  }
  i8(): number {
    return this.view.getInt8(this.advance(1))
  }
  u16(): number {
    return this.view.getUint16(this.advance(2), true)
  }
  i16(): number {
    return this.view.getInt16(this.advance(2), true)
  }
  u32(): number {
    return this.view.getUint32(this.advance(4), true)
  }
  i32(): number {
    return this.view.getInt32(this.advance(4), true)
  }
  f32(): number {
    return this.view.getFloat32(this.advance(4), true)
  }
  f64(): number {
    return this.view.getFloat64(this.advance(8), true)
  }
  u64(): bigint {
    return this.view.getBigUint64(this.advance(8), true)
  }
  i64(): bigint {
    return this.view.getBigInt64(this.advance(8), true)
  }

  /** A u64 that must be at most `most`. */
  count(what: What, max: number): number {
    const at = this.at
    const low = this.u32(),
      high = this.u32()
    const value = high * 2 ** 32 + low // exact up to 2^53, and no `max` is above
    if (value > max) {
      const found = (BigInt(high) << 32n) | BigInt(low)
      this.fail(`${say(what)} is ${found}, at most ${max} is allowed`, at)
    }
    return value
  }

  bytes(length: number, what: string): Uint8Array {
    this.require(length, what)
    const from = this.advance(length)
    this.keep(length)
    return this.window.slice(from, from + length)
  }

  /** @param exact what is not UTF-8 is refused; without it, such bytes become U+FFFD: for texts that are only shown */
  string(what: What, max: number, exact = true): string {
    const start = this.at
    const length = this.count(() => `the length of ${say(what)}`, max)
    this.require(length, what)
    const from = this.advance(length)
    this.keep(length + 24)
    const bytes = this.window.subarray(from, from + length)
    if (!exact) return this.lossy.decode(bytes)
    try {
      return this.strict.decode(bytes)
    } catch {
      this.fail(`${say(what)} is not UTF-8 text`, start)
    }
  }

  /** Moves past a string without making it. */
  skipString(what: What, max: number): void {
    this.skip(
      this.count(() => `the length of ${say(what)}`, max),
      what,
    )
  }
}
