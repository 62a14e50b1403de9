// Test helper: reads fixtures/tokenizer/*.json. Node only; not part of the engine.

import { readFileSync } from 'node:fs'

export interface Case {
  text: string
  ids: number[]
  plain: number[]
  decoded: string
  skipped: string
}

export const fixtureNames = [
  'gpt2',
  'gpt2-prefix',
  'smollm',
  'qwen2',
  'llama3',
  'tekken',
  'punctuation',
  'spm-legacy',
  'spm-metaspace',
  'gemma',
  'wordpiece',
  'unigram',
  'gpt1',
] as const

export function readJson(path: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8'))
}

export function readFixture(name: string): { tokenizer: Record<string, unknown>; cases: Case[] } {
  return readJson(`fixtures/tokenizer/${name}.json`) as { tokenizer: Record<string, unknown>; cases: Case[] }
}
