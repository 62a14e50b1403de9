import { expect, it } from 'vitest'
import { plainName } from './plain-name.ts'

it('shows what would turn a name round, and leaves names alone', () => {
  expect(plainName('x\u202egnp.exe')).toBe('x⟨U+202E⟩gnp.exe')
  for (const code of [0x202a, 0x202b, 0x202c, 0x202d, 0x2066, 0x2067, 0x2068, 0x2069, 0x2028, 0x1b, 0x85]) {
    expect(plainName(`a${String.fromCharCode(code)}b`)).toMatch(/^a⟨U\+[0-9A-F]{4}⟩b$/)
  }
  for (const name of ['Qwen/Qwen3-0.6B', '小红的故事', 'مرحبا', 'שלום', 'emoji 👩‍👩‍👧', 'tab\tand\nline', 'a\u200eb']) {
    expect(plainName(name)).toBe(name)
  }
})
