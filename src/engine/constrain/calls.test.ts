// Calls that an answer must make: with logits that know nothing, real tokenizers and real templates, every answer is a
// call that is read as one and has the tool's schema.

import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { parseCalls, type CallStyle } from '../chat/calls.ts'
import { generate } from '../generate.ts'
import { generateMany } from '../many.ts'
import { collect, failure, user } from '../testing/answers.ts'
import { randomModel } from '../testing/random.ts'
import type { DoneEvent, GenerateOptions, ToolChoice } from '../types.ts'
import { marksOf } from './calls.ts'
import { Form } from './form.ts'
import { byteEnd, byteTokens, bytes, follows } from './testing.ts'

const fixture = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../fixtures/${path}`, import.meta.url), 'utf8'))
const tokenizer = (name: string): object => (fixture(`tokenizer/${name}.json`) as { tokenizer: object }).tokenizer

const weather = {
  type: 'object',
  properties: {
    city: { enum: ['北京', 'Paris', '"; {'] },
    days: { type: 'integer', minimum: 1, maximum: 16 },
    exact: { type: 'boolean' },
    note: { type: ['string', 'null'], maxLength: 6 },
  },
  required: ['city', 'days'],
  additionalProperties: false,
}
const tool = (name: string, parameters?: object, more: object = {}): object => ({
  type: 'function',
  function: { name, description: 'x', ...(parameters && { parameters }), ...more },
})
const tools = [tool('get_weather', weather), tool('now')]

type Args = Record<string, unknown>
const isWeather = (args: Args): boolean => {
  const { city, days, exact = true, note = null, ...more } = args
  return (
    Object.keys(more).length === 0 &&
    (weather.properties.city.enum as unknown[]).includes(city) &&
    Number.isInteger(days) &&
    (days as number) >= 1 &&
    (days as number) <= 16 &&
    typeof exact === 'boolean' &&
    (note === null || (typeof note === 'string' && [...note].length <= 6))
  )
}
function expectCalls({ calls, fits, reason }: DoneEvent, names: readonly string[]): void {
  expect({ fits, reason }).toEqual({ fits: true, reason: 'stop' })
  expect(calls!.length).toBeGreaterThan(0)
  for (const { function: made } of calls!) {
    expect(names).toContain(made.name)
    const args = made.arguments as Args
    if (made.name === 'now') expect(args).toEqual({})
    else expect(isWeather(args), JSON.stringify(args)).toBe(true)
  }
}

/** As Llama 3.1's and Mistral v3's own templates tell of tools, and write them. */
const llama = `{{ bos_token }}{% if tools %}{{ '<|start_header_id|>system<|end_header_id|>\\n\\nRespond in the format {"name": function name, "parameters": dictionary of argument name and its value}. ' }}{% for t in tools %}{{ t | tojson(indent=4) }}{% endfor %}<|eot_id|>{% endif %}{% for m in messages %}<|start_header_id|>{{ m.role }}<|end_header_id|>\n\n{{ m.content }}<|eot_id|>{% endfor %}<|start_header_id|>assistant<|end_header_id|>\n\n`
const mistral = `{{ bos_token }}{% if tools %}[AVAILABLE_TOOLS]{{ tools | tojson }}[/AVAILABLE_TOOLS]{% endif %}{% for m in messages %}{% if m.tool_calls %}[TOOL_CALLS]{{ m.tool_calls | tojson }}{% else %}[INST] {{ m.content }}[/INST]{% endif %}{% endfor %}`
const qwen3 = (fixture('chat/real.json') as { name: string; template: string }[]).find(({ name }) => name === 'qwen3')!
const glm = Object.fromEntries(
  ['[gMASK]', 'sop', '<|system|>', '<|user|>', '<|assistant|>', '<|observation|>'].map((name) => [name, true]),
)
const models: [string, CallStyle, Parameters<typeof randomModel>, GenerateOptions?][] = [
  ['Qwen3', 'hermes', [tokenizer('qwen2'), qwen3.template, { '<tool_call>': false, '</tool_call>': false }]],
  ['Qwen3 without tokens for the marks', 'hermes', [tokenizer('smollm'), qwen3.template]],
  ['Llama 3.1', 'llama3', [tokenizer('llama3'), llama, { '<|python_tag|>': true }]],
  ['Mistral', 'mistral', [tokenizer('tekken'), mistral, { '[TOOL_CALLS]': true }]],
  ['Mistral in SentencePiece', 'mistral', [tokenizer('spm-legacy'), mistral, { '[TOOL_CALLS]': true }]],
  ['ChatGLM3', 'chatglm3', [tokenizer('gemma'), '{{ messages }}', glm], { format: 'ChatGLM3' }],
]

describe.each(models)('%s', (_, style, given, more = {}) => {
  let model: Awaited<ReturnType<typeof randomModel>>
  beforeAll(async () => {
    model = await randomModel(...given)
  })
  const ask = (toolChoice: ToolChoice, seed: number, options: GenerateOptions = {}) => {
    const hot = { temperature: 1, topK: 0, topP: 1, maxTokens: 1500, seed, speculation: 'off' as const }
    return generate(model.context, user('How hot is it?'), { ...hot, tools, toolChoice, top: 0, ...more, ...options })
  }
  const done = async (...asked: Parameters<typeof ask>): Promise<DoneEvent> => (await collect(ask(...asked))).done

  test('required: each of 50 answers is calls that have the schema', async () => {
    const named = new Set<string>(),
      lengths = new Set<number>()
    for (let seed = 0; seed < 50; seed++) {
      const answer = await done({ required: true }, seed)
      expectCalls(answer, ['get_weather', 'now'])
      expect(answer.beside).toBe('')
      lengths.add(answer.calls!.length)
      for (const call of answer.calls!) named.add(call.function.name)
    }
    expect(named.size).toBe(2)
    if (style !== 'chatglm3') expect(lengths.size).toBeGreaterThan(1)
  })

  test('a tool by its name, once', async () => {
    for (let seed = 0; seed < 10; seed++) {
      const answer = await done({ required: true, only: ['get_weather'], one: true }, seed)
      expectCalls(answer, ['get_weather'])
      expect(answer.calls).toHaveLength(1)
    }
  })

  test('words or a call: what is a call has the schema of its strict tool', async () => {
    const strict = [tool('get_weather', weather, { strict: true }), tool('now', undefined, { strict: true })]
    for (let seed = 0; seed < 20; seed++) {
      const answer = await done({ one: true }, seed, { tools: strict, maxTokens: 60 })
      if (answer.calls && answer.reason === 'stop') expectCalls(answer, ['get_weather', 'now'])
      else expect(answer.calls).toBeUndefined()
    }
  })
})

test('several answers side by side are calls, each', async () => {
  const { context } = await randomModel(...models[0]![2])
  const options = { tools, toolChoice: { required: true }, n: 3, maxTokens: 1500, temperature: 1, topK: 0, seed: 4 }
  const ended: DoneEvent[] = []
  for await (const event of generateMany(context, user('x'), options)) if (event.type === 'done') ended.push(event)
  expect(ended).toHaveLength(3)
  for (const done of ended) expectCalls(done, ['get_weather', 'now'])
})

describe('what cannot be held', () => {
  const strange = { type: 'object', properties: { a: { type: 'array', uniqueItems: true } } }
  const refused = async (options: GenerateOptions, at = 0): Promise<object> => {
    const { context } = await randomModel(...models[at]![2])
    return failure(collect(generate(context, user('x'), { tools, toolChoice: { required: true }, ...options })))
  }
  test.each<[string, GenerateOptions, object]>([
    ['a choice without tools', { tools: [] }, { code: 'PARAM_INVALID', facts: { param: 'toolChoice' } }],
    [
      'a tool that is not there',
      { toolChoice: { only: ['x'] } },
      { code: 'PARAM_INVALID', facts: { param: 'toolChoice' } },
    ],
    ['a name nobody knows', { toolChoice: { must: true } as ToolChoice }, { facts: { param: 'toolChoice.must' } }],
    ['two tools of one name', { tools: [tool('a'), tool('a')] }, { facts: { param: 'tools[1].function.name' } }],
    [
      'a keyword that is not computed with',
      { tools: [tool('a'), tool('b', strange)] },
      { code: 'CONSTRAINT_INVALID', facts: { at: 'tools[1].function.parameters/properties/a', found: 'uniqueItems' } },
    ],
    [
      'arguments that are no object',
      { tools: [tool('a', { type: 'string' })] },
      { code: 'CONSTRAINT_INVALID', facts: { problem: 'arguments', at: 'tools[0].function.parameters' } },
    ],
    ['a form beside it', { constraint: 'json' }, { code: 'CONSTRAINT_INVALID', facts: { problem: 'tools' } }],
  ])('%s', async (_, options, error) => {
    expect(await refused(options)).toMatchObject(error)
  })
  test('a tool whose arguments ChatGLM3 cannot write', async () => {
    const odd = [tool('a', { type: 'object', properties: { 'a b': {} }, required: ['a b'] })]
    const error = await refused({ tools: odd, format: 'ChatGLM3' }, 5)
    expect(error).toMatchObject({ facts: { problem: 'name', found: 'a b' } })
  })
  test('a template that teaches no way that is read', async () => {
    const { context } = await randomModel(tokenizer('qwen2'), '{{ tools }}{{ messages }}')
    const error = failure(collect(generate(context, user('x'), { tools, toolChoice: {} })))
    expect(await error).toMatchObject({ code: 'PARAM_INVALID', facts: { param: 'toolChoice' } })
  })
})

describe('words that are no call', () => {
  const form = (style: CallStyle): Form => {
    const held = [{ name: 'f', parameters: { type: 'object', properties: {}, additionalProperties: false }, index: 0 }]
    return new Form({ style, tools: held, required: false, one: true }, byteTokens)
  }
  const calls: Record<CallStyle, string> = {
    hermes: '<tool_call>\n{"name": "f", "arguments": {}}\n</tool_call>',
    llama3: '{"name": "f", "parameters": {}}',
    mistral: '[TOOL_CALLS] [{"name": "f", "arguments": {}}]',
    chatglm3: 'f\n ```python\ntool_call()\n```',
  }
  const wrong: Record<CallStyle, string[]> = {
    hermes: ['<tool_call>{"name": "g"}</tool_call>', 'a <<tool_call>{"name": "f", "arguments": {"a": 1}}</tool_call>'],
    llama3: ['{"name": "g", "parameters": {}}', '\u00a0\n{"name": "f", "parameters": {"a": 1}}', 'So. <|python_tag|>1'],
    mistral: ['[TOOL_CALLS][]', '[[TOOL_CALLS]x'],
    chatglm3: ['g\n ```python\ntool_call()\n```', 'f\n ```python\ntool_call(a=1)\n```', '\nSo<|assistant|>g\n'],
  }
  test.each(Object.keys(marksOf) as CallStyle[])('%s', (style) => {
    const has = (text: string): boolean => follows(form(style), byteEnd, bytes(text)) === true
    expect(has(calls[style])).toBe(true)
    expect(parseCalls(calls[style], style).calls).toEqual([{ name: 'f', arguments: {} }])
    const plain = style === 'chatglm3' ? '\n Sure, <|assis 你好' : '  Sure, <tool_cal [TOOL_CALL <|python 你好'
    expect(has(plain)).toBe(true)
    expect(parseCalls(plain, style).calls).toEqual([])
    for (const text of wrong[style]) expect(has(text), text).toBe(false)
  })
})
