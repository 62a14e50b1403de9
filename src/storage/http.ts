// One HTTP request and what its answer may be trusted for. Servers lie by omission: a 200 may be
// a login page, a Content-Length may count compressed bytes, a Range may be ignored.

import { EngineError } from '../engine/errors.ts'

export type Fetch = typeof globalThis.fetch

export const abortError = (): EngineError =>
  new EngineError('ABORTED', 'The work was stopped before it finished; nothing that was complete is lost.')

/** @param url for the reader: without the query, which may hold a signature */
const shown = (url: string): string => url.replace(/[?#].*$/, '')

export const networkError = (file: string, url: string, reason: string, detail: string, cause?: unknown): EngineError =>
  new EngineError(
    'NETWORK',
    `Cannot fetch "${file}" from ${shown(url)}: ${detail} What is already stored is kept; go on when the connection is back.`,
    { file, url: shown(url), reason },
    { cause },
  )

const htmlDetail = 'the answer is a web page, not the file (a login page of the network, or a wrong address).'
export const htmlError = (file: string, url: string): EngineError => networkError(file, url, 'html', htmlDetail)

function statusError(file: string, response: Response, url: string): EngineError {
  const { status } = response
  const why =
    status === 401
      ? 'it wants a login; log in there in another tab, download the files and add them here'
      : status === 403
        ? 'the owner has not given access: a licence may have to be accepted; do that in another tab, download the files and add them here'
        : status === 404 || status === 410
          ? 'there is no such file there'
          : status === 429
            ? 'too many requests; wait a while'
            : 'the server failed'
  // seconds, or the date from which on to ask again
  const after = response.headers.get('retry-after') ?? ''
  const wait = /^\s*\d+\s*$/.test(after) ? Number(after) : Math.ceil((Date.parse(after) - Date.now()) / 1000)
  return new EngineError(
    'HTTP_STATUS',
    `Cannot fetch "${file}" from ${shown(url)}: the server answered ${status}: ${why}. What is already stored is kept.`,
    { file, url: shown(url), status, retryAfter: Number.isFinite(wait) && wait > 0 ? wait : null },
  )
}

/** True when asking again may help. */
export function retryable(error: unknown): error is EngineError {
  if (!(error instanceof EngineError)) return false
  if (error.code === 'NETWORK') return error.facts.reason !== 'html' && error.facts.reason !== 'length'
  const status = Number(error.facts.status)
  return error.code === 'HTTP_STATUS' && (status === 408 || status === 425 || status === 429 || status >= 500)
}

export interface Request {
  file: string
  url: string
  method?: 'GET' | 'HEAD'
  headers?: Record<string, string>
  signal?: AbortSignal
  fetch?: Fetch
}

/** Fetches past every cache: gigabytes do not belong there, and partial answers in them are wrong ones. */
export async function request({
  file,
  url,
  method = 'GET',
  headers,
  signal,
  fetch = globalThis.fetch,
}: Request): Promise<Response> {
  let response: Response
  try {
    response = await fetch(url, {
      method,
      headers,
      signal: signal ?? null,
      cache: 'no-store',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
    })
  } catch (error) {
    if (signal?.aborted) throw signal.reason instanceof EngineError ? signal.reason : abortError()
    throw networkError(
      file,
      url,
      'connection',
      'the connection failed (offline, blocked, or the server does not allow this page).',
      error,
    )
  }
  if (!response.ok && response.status !== 416) {
    void response.body?.cancel().catch(() => undefined)
    throw statusError(file, response, url)
  }
  if (isHtml(response, file)) {
    void response.body?.cancel().catch(() => undefined)
    throw htmlError(file, url)
  }
  return response
}

export const isHtml = (response: Response, file: string): boolean =>
  /^\s*text\/html\b/i.test(response.headers.get('content-type') ?? '') && !/\.html?$/i.test(file)

/** True when the first bytes are a web page. */
export const startsLikeHtml = (bytes: Uint8Array): boolean =>
  /^\uFEFF?\s*<(?:!doctype\s+html|html|head|body)\b/i.test(new TextDecoder().decode(bytes.subarray(0, 256)))

/** "bytes 5-9/10" → { start: 5, end: 10, total: 10 }; "bytes * /10" has only the total. */
export function parseContentRange(
  text: string | null,
): { start: number | null; end: number | null; total: number | null } | null {
  const match = /^\s*bytes\s+(?:(\d{1,15})-(\d{1,15})|\*)\/(\d{1,15}|\*)\s*$/i.exec(text ?? '')
  if (!match) return null
  const number = (digits: string | undefined) => (digits === undefined || digits === '*' ? null : Number(digits))
  const end = number(match[2])
  return { start: number(match[1]), end: end === null ? null : end + 1, total: number(match[3]) }
}

/** The body's length in decoded bytes, when the headers can be trusted for it. */
export function bodyLength(response: Response): number | null {
  if (response.headers.get('content-encoding')) return null
  const text = response.headers.get('content-length')
  return text && /^\d{1,15}$/.test(text) ? Number(text) : null
}

/** A small JSON answer, with a limit on its size. */
export async function getJson(request_: Request, limit = 8 * 1024 * 1024): Promise<unknown> {
  const response = await request(request_)
  const { file, url, signal } = request_
  try {
    const parts: string[] = []
    const decoder = new TextDecoder('utf-8', { fatal: true })
    let length = 0
    const reader = response.body!.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      if ((length += value.length) > limit) {
        await reader.cancel()
        throw new RangeError('it is too long')
      }
      parts.push(decoder.decode(value, { stream: true }))
    }
    return JSON.parse(parts.join('') + decoder.decode())
  } catch (error) {
    if (signal?.aborted) throw abortError()
    throw networkError(
      file,
      url,
      'json',
      `the answer is not the JSON that was expected (${error instanceof Error ? error.message : 'unreadable'}).`,
      error,
    )
  }
}

/**
 * Aborts `ms` after the last `beat`, unless the clock was stopped by `rest` (what came is being written), or when the outer
 * signal fires.
 */
export function stallGuard(
  outer: AbortSignal | undefined,
  ms: number,
): { signal: AbortSignal; beat: () => void; rest: () => void; end: () => void; stalled: () => boolean } {
  const controller = new AbortController()
  let stalled = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = () => controller.abort(outer?.reason)
  const beat = () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      stalled = true
      controller.abort()
    }, ms)
  }
  if (outer?.aborted) stop()
  outer?.addEventListener('abort', stop)
  beat()
  return {
    signal: controller.signal,
    beat,
    stalled: () => stalled,
    rest: () => clearTimeout(timer),
    end: () => {
      clearTimeout(timer)
      outer?.removeEventListener('abort', stop)
    },
  }
}

/** Waits, but not longer than until the network is back; ends at once when stopped. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer)
      globalThis.removeEventListener?.('online', end)
      signal?.removeEventListener('abort', end)
      if (signal?.aborted) reject(abortError())
      else resolve()
    }
    const timer = setTimeout(end, ms)
    globalThis.addEventListener?.('online', end)
    signal?.addEventListener('abort', end)
    if (signal?.aborted) end()
  })
}
