import { expect, test } from 'vitest'
import type { ErrorData } from '../../store/index.ts'
import { otherHub } from './hubs.ts'

const error = (code: ErrorData['code'], facts: ErrorData['facts'] = {}): ErrorData => ({ code, message: '', facts })

test('another hub is offered where this one does not answer, and nowhere else', () => {
  const hub = { kind: 'hub' as const, repo: 'o/n' }
  expect(otherHub(hub, error('NETWORK', { reason: 'connection' }))).toBe('https://hf-mirror.com')
  expect(otherHub(hub, error('NETWORK', { reason: 'stall' }))).toBe('https://hf-mirror.com')
  expect(otherHub({ ...hub, host: 'https://hf-mirror.com' }, error('NETWORK'))).toBe('https://huggingface.co')
  expect(otherHub(hub, error('HTTP_STATUS', { status: 503 }))).toBe('https://hf-mirror.com')
  expect(otherHub(hub, error('HASH_MISMATCH', { reason: 'part' }))).toBe('https://hf-mirror.com')
  for (const [origin, problem] of [
    [hub, error('HTTP_STATUS', { status: 404 })],
    [hub, error('STORAGE_QUOTA')],
    [hub, error('HASH_MISMATCH')],
    [{ kind: 'url' as const, url: 'https://x.test/a.gguf' }, error('NETWORK')],
    [undefined, error('NETWORK')],
  ] as const) {
    expect(otherHub(origin, problem)).toBe(null)
  }
})
