// Servers that give no answer, for the catalogs' test: one for every reason of store/remote/server.ts but the browser's
// own policy, which e2e/remote.spec.ts meets. For tests only.

import type { ErrorCode } from '../../engine/errors.ts'
import { answer, modelsOf } from '../../store/remote/ask.ts'
import { useRemote } from '../../store/remote/index.ts'
import { readServer } from '../../store/remote/server.ts'
import { chunk, fakeServer, sse, type Answerer } from '../../store/remote/testing.ts'
import type { GenerateRequest } from '../../worker/protocol.ts'

/** The port is another one every time, and stands in the sentence. */
const port = /127\.0\.0\.1:\d+/g
const asked =
  (how: Answerer, options: GenerateRequest = {}) =>
  async (): Promise<void> => {
    const server = await fakeServer(how)
    try {
      for await (const event of answer(
        { base: `${server.url}/v1`, model: 'm' },
        [{ role: 'user', content: 'x' }],
        options,
      )) {
        void event
      }
    } catch (error) {
      const { facts } = error as { facts: Record<string, unknown> }
      if (typeof facts['url'] === 'string') facts['url'] = facts['url'].replace(port, '127.0.0.1:8080')
      throw error
    } finally {
      server.close()
    }
  }

const list: [what: string, run: () => unknown][] = [
  ['an address that no page may ask', () => readServer('http://example.org')],
  ['nobody there', () => modelsOf('http://127.0.0.1:9/v1')],
  [
    'a key that it does not know',
    asked((_, r) => void r.writeHead(401).end('{"error":{"message":"Invalid API key"}}')),
  ],
  ['too many questions', asked((_, r) => void r.writeHead(429).end())],
  ['another kind of server', asked((_, r) => void r.end('hello'))],
  [
    'an answer that is cut',
    asked((_, r) => {
      r.setHeader('content-type', 'text/event-stream')
      r.end(sse(chunk('a')))
    }),
  ],
  ['tokens that are put into an answer', asked(() => undefined, { force: { 0: 1 } })],
  [
    'a page that no service worker runs',
    async () => {
      useRemote.setState({ address: 'https://example.org' })
      await useRemote.getState().allow()
      throw useRemote.getState().error as unknown as Error
    },
  ],
]
export const remoteCauses = list.map(([what, run]) => ({ code: 'REMOTE_FAILED' as ErrorCode, what, run }))
