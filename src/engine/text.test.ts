// A model's files from the outside: what its chat template sees, and the ids of a chat, against transformers'
// AutoTokenizer.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { bytesSource } from './formats/bytes.ts'
import { encodePrompt } from './generate.ts'
import { openText, type ModelText } from './text.ts'
import type { ChatMessage } from './types.ts'

const readJson = (path: string): unknown => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'))
const open = (files: Record<string, unknown>, config: Record<string, unknown> = {}): Promise<ModelText> =>
  openText({
    files: new Map(
      Object.entries(files)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => [
          name,
          bytesSource(name, new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value))),
        ]),
    ),
    config,
    generationConfig: null,
    metadata: null,
    format: 'safetensors',
    tensors: new Map(),
    renamed: null,
    nameInFile: (name) => name,
    ignored: [],
  })
const ask = (text: ModelText, messages: ChatMessage[]): ReturnType<typeof encodePrompt> =>
  encodePrompt(text as never, messages)

interface Chats {
  tokenizer: object
  messages: ChatMessage[]
  cases: {
    name: string
    tokenizer_config: object
    eos_token_id?: number[]
    patch?: object
    jinja?: string
    text?: string
    ids?: number[]
    plain?: number[]
    error?: string
  }[]
}

describe('special tokens in a chat template', () => {
  const { tokenizer, messages, cases } = readJson('fixtures/chat/special-tokens.json') as Chats
  test.each(cases.map((c) => [c.name, c] as const))('%s', async (_, c) => {
    const text = await open(
      {
        'tokenizer.json': { ...tokenizer, ...c.patch },
        'tokenizer_config.json': c.tokenizer_config,
        'chat_template.jinja': c.jinja,
      },
      { eos_token_id: c.eos_token_id },
    )
    const prompt = ask(text, messages)
    if (c.error === undefined && c.text !== '') {
      expect(prompt.text).toBe(c.text)
      expect(prompt.ids).toEqual(c.ids)
      expect(prompt.notice).toBeUndefined()
      expect(text.tokenizer.encode('Hi <s> you')).toEqual(c.plain)
    } else {
      // the built-in format stands in, and the notice says why
      expect(prompt.notice).toMatchObject({
        error: { code: 'TEMPLATE_FAILED', facts: { reason: c.text === '' ? 'empty' : 'default' } },
        format: 'User/Assistant',
      })
      expect(prompt.text).toContain('User: and?')
    }
  })

  const byName = readJson('fixtures/tokenizer/named-tokens.json') as {
    template: string
    cases: { name: string; patch?: object; config: object; map?: object; shown: string; text: string; ids: number[] }[]
  }
  const base = (readJson('fixtures/tokenizer/config-tokens.json') as { tokenizer: object }).tokenizer
  test.each(byName.cases.map((c) => [c.name, c] as const))(
    '%s',
    async (_, { patch, config, map, shown, text, ids }) => {
      const model = await open({
        'tokenizer.json': { ...base, ...patch },
        'tokenizer_config.json': { ...config, chat_template: byName.template },
        'special_tokens_map.json': map,
      })
      expect(ask(model, [{ role: 'user', content: 'a <s> b' }])).toMatchObject({ text: shown })
      expect(model.tokenizer.encode(text, { addSpecial: false })).toEqual(ids)
      const { agrees, ids: explained } = model.lab().explain(text)
      expect([agrees, explained]).toEqual([true, ids])
    },
  )
})

describe('files of a tokenizer, read together', () => {
  const given = readJson('fixtures/tokenizer/files.json') as {
    name: string
    files: Record<string, unknown>
    rows: [string, number[], number[], string, string][]
  }[]
  test.each(given.map((c) => [c.name, c] as const))('%s', async (_, { files, rows }) => {
    const { tokenizer, lab } = await open(files)
    for (const [text, ids, plain, skipped, full] of rows) {
      expect(tokenizer.encode(text), text).toEqual(ids)
      expect(tokenizer.encode(text, { addSpecial: false }), text).toEqual(plain)
      expect(tokenizer.decode(ids, { skipSpecial: true }), text).toBe(skipped)
      expect(tokenizer.decode(ids), text).toBe(full)
      expect(lab().explain(text).agrees, text).toBe(true)
    }
  })
})

describe('templates in files', () => {
  const base = (readJson('fixtures/tokenizer/config-tokens.json') as { tokenizer: object }).tokenizer
  const hi: ChatMessage[] = [{ role: 'user', content: 'Hi' }]
  const config = { chat_template: 'C' }
  test.each<[string, Record<string, unknown>, string]>([
    ['one beside the configuration', { 'chat_template.jinja': 'J' }, 'J'],
    ['further ones beside it', { 'chat_template.jinja': 'J', 'additional_chat_templates/tool_use.jinja': 'T' }, 'J'],
    [
      'a default among the further ones',
      { 'additional_chat_templates/default.jinja': 'D', 'additional_chat_templates/tool_use.jinja': 'T' },
      'D',
    ],
  ])('%s', async (_, files, text) => {
    expect(ask(await open({ 'tokenizer.json': base, 'tokenizer_config.json': config, ...files }), hi).text).toBe(text)
  })
  test("further ones alone take the place of the configuration's and none is for a chat", async () => {
    const { notice, text } = ask(
      await open({
        'tokenizer.json': base,
        'tokenizer_config.json': config,
        'additional_chat_templates/tool_use.jinja': 'T',
      }),
      hi,
    )
    expect(text).toBe('User: Hi\nAssistant:')
    expect(notice!.error).toMatchObject({
      code: 'TEMPLATE_FAILED',
      message:
        'The model\'s chat template cannot be used: the model has several and none is named "default" (found "tool_use").',
      facts: { reason: 'default', names: '"tool_use"' },
    })
  })
})
