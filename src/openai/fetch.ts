// A `fetch` that never leaves this thread: paths, methods and errors of OpenAI's HTTP API in front of the same calls, so
// that the official client, and what is built on it, works unchanged. JSON, and server-sent events for streams.

import { EngineError, type ErrorCode } from '../engine/errors.ts'
import type { OpenAIShaped } from './shaped.ts'

/** Characters of a request's body. */
const largest = 2 ** 25

interface Failure {
  status: number
  type: string
  code?: string
}
const invalid: Failure = { status: 400, type: 'invalid_request_error' }
/** Everything else is the server's: 500. */
const failures: Partial<Record<ErrorCode, Failure>> = {
  PARAM_INVALID: invalid,
  CONSTRAINT_INVALID: invalid,
  CONTEXT_FULL: { ...invalid, code: 'context_length_exceeded' },
  TASK_UNSUPPORTED: { ...invalid, code: 'model_not_supported' },
  TEMPLATE_FAILED: invalid,
  TEMPLATE_LIMIT: invalid,
  BUSY: { status: 429, type: 'rate_limit_error', code: 'busy' },
  ABORTED: { status: 503, type: 'server_error', code: 'stopped' },
  GPU_LOST: { status: 503, type: 'server_error' },
  WORKER_DIED: { status: 503, type: 'server_error' },
}

interface ErrorBody {
  error: { message: string; type: string; param: string | null; code: string | null }
}
function failure(error: unknown): { status: number; body: ErrorBody } {
  const known = error instanceof EngineError ? error : null
  const param = typeof known?.facts.param === 'string' ? known.facts.param : null
  const { status, type, code } = (known && failures[known.code]) ?? { status: 500, type: 'server_error' }
  const missing = param === 'model' && status === 400
  return {
    status: missing ? 404 : status,
    body: {
      error: {
        message: error instanceof Error ? error.message : String(error),
        type,
        param,
        code: missing ? 'model_not_found' : (code ?? known?.code.toLowerCase() ?? null),
      },
    },
  }
}

const json = (value: unknown, status = 200): Response =>
  // nothing that failed here goes better at once, but what was busy
  Response.json(value, { status, headers: status === 200 || status === 429 ? {} : { 'x-should-retry': 'false' } })

const refused = (status: number, message: string, code: string): Response =>
  json({ error: { message, type: 'invalid_request_error', param: null, code } } satisfies ErrorBody, status)

/** What a path and a method ask for; body: of the request, parsed. */
type Route = (body: unknown, signal: AbortSignal) => Promise<unknown>

function routes(api: OpenAIShaped, path: string): Record<string, Route> | null {
  const [, endpoint] = /\/(chat\/completions|completions|embeddings)\/?$/.exec(path) ?? []
  // any: the call looks at everything in a body
  if (endpoint) {
    const { create } = {
      'chat/completions': api.chat.completions,
      completions: api.completions,
      embeddings: api.embeddings,
    }[endpoint as 'completions']
    return { POST: (body, signal) => create(body as never, { signal }) }
  }
  const [, list, name] = /\/(models)(?:\/(.+))?$/.exec(path) ?? []
  if (name !== undefined) {
    return { GET: () => api.models.retrieve(named(name)), DELETE: () => api.models.delete(named(name)) }
  }
  return list ? { GET: () => api.models.list() } : null
}

function named(encoded: string): string {
  try {
    return decodeURIComponent(encoded)
  } catch {
    return encoded
  }
}

/**
 * @returns fetch for /v1/chat/completions, /v1/completions, /v1/embeddings, /v1/models and /v1/models/NAME, under any
 * origin. As the browser's it rejects only where the signal fired, or the address is none
 */
export const openaiFetch =
  (api: OpenAIShaped): typeof fetch =>
  async (input, init) => {
    const request = new Request(input as RequestInfo, init)
    const { pathname } = new URL(request.url)
    request.signal.throwIfAborted()
    const found = routes(api, pathname)
    if (!found) return refused(404, `Unknown request: nothing of this API is at ${pathname}.`, 'unknown_url')
    const route = found[request.method]
    if (!route) {
      const allowed = Object.keys(found).join(' or ')
      return refused(405, `Cannot ${request.method} ${pathname}: it takes ${allowed}.`, 'method_not_allowed')
    }
    let body: unknown
    if (request.method === 'POST') {
      const text = await request.text()
      if (text.length > largest) return refused(413, `The request is longer than ${largest} characters.`, 'too_large')
      try {
        body = JSON.parse(text)
      } catch (error) {
        return refused(400, `The request's body is not JSON: ${(error as Error).message}.`, 'invalid_json')
      }
    }
    const stop = new AbortController()
    const signal = AbortSignal.any([request.signal, stop.signal])
    try {
      const answer = await route(body, signal)
      return isStream(answer) ? events(answer, signal, stop) : json(answer)
    } catch (error) {
      request.signal.throwIfAborted()
      const { status, body } = failure(error)
      return json(body, status)
    }
  }

const isStream = (answer: unknown): answer is AsyncIterable<unknown> => Symbol.asyncIterator in Object(answer)

/** Server-sent events; who stops reading stops the answer. */
function events(items: AsyncIterable<unknown>, signal: AbortSignal, stop: AbortController): Response {
  const reading = items[Symbol.asyncIterator]()
  const utf8 = new TextEncoder()
  const event = (value: unknown): Uint8Array =>
    utf8.encode(`data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`)
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reading.next()
        controller.enqueue(event(done ? '[DONE]' : value))
        if (done) controller.close()
      } catch (error) {
        if (signal.aborted) return controller.error(signal.reason)
        controller.enqueue(event(failure(error).body))
        controller.close()
      }
    },
    cancel(reason) {
      stop.abort(reason)
    },
  })
  return new Response(stream, {
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' },
  })
}
