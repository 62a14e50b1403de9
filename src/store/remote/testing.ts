// A server as llama.cpp, vLLM and the others answer, in this process. Tests only.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Asked {
  method: string
  path: string
  headers: IncomingMessage['headers']
  body: Record<string, unknown> | null
}
export type Answerer = (asked: Asked, response: ServerResponse) => void | Promise<void>

export interface FakeServer {
  url: string
  asked: Asked[]
  answer: Answerer
  close(): void
}

/** @param allow what it lets pages of other origins ask; null: nothing */
export async function fakeServer(answer: Answerer, allow: string | null = '*'): Promise<FakeServer> {
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      if (allow !== null) {
        response.setHeader('access-control-allow-origin', allow)
        response.setHeader('access-control-allow-headers', 'content-type, authorization')
      }
      if (request.method === 'OPTIONS') return response.writeHead(204).end()
      const text = Buffer.concat(parts).toString()
      const asked: Asked = {
        method: request.method!,
        path: request.url!,
        headers: request.headers,
        body: text === '' ? null : (JSON.parse(text) as Asked['body']),
      }
      fake.asked.push(asked)
      return void fake.answer(asked, response)
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const fake: FakeServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    answer,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
  return fake
}

/** A chunk of a chat completion, with the chances of its one token. */
export const chunk = (text: string, tops: readonly [string, number][] = [], finish: string | null = null): object => ({
  object: 'chat.completion.chunk',
  choices: [
    {
      index: 0,
      delta: { content: text },
      finish_reason: finish,
      ...(tops.length > 0 && {
        logprobs: {
          content: [
            {
              token: text,
              logprob: Math.log(tops[0]![1]),
              bytes: [...Buffer.from(text)],
              top_logprobs: tops.map(([token, p]) => ({ token, logprob: Math.log(p), bytes: [...Buffer.from(token)] })),
            },
          ],
        },
      }),
    },
  ],
})
export const sse = (...events: (object | string)[]): string =>
  events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`).join('')

/** Two models, and an answer of three tokens. */
export const kind: Answerer = ({ path }, response) => {
  if (path === '/v1/models') {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ object: 'list', data: [{ id: 'big-70b' }, { id: 'small' }] }))
    return
  }
  response.setHeader('content-type', 'text/event-stream')
  response.end(
    sse(
      { choices: [{ index: 0, delta: { role: 'assistant' } }] },
      chunk('Far', [
        ['Far', 0.5],
        ['Near', 0.25],
      ]),
      chunk(' away', [
        [' away', 0.8],
        [' off', 0.1],
      ]),
      chunk('.', [['.', 0.9]], 'stop'),
      { choices: [], usage: { completion_tokens: 3 } },
      '[DONE]',
    ),
  )
}
