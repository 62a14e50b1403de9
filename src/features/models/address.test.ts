import { describe, expect, it } from 'vitest'
import { readAddress } from './address.ts'

const host = 'https://huggingface.co'

describe('readAddress', () => {
  it.each([
    ['Qwen/Qwen3-0.6B', { kind: 'hub', repo: 'Qwen/Qwen3-0.6B', host }],
    [' Qwen/Qwen3-0.6B ', { kind: 'hub', repo: 'Qwen/Qwen3-0.6B', host }],
    ['https://huggingface.co/Qwen/Qwen3-0.6B', { kind: 'hub', repo: 'Qwen/Qwen3-0.6B', host }],
    [
      'https://hf-mirror.com/Qwen/Qwen3-0.6B/tree/main',
      { kind: 'hub', repo: 'Qwen/Qwen3-0.6B', host: 'https://hf-mirror.com', revision: 'main' },
    ],
    [
      'https://huggingface.co/a/b/blob/main/sub/c%20d.gguf',
      { kind: 'hub', repo: 'a/b', host, revision: 'main', file: 'sub/c d.gguf' },
    ],
    ['https://example.org/m/model.gguf', { kind: 'url', url: 'https://example.org/m/model.gguf' }],
    ['http://127.0.0.1:8080/m/', { kind: 'url', url: 'http://127.0.0.1:8080/m/' }],
  ])('%s', (text, origin) => expect(readAddress(text, host)).toEqual(origin))
  it.each([
    '',
    'model',
    'a/b/c',
    '../x',
    'javascript:alert(1)',
    'file:///x.gguf',
    'https://huggingface.co/',
    'https://huggingface.co/only',
  ])('refuses %j', (text) => {
    expect(readAddress(text, host)).toBeNull()
  })
})
