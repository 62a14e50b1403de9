// One file on its way: its chunks by ranges, several at once, each gone on with where it was cut.
//
// A chunk is asked for as "bytes=a-b", and only the exact answer to that is taken. While nobody has told the length the
// first request is open ("bytes=a-"), and one lane alone tries what the server can do. A server that does not know ranges,
// or twice answers one with nonsense, is asked for the whole file in one stream, and what is stored is compared on the way.

import { release } from '../engine/formats/scratch.ts'
import { EngineError } from '../engine/errors.ts'
import { missing, storedBytes } from './chunks.ts'
import {
  bodyLength,
  htmlError,
  networkError,
  parseContentRange,
  pause,
  request,
  retryable,
  stallGuard,
  startsLikeHtml,
  type Fetch,
} from './http.ts'
import type { Meter } from './transfer.ts'
import type { RemoteFile, TransferProgress } from './types.ts'
import { checkWhole } from './whole.ts'
import type { FileWriter, Lane } from './write.ts'

export interface DownloadOptions {
  onProgress?: (p: TransferProgress) => void
  signal?: AbortSignal
  fetch?: Fetch
  /** ranges at once, of one file or of several */
  parallel?: number
  /** failures in a row, without a stored chunk between them, before giving up */
  retries?: number
  /** milliseconds before the n-th try again */
  backOff?: (n: number) => number
  /** milliseconds without a byte that count as a failure */
  stallAfter?: number
  chunkBytes?: number
}

type Read = () => Promise<Uint8Array | null>

/** Up to a quarter more or less, so that lanes that failed together do not come back together. */
const spread = (): number => 0.75 + crypto.getRandomValues(new Uint8Array(1))[0]! / 510
const doubling = (n: number): number => Math.min(16_000, 500 * 2 ** n) * spread()
const longestWait = 60_000
/** answers to a range that are none, before the file is asked for as one stream */
const patience = 2

export class Fetching {
  private readonly lanes = new Set<Lane>()
  /** a first answer has told what the server can do */
  private tried = false
  /** no ranges: one stream from the start */
  private plain = false
  private odd = 0
  /** times that a whole file was none */
  private cut = 0
  private ended = false
  /** the length came from a listing, a range or a plain Content-Length */
  private vouched: boolean

  /** @param onMore more lanes can be of use from now on */
  constructor(
    readonly writer: FileWriter,
    readonly remote: RemoteFile,
    readonly meter: Meter,
    readonly options: DownloadOptions,
    readonly onMore: () => void,
  ) {
    this.vouched = remote.size !== undefined || this.promised
  }

  /** Work for one more lane; null: none, for now or for ever. It begins when it is called, at once. */
  next(): ((signal: AbortSignal) => Promise<void>) | null {
    if (this.ended || (this.lanes.size > 0 && (this.plain || !this.tried))) return null
    const { row } = this.writer
    const open = missing(row)
    const index = this.plain && open.length > 0 ? 0 : open.find((i) => !this.fetching(i))
    if (index !== undefined) return (signal) => this.fetch(index, signal)
    if (this.lanes.size > 0) return null
    this.ended = true
    return row.done ? null : (signal) => this.finish(signal)
  }

  private get promised(): boolean {
    return this.remote.sha256 !== undefined || this.remote.blob !== undefined
  }
  private fetching(index: number): boolean {
    return [...this.lanes].some((lane) => lane.index === index)
  }

  /** What is stored of it, and what the lanes hold. */
  private level(): void {
    const { row } = this.writer
    let loaded = storedBytes(row)
    for (const { index, held } of this.lanes) if (!row.hashes[index]) loaded += held
    this.meter.set(this.remote.name, loaded, row.size)
  }

  private async fetch(index: number, signal: AbortSignal): Promise<void> {
    const { writer, options } = this
    const lane = writer.lane(index)
    const streams = this.plain
    this.lanes.add(lane)
    let stored = 0
    try {
      for (let failures = 0; ;) {
        try {
          return await this.receive(lane, signal)
        } catch (error) {
          if (signal.aborted) throw signal.reason
          if (lane.stored > stored) failures = 0
          stored = lane.stored
          if (!retryable(error)) throw error
          if (error.facts.reason === 'range' && !this.plain && ++this.odd >= patience) this.plain = true
          if (this.plain && !streams) return // the whole file comes in one stream, when the other lanes have ended
          if (this.plain) lane.restart()
          const offline = globalThis.navigator?.onLine === false
          if (!offline && failures >= (options.retries ?? 5)) throw error
          this.level()
          this.meter.tell(this.remote.name, offline ? 'offline' : 'wait')
          const asked = Number(error.facts.retryAfter ?? 0) * 1000
          const wait = offline ? longestWait : asked || (options.backOff ?? doubling)(failures)
          await pause(Math.min(longestWait, wait), signal)
          if (!offline) failures++
        }
      }
    } finally {
      this.lanes.delete(lane)
      lane.release()
      this.level()
    }
  }

  private async receive(lane: Lane, signal: AbortSignal): Promise<void> {
    const { name, url } = this.remote
    const { row } = this.writer
    const from = lane.position
    const end = row.size === null ? null : lane.end
    const guard = stallGuard(signal, this.options.stallAfter ?? 15_000)
    let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
    const stalled = (error: unknown) =>
      guard.stalled() ? networkError(name, url, 'stall', 'no byte came for too long.', error) : error
    try {
      const response = await request({
        file: name,
        url,
        headers: this.plain ? {} : { range: `bytes=${from}-${end === null ? '' : end - 1}` },
        signal: guard.signal,
        fetch: this.options.fetch,
      }).catch((error: unknown) => {
        throw stalled(error)
      })
      reader = response.body?.getReader()
      const read: Read = async () => {
        guard.beat()
        const part = await reader?.read().catch((error: unknown) => {
          if (signal.aborted) throw signal.reason
          throw stalled(networkError(name, url, 'cut', 'the connection broke in the middle.', error))
        })
        guard.rest()
        return part?.value ?? null
      }
      if (!this.plain && response.status === 200 && !this.tried) {
        this.plain = this.tried = true
        // what is stored is kept, and compared with a stream of its own
        if (from > 0) throw this.noRange()
      }
      if (this.plain) return await this.stream(lane, response, read)
      this.checkRange(response, from, end)
      if (!this.tried) {
        this.tried = true
        this.onMore()
      }
      await this.take(lane, read, end)
    } finally {
      guard.end()
      void reader?.cancel().catch(() => undefined)
    }
  }

  /** Is it the part that was asked for, of the file that was begun? @param end null: asked to the end of the file */
  private checkRange(response: Response, from: number, end: number | null): void {
    const { writer, remote } = this
    const range = parseContentRange(response.headers.get('content-range'))
    const etag = response.headers.get('etag')
    const length = bodyLength(response)
    // foreign hosts may hide Content-Range: then the length of what comes is all there is
    const total = range ? range.total : end === null && length !== null ? from + length : null
    if (response.status !== 206 && response.status !== 416) throw this.noRange()
    if (range && response.status === 206 && range.start !== from) throw this.noRange()
    if (total !== null && remote.size !== undefined && total !== remote.size) throw this.wrongSize(total)
    if (total !== null && writer.row.size !== null && total !== writer.row.size) throw this.changed()
    if (!this.promised && etag !== null && writer.row.etag !== null && etag !== writer.row.etag) throw this.changed()
    if (response.status !== 206 || (range && end !== null && (range.end ?? 0) > end)) throw this.noRange()
    if (!range && end !== null && length !== null && length !== end - from) throw this.noRange()
    if (total === null && writer.row.size === null) throw this.noRange()
    if (total !== null) this.vouched = true
    writer.learn({ etag, ...(total !== null && { size: total }) })
  }

  /** Chunks one after the other: the one that was asked for, and of an open answer those behind it that nobody fetches. */
  private async take(lane: Lane, read: Read, end: number | null): Promise<void> {
    const { writer, remote } = this
    const size = writer.row.size!
    const until = end ?? size
    // nothing is read behind the last byte: a line that breaks there would have the next chunk fetched by this lane, too
    for (let part = await read(); part; part = lane.position < until ? await read() : null) {
      if (lane.position === 0 && startsLikeHtml(part)) throw htmlError(remote.name, remote.url)
      if (lane.position + part.length > until) throw this.noRange()
      for (let at = 0; at < part.length;) {
        const took = await lane.append(part.subarray(at))
        if (took === null) throw this.otherBytes(lane.index)
        at += took
        this.level()
        this.meter.add(remote.name, took, 'fetch')
        const next = lane.held === 0 && lane.position < until && lane.index
        if (
          next !== false &&
          (writer.row.hashes[next] || [...this.lanes].some((o) => o !== lane && o.index === next))
        ) {
          return
        }
      }
      release(part) // parts come faster than the collector goes
    }
    if (lane.position < until) throw this.short(lane.position, until)
  }

  /** The whole file from its first byte on. What is stored must come again; from where it does not, it is replaced. */
  private async stream(lane: Lane, response: Response, read: Read): Promise<void> {
    const { writer, remote } = this
    if (response.status !== 200) throw this.noRange()
    const total = bodyLength(response)
    if (total !== null) {
      if (remote.size !== undefined && total !== remote.size) throw this.wrongSize(total)
      this.vouched = true
      if (writer.row.size !== null && total !== writer.row.size) await writer.reset(null)
    }
    writer.learn({ etag: response.headers.get('etag'), ...(total !== null && { size: total }) })
    for (let part = await read(); part; part = await read()) {
      if (lane.position === 0 && startsLikeHtml(part)) throw htmlError(remote.name, remote.url)
      const { size } = writer.row
      if (size !== null && lane.position + part.length > size) throw this.wrongSize(lane.position + part.length)
      for (let at = 0; at < part.length;) {
        const took = await lane.append(part.subarray(at))
        if (took === null) await writer.truncate(lane.index)
        else {
          at += took
          this.level()
          this.meter.add(remote.name, took, 'fetch')
        }
      }
      release(part)
    }
    const { size } = writer.row
    if (size !== null && lane.position < size) throw this.short(lane.position, size)
    if (!(await lane.close())) {
      await writer.truncate(lane.index)
      await lane.close()
    }
  }

  /** Every promise is checked; what nobody vouched for must say of itself that it is whole. */
  private async finish(signal: AbortSignal): Promise<void> {
    const { writer, remote, options } = this
    if (!this.vouched) {
      const why = await checkWhole(writer)
      if (why !== null) {
        await writer.reset(remote.size ?? null)
        this.level()
        const error = networkError(remote.name, remote.url, 'short', `what came is not a whole file (${why}).`)
        if (this.cut >= (options.retries ?? 5)) throw error
        this.meter.tell(remote.name, 'wait')
        await pause((options.backOff ?? doubling)(this.cut++), signal)
        this.ended = false
        return
      }
    }
    await writer.finish()
    this.level()
  }

  private short(found: number, of: number): EngineError {
    return networkError(this.remote.name, this.remote.url, 'short', `the answer ended after ${found} of ${of} bytes.`)
  }
  private noRange(): EngineError {
    return networkError(
      this.remote.name,
      this.remote.url,
      'range',
      'the server answers with the wrong part of the file.',
    )
  }

  /** Nobody promised what the bytes must be, and they are not of the file that was begun: never mixed with it. */
  private changed(): EngineError {
    const { name } = this.remote
    return new EngineError(
      'HASH_MISMATCH',
      `Cannot go on with "${name}": the file behind the address changed since its download began (another ETag or length). What is stored is of the older one and is kept; start over to fetch the new one.`,
      { file: name, reason: 'changed' },
    )
  }

  /** A damaged chunk was asked for again, and what came is not what was stored. */
  private otherBytes(index: number): EngineError {
    if (!this.promised) return this.changed()
    const { name } = this.remote
    const chunks = this.writer.row.hashes.length
    return new EngineError(
      'HASH_MISMATCH',
      `Cannot mend "${name}": part ${index + 1} of ${chunks} came with other bytes than it had when the whole file was checked. The other parts are kept. Try again, or from another server.`,
      { file: name, reason: 'part', chunk: index + 1, chunks },
    )
  }

  private wrongSize(found: number): EngineError {
    const { name } = this.remote
    const { size } = this.writer.row
    return new EngineError(
      'HASH_MISMATCH',
      `Cannot keep "${name}": the server sends ${found} bytes, but ${size} were promised. The file changed or is not the one asked for. Look the model up again.`,
      { file: name, reason: 'size', expected: size, actual: found },
    )
  }
}
