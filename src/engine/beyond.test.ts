// A tokenizer that knows more tokens than the embedding has rows: told when the model is loaded, and by name when a
// text holds one.

import { describe, expect, test } from 'vitest'
import { errorsEn } from '../i18n/errors.en.ts'
import { errorsZh } from '../i18n/errors.zh.ts'
import { explain } from '../i18n/explain.ts'
import { noticeText } from '../i18n/notices.ts'
import type { EngineError } from './errors.ts'
import { bytesSource, type ModelFiles } from './formats/bytes.ts'
import { folderFiles } from './formats/testing.ts'
import { loadEngine, type Engine } from './index.ts'

const base = folderFiles('fixtures/golden/llama')
const decode = async (files: ModelFiles, name: string): Promise<Record<string, unknown>> => {
  const source = files.get(name)!
  return JSON.parse(new TextDecoder().decode(await source.read(0, source.size))) as Record<string, unknown>
}
const json = (name: string, value: unknown): [string, ReturnType<typeof bytesSource>] => [
  name,
  bytesSource(name, new TextEncoder().encode(JSON.stringify(value))),
]

/** The tiny llama (97 rows) with a tokenizer of 97 tokens and these behind them, and such ids as end of an answer. */
async function load(added: string[], eos: unknown = 2): Promise<Engine> {
  const tokenizer = await decode(folderFiles('fixtures/faults/st/adapter_only'), 'tokenizer.json')
  const size = Object.keys((tokenizer['model'] as { vocab: object }).vocab).length
  const filling = Array.from({ length: 97 - size }, (_, i) => `<filling ${i}>`)
  const more = [...filling, ...added].map((content, i) => ({
    id: size + i,
    content,
    special: true,
    normalized: false,
    single_word: false,
    lstrip: false,
    rstrip: false,
  }))
  const files = new Map([
    ...base,
    json('tokenizer.json', { ...tokenizer, added_tokens: [...(tokenizer['added_tokens'] as object[]), ...more] }),
    json('config.json', { ...(await decode(base, 'config.json')), eos_token_id: eos }),
  ])
  return loadEngine({ name: 'tiny', files }, { device: 'reference', context: 32 })
}
const failure = async (work: AsyncGenerator): Promise<EngineError> => {
  try {
    for await (const _ of work);
  } catch (error) {
    return error as EngineError
  }
  throw new Error('it should have failed')
}

describe('token ids beyond the embedding', () => {
  test('as many tokens as rows: nothing to say', async () => {
    const engine = await load([])
    expect(engine.info.notices).toEqual([])
    engine.dispose()
  })
  test('more tokens than rows: a notice, and a sentence that names the token when a text holds it', async () => {
    const engine = await load(['<tool>', '<more>'])
    expect(engine.info.notices).toEqual([
      { code: 'TOKENS_BEYOND', facts: { count: 2, rows: 97, id: 97, token: '<tool>' } },
    ])
    expect(noticeText(engine.info.notices[0]!, 'en')).toContain(
      'The tokenizer knows 2 tokens that the model has no row for (first “<tool>”, 97; the embedding has 97 rows).',
    )
    expect(noticeText(engine.info.notices[0]!, 'zh')).toContain('第一个是“<tool>”')
    const { code, message, facts } = await failure(engine.generate('a<more>b', { maxTokens: 1 }))
    expect({ code, facts }).toEqual({
      code: 'TOKENIZER_INVALID',
      facts: { reason: 'beyond', token: '<more>', id: 98, rows: 97, last: 96 },
    })
    const [en, zh] = [
      explain({ code, message, facts }, errorsEn, 'en'),
      explain({ code, message, facts }, errorsZh, 'zh'),
    ]
    expect(`${en.text} ${en.todo}`).toBe(
      '“<more>” is token 98 of the tokenizer, and the model has rows for 0 to 96 only: they are of different versions. Your messages are kept. Leave “<more>” out of the text, or load tokenizer and weights from the same model.',
    )
    expect(zh.text).toBe('“<more>”是分词器的第 98 号词元，而模型只有 0 到 96 的行：两者不是同一版本。')
    // the advice, followed
    for await (const event of engine.generate('ab', { maxTokens: 1 })) {
      expect(['prompt', 'token', 'done']).toContain(event.type)
    }
    expect(await failure(engine.generate({ ids: [5, 98] }, { maxTokens: 1 }))).toMatchObject({
      code: 'PARAM_INVALID',
      facts: { param: 'ids' },
    })
    engine.dispose()
  })
  test('an end that the model cannot write is told', async () => {
    const engine = await load([], [120, 121])
    const tokenizerEnds = engine.info.notices.filter(({ code }) => code === 'ENDS_BEYOND')
    expect(engine.info.notices.filter(({ code }) => code === 'TOKENS_BEYOND')).toEqual([])
    expect(tokenizerEnds).toEqual([{ code: 'ENDS_BEYOND', facts: { ids: '120, 121', rows: 97 } }])
    expect(noticeText(tokenizerEnds[0]!, 'en')).toContain(
      'the token that should end an answer (120, 121)'.replace('the', 'The'),
    )
    engine.dispose()
    const both = await load([], [2, 120])
    expect(both.info.notices).toEqual([])
    both.dispose()
  })
})
