// What an answer is refused for, or falls back from: settings, templates, weights that are no numbers.

import { readFileSync } from 'node:fs'
import { describe, expect, test, vi } from 'vitest'
import { bytesSource } from './formats/bytes.ts'
import type { GenerateOptions } from './index.ts'
import { collect, failure, load, question, storyteller } from './testing/answers.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 })

describe('what is refused', () => {
  test('settings out of range, in words, and the engine stays free', async () => {
    const engine = await load({ device: 'reference' })
    const wrong: [GenerateOptions, string][] = [
      [{ temperature: -1 }, 'temperature'],
      [{ temperature: NaN }, 'temperature'],
      [{ topP: -0.1 }, 'topP'],
      [{ repetitionPenalty: 0 }, 'repetitionPenalty'],
      [{ seed: 0.5 }, 'seed'],
      [{ maxTokens: 0 }, 'maxTokens'],
      [{ maxTokens: 2.5 }, 'maxTokens'],
      [{ maxTokens: NaN }, 'maxTokens'],
      [{ top: -1 }, 'top'],
      [{ repetitionPenalty: 1e-308 }, 'repetitionPenalty'],
      [{ stop: 'end' as never }, 'stop'],
      [{ temprature: 0 } as never, 'temprature'],
      [null as never, 'options'],
    ]
    for (const [options, param] of wrong) {
      const error = await failure(collect(engine.generate(question, options)))
      expect(error).toMatchObject({ code: 'PARAM_INVALID', facts: { param } })
      expect(error.message).toContain(`"${param}"`)
    }
    for (const ids of [[engine.info.vocab], [-1], [1.5]]) {
      expect((await failure(collect(engine.generate({ ids })))).code).toBe('PARAM_INVALID')
    }
    for (const nothing of ['', { ids: [] }]) {
      expect((await failure(collect(engine.generate(nothing)))).code).toBe('PARAM_INVALID')
    }
    expect((await collect(engine.generate(question, { maxTokens: 1 }))).tokens.length).toBe(1)
  })
  test.each([
    ['refuses', '{{ raise_exception("no such role") }}', 'no such role'],
    ['is no template', '{% for %}', 'cannot be run'],
    ['never ends', '{% for i in range(9999) %}{% for j in range(9999) %}x{% endfor %}{% endfor %}', 'was stopped'],
  ])('a chat template that %s falls back to the built-in one, with a notice', async (_, template, why) => {
    const config = JSON.parse(readFileSync('public/models/storyteller/tokenizer_config.json', 'utf8')) as object
    const files = new Map(storyteller).set(
      'tokenizer_config.json',
      bytesSource(
        'tokenizer_config.json',
        new TextEncoder().encode(JSON.stringify({ ...config, chat_template: template })),
      ),
    )
    const engine = await load({ device: 'reference' }, files)
    const { prompt, tokens } = await collect(engine.generate(question, { maxTokens: 1 }))
    expect(prompt.notice).toEqual({
      format: 'ChatML',
      error: {
        code: expect.stringMatching(/^TEMPLATE_/),
        message: expect.stringContaining(why),
        facts: expect.anything(),
      },
    })
    expect(structuredClone(prompt.notice)).toEqual(prompt.notice)
    expect(prompt.text).toBe(`<|im_start|>user\n${question[0]!.content}<|im_end|>\n<|im_start|>assistant\n`)
    expect(tokens.length).toBe(1)
  })
  test('weights so large that their product is no number: the operation is named and no token comes', async () => {
    const bytes = new Uint8Array(readFileSync('public/models/storyteller/model.safetensors'))
    const view = new DataView(bytes.buffer)
    const length = Number(view.getBigUint64(0, true))
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<
      string,
      { data_offsets: [number, number] }
    >
    const [begin, end] = header['model.layers.2.post_attention_layernorm.weight']!.data_offsets
    for (let at = begin; at < end; at += 4) view.setFloat32(8 + length + at, 3e38, true)
    const engine = await load(
      { device: 'reference' },
      new Map(storyteller).set('model.safetensors', bytesSource('model.safetensors', bytes)),
    )
    const seen: string[] = []
    for (let again = 0; again < 2; again++) {
      const error = await failure(
        (async () => {
          for await (const { type } of engine.generate('Lily')) seen.push(type)
        })(),
      )
      expect(error).toMatchObject({ code: 'NUMERIC', facts: { step: 'blocks.2.mlp.norm', value: 'NaN' } })
      expect(error.message).toContain('"blocks.2.mlp.norm"')
    }
    expect(seen).toEqual(['prompt', 'prompt'])
  })
})
