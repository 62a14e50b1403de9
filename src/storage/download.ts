// Downloads the files of a model into chunks, three at a time, and goes on where it was cut.
//
// Every request asks for "bytes=position-": a server that knows ranges then tells the true
// length and sends no compression; one that does not answers 200 and the file starts again.
// Nothing is complete until every length and hash that was promised has been checked.

import { release } from '../engine/formats/scratch.ts'
import { EngineError } from '../engine/errors.ts'
import { missing, storedBytes } from './chunks.ts'
import type { Database, FileRow } from './database.ts'
import {
  abortError,
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
import { isCompanion } from './names.ts'
import { Meter } from './transfer.ts'
import type { RemoteFile, TransferProgress } from './types.ts'
import { checkWhole } from './whole.ts'
import { begin, commit, FileWriter, type NewModel } from './write.ts'

export interface DownloadOptions {
  onProgress?: (p: TransferProgress) => void
  signal?: AbortSignal
  fetch?: Fetch
  parallel?: number
  /** failures in a row, without a stored chunk between them, before giving up */
  retries?: number
  /** milliseconds before the n-th try again */
  backOff?: (n: number) => number
  /** milliseconds without a byte that count as a failure */
  stallAfter?: number
  chunkBytes?: number
}

const doubling = (n: number): number => Math.min(16_000, 500 * 2 ** n) * (0.75 + Math.random() / 2)
const weight = ({ name, size }: RemoteFile): number => size ?? (isCompanion(name) ? 0 : 1e15)
const longestWait = 60_000

/**
 * The caller holds the model's write lock. @throws EngineError NETWORK, HTTP_STATUS, HASH_MISMATCH, STORAGE_QUOTA,
 * ABORTED …
 */
export async function download(
  db: Database,
  model: NewModel,
  files: readonly RemoteFile[],
  options: DownloadOptions = {},
): Promise<void> {
  // an address promises nothing: what came is hashed, so that it can be compared
  const hash = model.origin.kind === 'url'
  const rows = await begin(
    db,
    model,
    files.map((file) => ({ ...file, hash: hash && !file.sha256 && !file.blob })),
    options.chunkBytes,
  )
  const meter = new Meter(options.onProgress)
  for (const row of rows) meter.set(row.name, storedBytes(row), row.size)
  meter.tell(files[0]?.name ?? '', 'list')

  // Small files first: a broken config.json is known before the gigabytes.
  const all = files.map((remote, i) => ({ remote, writer: new FileWriter(db, rows[i]!) }))
  const queue = [...all].sort((a, b) => weight(a.remote) - weight(b.remote))
  const group = new AbortController()
  const stop = () => group.abort(abortError())
  if (options.signal?.aborted) throw abortError()
  options.signal?.addEventListener('abort', stop)
  try {
    const lane = async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        await new Fetching(next.writer, next.remote, meter, group.signal, options).run()
      }
    }
    const lanes = Array.from({ length: options.parallel ?? 3 }, () =>
      lane().catch((error: unknown) => {
        group.abort(error)
        throw error
      }),
    )
    const failed = (await Promise.allSettled(lanes)).filter((r) => r.status === 'rejected')
    if (options.signal?.aborted) throw abortError()
    if (failed.length > 0) {
      throw withNeed(
        group.signal.reason,
        all.map((f) => f.writer.row),
      )
    }
  } finally {
    options.signal?.removeEventListener('abort', stop)
  }
  await commit(db, model.id)
  meter.tell(files.at(-1)?.name ?? '', 'done')
}

/** A full disk is easier to cure when the reader knows how much is still to come. */
function withNeed(error: unknown, rows: FileRow[]): unknown {
  if (!(error instanceof EngineError) || error.code !== 'STORAGE_QUOTA') return error
  const stored = rows.reduce((sum, row) => sum + storedBytes(row), 0)
  const total = rows.some((row) => row.size === null) ? null : rows.reduce((sum, row) => sum + (row.size ?? 0), 0)
  return new EngineError(
    error.code,
    error.message,
    { ...error.facts, stored, needed: total === null ? null : total - stored },
    { cause: error },
  )
}

/** One file on its way. */
class Fetching {
  /** no Range header: the server answered one with nonsense */
  private plain = false
  /** the length came from a listing, a range or a plain Content-Length */
  private vouched: boolean

  constructor(
    readonly writer: FileWriter,
    readonly remote: RemoteFile,
    readonly meter: Meter,
    readonly signal: AbortSignal,
    readonly options: DownloadOptions,
  ) {
    this.vouched = remote.size !== undefined || remote.sha256 !== undefined || remote.blob !== undefined
  }

  async run(): Promise<void> {
    const { writer, signal, options } = this
    let failures = 0
    let stored = writer.row.hashes.length
    for (let gap = missing(writer.row)[0]; gap; gap = missing(writer.row)[0]) {
      if (signal.aborted) throw signal.reason
      try {
        await (gap.to === null ? this.tail() : this.repair(gap.from, gap.to))
      } catch (error) {
        if (signal.aborted) throw signal.reason
        if (writer.row.hashes.length > stored) failures = 0
        stored = writer.row.hashes.length
        if (!retryable(error) || failures >= (options.retries ?? 5)) throw error
        this.meter.tell(this.remote.name, 'wait')
        await pause(
          Math.min(longestWait, Number(error.facts.retryAfter ?? 0) * 1000 || (options.backOff ?? doubling)(failures)),
          signal,
        )
        failures++
      }
    }
  }

  /** From the last held byte to the end. */
  private async tail(): Promise<void> {
    const { writer, remote } = this
    const from = writer.position
    await this.receive(
      { ...(!this.plain && { range: `bytes=${from}-` }), ...this.ifRange(from) },
      async (response, read) => {
        const range = parseContentRange(response.headers.get('content-range'))
        if (response.status === 416) return range?.total === from ? this.end(from) : this.restart(true)

        const etag = response.headers.get('etag')
        const length = bodyLength(response)
        const total = response.status === 206 ? (range?.total ?? (length === null ? null : from + length)) : length
        const changed =
          from > 0 &&
          ((etag !== null && writer.row.etag !== null && etag !== writer.row.etag) ||
            (total !== null && writer.row.size !== null && remote.size === undefined && total !== writer.row.size))
        if (response.status === 206) {
          if (changed) return this.restart(false)
          if ((range && range.start !== from) || (total === null && writer.row.size === null)) return this.restart(true)
        } else if (from > 0) await this.drop()
        if (total !== null) {
          if (remote.size !== undefined && total !== remote.size) throw this.wrongSize(total)
          this.vouched = true
        }
        writer.learn({ etag, ...(total !== null && { size: total }) })
        this.meter.set(remote.name, writer.position, writer.row.size)

        for (let part = await read(); part; part = await read()) {
          if (writer.position === 0 && startsLikeHtml(part)) throw htmlError(remote.name, remote.url)
          if (writer.row.size !== null && writer.position + part.length > writer.row.size) {
            throw this.wrongSize(writer.position + part.length)
          }
          await writer.append(part)
          this.meter.add(remote.name, part.length, 'fetch')
          release(part) // parts come faster than the collector goes
        }
        await this.end(writer.row.size)
      },
    )
  }

  private async end(size: number | null): Promise<void> {
    const { writer, remote } = this
    if (size !== null && writer.position < size) {
      throw networkError(
        remote.name,
        remote.url,
        'short',
        `the answer ended after ${writer.position} of ${size} bytes.`,
      )
    }
    await writer.finish()
    if (this.vouched) return
    // Nobody told the length: a cut answer looks whole, so the file itself must say that it is.
    const why = await checkWhole(this.writer)
    if (why === null) return
    await this.drop()
    throw networkError(remote.name, remote.url, 'short', `what came is not a whole file (${why}).`)
  }

  /** One damaged chunk. */
  private async repair(from: number, to: number): Promise<void> {
    const { writer, remote } = this
    await this.receive({ range: `bytes=${from}-${to - 1}` }, async (response, read) => {
      const range = parseContentRange(response.headers.get('content-range'))
      if (response.status !== 206 || (range && (range.start !== from || range.end !== to))) return this.restart(false)
      const bytes = new Uint8Array(to - from)
      let held = 0
      for (let part = await read(); part; part = await read()) {
        if (held + part.length > bytes.length) return this.restart(false)
        bytes.set(part, held)
        held += part.length
        this.meter.add(remote.name, part.length, 'fetch')
      }
      if (held < bytes.length) {
        throw networkError(remote.name, remote.url, 'short', `the answer ended after ${held} of ${bytes.length} bytes.`)
      }
      // Other bytes than before: the file behind the address changed, so all of it is fetched again.
      if (!(await writer.repair(from / writer.row.chunkBytes, bytes))) await this.drop()
    })
  }

  private async receive(
    headers: Record<string, string>,
    take: (response: Response, read: () => Promise<Uint8Array | null>) => Promise<void>,
  ): Promise<void> {
    const { name, url } = this.remote
    const guard = stallGuard(this.signal, this.options.stallAfter ?? 30_000)
    let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
    const stalled = (error: unknown) =>
      guard.stalled() ? networkError(name, url, 'stall', 'no byte came for too long.', error) : error
    try {
      const response = await request({
        file: name,
        url,
        headers,
        signal: guard.signal,
        fetch: this.options.fetch,
      }).catch((error: unknown) => {
        throw stalled(error)
      })
      reader = response.body?.getReader()
      await take(response, async () => {
        guard.beat()
        const part = await reader?.read().catch((error: unknown) => {
          if (this.signal.aborted) throw this.signal.reason
          throw stalled(networkError(name, url, 'cut', 'the connection broke in the middle.', error))
        })
        return part?.value ?? null
      })
    } finally {
      guard.end()
      void reader?.cancel().catch(() => undefined)
    }
  }

  /**
   * If-Range only to our own server: elsewhere it costs a CORS preflight that many hosts refuse; there the ETag is
   * compared instead.
   */
  private ifRange(from: number): Record<string, string> {
    const { etag } = this.writer.row
    const here = globalThis.location?.origin
    return from > 0 && etag && !etag.startsWith('W/') && here && new URL(this.remote.url, here).origin === here
      ? { 'if-range': etag }
      : {}
  }

  private async restart(plain: boolean): Promise<void> {
    if (this.writer.position === 0 && this.plain) {
      throw networkError(
        this.remote.name,
        this.remote.url,
        'range',
        'the server answers with the wrong part of the file.',
      )
    }
    this.plain ||= plain && this.writer.position === 0
    await this.drop()
  }

  private async drop(): Promise<void> {
    await this.writer.reset(this.remote.size ?? null)
    this.meter.set(this.remote.name, 0, this.writer.row.size)
  }

  private wrongSize(found: number): EngineError {
    const { name } = this.remote
    const size = this.writer.row.size
    return new EngineError(
      'HASH_MISMATCH',
      `Cannot keep "${name}": the server sends ${found} bytes, but ${size} were promised. The file changed or is not the one asked for. Look the model up again.`,
      { file: name, expected: size, actual: found },
    )
  }
}
