// A real server on this machine that breaks its answers on demand, one chunk's request at a time. Tests only.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'

/** What can go wrong with one answer; trust.md's N1. */
export const faults = [
  'reset',
  'short',
  'short, no length',
  'cut gzip',
  '500',
  '404',
  '416',
  '429',
  'web page',
  'stall',
  'wrong bytes',
  'range ignored',
  'wrong range',
  'other ETag',
] as const
export type Fault = (typeof faults)[number]

export interface Web {
  url: string
  /** the fault of an answer that begins at byte `from` of the file; null: none. Asked once for each request */
  fault: (file: string, from: number) => Fault | null
  /** milliseconds before an answer begins */
  delay: (from: number) => number
  /** bytes per write; all at once when it is 0 */
  piece: number
  /** knows no ranges and tells no length */
  lengthless: boolean
  /** lengthless answers end cleanly after so many bytes */
  cutAt: number
  etag: string
  /** body bytes that were sent, and what was asked */
  sent: number
  asked: string[]
  close(): Promise<void>
}

const wait = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms)
  })

export async function openWeb(files: Readonly<Record<string, Uint8Array>>): Promise<Web> {
  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const web: Web = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    fault: () => null,
    delay: () => 0,
    piece: 0,
    lengthless: false,
    cutAt: Infinity,
    etag: '"one"',
    sent: 0,
    asked: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return web

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = request.url!.slice(1)
    const whole = files[name]
    web.asked.push(`${name} ${request.headers.range ?? ''}`)
    if (!whole) return void response.writeHead(404).end()
    const range = web.lengthless ? null : /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '')
    const from = range ? Number(range[1]) : 0
    const to = range?.[2] ? Math.min(whole.length, Number(range[2]) + 1) : whole.length
    const found = web.fault(name, from)
    const fault = range || !/range|416/.test(found ?? '') ? found : null
    await wait(web.delay(from))
    const head: Record<string, string> = { etag: web.etag, 'content-type': 'application/octet-stream' }
    if (web.lengthless) {
      response.writeHead(200, head)
      return send(response, whole.subarray(0, web.cutAt))
    }
    const body = whole.subarray(from, to)
    const half = body.subarray(0, Math.max(1, body.length >> 1))
    const status = range ? 206 : 200
    if (range) head['content-range'] = `bytes ${from}-${to - 1}/${whole.length}`
    const full = { ...head, 'content-length': String(body.length) }
    switch (fault) {
      case 'reset':
        response.writeHead(status, full)
        await written(response, half)
        return void response.socket?.resetAndDestroy()
      case 'short':
        response.writeHead(status, full)
        await written(response, half)
        return void response.socket?.end()
      case 'short, no length':
        response.writeHead(status, { ...head, connection: 'close' })
        return send(response, half)
      case 'cut gzip': {
        const packed = gzipSync(body)
        response.writeHead(status, { ...head, 'content-encoding': 'gzip', connection: 'close' })
        return send(response, packed.subarray(0, packed.length >> 1))
      }
      case '500':
      case '404':
      case '429':
        return void response.writeHead(Number(fault), fault === '429' ? { 'retry-after': '0' } : {}).end('no')
      case '416':
        return void response.writeHead(416, { 'content-range': `bytes */${whole.length}` }).end()
      case 'web page':
        return void response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><html>log in</html>')
      case 'stall':
        response.writeHead(status, full)
        await written(response, half)
        return // and never a byte more
      case 'wrong bytes':
        response.writeHead(status, full)
        return send(
          response,
          body.map((byte) => byte ^ 1),
        )
      case 'range ignored':
        response.writeHead(200, { etag: web.etag, 'content-length': String(whole.length) })
        return send(response, whole)
      case 'wrong range':
        response.writeHead(206, { ...full, 'content-range': `bytes ${from + 1}-${to}/${whole.length + 1}` })
        return send(response, body)
      case 'other ETag':
        response.writeHead(status, { ...full, etag: '"two"' })
        return send(response, body)
      case null:
        response.writeHead(status, full)
        return send(response, body)
    }
  }

  /** Resolves when the bytes have left. */
  function written(response: ServerResponse, bytes: Uint8Array): Promise<void> {
    web.sent += bytes.length
    return new Promise((resolve) => {
      response.write(bytes, () => resolve())
    })
  }

  async function send(response: ServerResponse, bytes: Uint8Array): Promise<void> {
    if (web.piece === 0) {
      web.sent += bytes.length
      return void response.end(bytes)
    }
    response.socket?.setNoDelay(true)
    for (let at = 0; at < bytes.length; at += web.piece) await written(response, bytes.subarray(at, at + web.piece))
    response.end()
  }
}
