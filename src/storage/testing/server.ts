// A server made of one function: answers like a static host, and misbehaves on demand. Tests only.

import type { Fetch } from '../http.ts'

export interface Asked {
  url: string
  method: string
  range: string | null
}
export interface Behaviour {
  /** cut the body of the n-th request (0-based) after so many bytes */
  cutAfter?: Record<number, number>
  ignoreRange?: boolean
  etag?: () => string
  /** no Content-Length and no Content-Range total */
  lengthless?: boolean
  status?: (n: number, asked: Asked) => number | undefined
  html?: boolean
  /** bytes per read of the body */
  piece?: number
  onSent?: (bytes: number) => void
}

/** @returns fetch over `files` (by URL), the log of requests, and the bytes that were sent */
export function server(
  files: Record<string, Uint8Array>,
  be: Behaviour = {},
): { fetch: Fetch; asked: Asked[]; sent: () => number } {
  const asked: Asked[] = []
  let sent = 0
  const answer = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const url = String(input)
    const headers = new Headers(init?.headers)
    const n = asked.length
    const request = { url, method: init?.method ?? 'GET', range: headers.get('range') }
    asked.push(request)
    if (init?.signal?.aborted) throw new DOMException('aborted', 'AbortError')
    const status = be.status?.(n, request)
    if (status === 0) throw new TypeError('Failed to fetch')
    if (status) return new Response('no', { status, headers: { 'content-type': 'text/plain' } })
    if (be.html) return new Response('<!DOCTYPE html><html>log in</html>', { headers: { 'content-type': 'text/html' } })
    const whole = files[url]
    if (!whole) return new Response('missing', { status: 404 })
    const match = be.ignoreRange ? null : /^bytes=(\d+)-(\d*)$/.exec(request.range ?? '')
    const start = match ? Number(match[1]) : 0
    const end = match?.[2] ? Math.min(whole.length, Number(match[2]) + 1) : whole.length
    if (match && start >= whole.length) {
      return new Response('', { status: 416, headers: { 'content-range': `bytes */${whole.length}` } })
    }
    const ranged = match && !be.lengthless
    const response: Record<string, string> = {
      'content-type': 'application/octet-stream',
      etag: be.etag?.() ?? '"one"',
    }
    if (!be.lengthless) response['content-length'] = String(end - start)
    if (ranged) response['content-range'] = `bytes ${start}-${end - 1}/${whole.length}`
    if (request.method === 'HEAD') return new Response(null, { headers: response })
    const cut = be.cutAfter?.[n]
    const bytes = whole.slice(start, end)
    let at = 0
    const body = new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          await new Promise((r) => setTimeout(r))
          if (init?.signal?.aborted) return controller.error(new DOMException('aborted', 'AbortError'))
          if (cut !== undefined && at >= cut) {
            return be.lengthless ? controller.close() : controller.error(new TypeError('network error'))
          }
          if (at >= bytes.length) return controller.close()
          const to = Math.min(at + (be.piece ?? 1000), bytes.length, cut ?? Infinity)
          controller.enqueue(bytes.slice(at, to))
          sent += to - at
          be.onSent?.(sent)
          at = to
        },
      },
      { highWaterMark: 0 },
    )
    return new Response(body, { status: ranged ? 206 : 200, headers: response })
  }
  return { fetch: answer as Fetch, asked, sent: () => sent }
}

/** Bytes that differ everywhere. */
export const noise = (n: number, seed = 1): Uint8Array<ArrayBuffer> => {
  const out = new Uint8Array(n)
  for (let i = 0, x = seed; i < n; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) | 0
    out[i] = x >>> 24
  }
  return out
}
