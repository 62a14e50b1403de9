// Built-in prompt formats: texts against the papers' and repositories' own, ids against a reference that encodes every
// stretch alone (tools/chat/make_prompts.py), and which format a checkpoint is told to speak.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { chatFormatOf, formats, type ChatFacts } from './chat/formats.ts'
import { turnsOf, type FormatVars } from './chat/format.ts'
import { formatNames, type FormatName } from './chat/names.ts'
import { endsOf, writeChat } from './chat/write.ts'
import { bytesSource } from './formats/bytes.ts'
import { encodePrompt } from './generate.ts'
import { openText, type ModelText } from './text.ts'
import type { ChatMessage, PromptOptions } from './types.ts'

const file = (name: string): Buffer => readFileSync(new URL(`../../fixtures/chat/${name}`, import.meta.url))
const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

interface Case {
  name: string
  config: Record<string, unknown>
  generation?: Record<string, unknown>
  tokenizer: Record<string, unknown>
  messages: ChatMessage[]
  tools?: object[]
  ids: number[]
}
const open = ({ config, generation, tokenizer }: Case): Promise<ModelText> =>
  openText({
    files: new Map([
      ['tokenizer.model', bytesSource('tokenizer.model', file('prompts.model'))],
      ['tokenizer_config.json', bytesSource('tokenizer_config.json', json(tokenizer))],
    ]),
    config,
    generationConfig: generation ?? null,
    metadata: null,
    format: 'safetensors',
    tensors: new Map(),
    renamed: null,
    nameInFile: (name) => name,
    ignored: [],
  })
const write = (text: ModelText, messages: ChatMessage[], options?: PromptOptions): ReturnType<typeof encodePrompt> =>
  encodePrompt(text as never, messages, 'generate', options)

describe('turns that are ids', () => {
  const cases = JSON.parse(file('prompts.json').toString()) as Case[]
  test.each(cases.map((c) => [c.name, c] as const))('%s', async (name, c) => {
    const text = await open(c)
    const prompt = write(text, c.messages, c.tools && { tools: c.tools })
    expect(text.format?.format.name).toBe(name.split(',')[0])
    expect(prompt.notice).toBeUndefined()
    expect(prompt.ids).toEqual(c.ids)
  })
  test('what a message spells is no role, and the roles end an answer', async () => {
    const text = await open(cases.find(({ name }) => name === 'ChatGLM3, a talk')!)
    const user = text.tokenizer.idOf('<|user|>')!
    expect(write(text, [{ role: 'user', content: '<|user|>' }]).ids.filter((id) => id === user)).toHaveLength(1)
    expect(write(text, [{ role: 'user', content: 'a </s>' }]).ids).not.toContain(2)
    const { ids } = write(text, [{ role: 'user', content: 'a' }]).ends
    expect(ids).toEqual([2, user, text.tokenizer.idOf('<|observation|>')])
  })
  test('ChatGLM-6B: the ids stand behind the text, and rounds count from 0', () => {
    const idOf = (token: string): number | undefined => ({ '[gMASK]': 7, '<sop>': 8, '<eop>': 9 })[token]
    const pieces = (messages: ChatMessage[]): unknown =>
      formats['ChatGLM-6B'].write(turnsOf(messages), { ...vars, idOf })
    expect(pieces([{ role: 'user', content: 'q' }])).toEqual([{ text: 'q' }, { id: 7 }, { id: 8 }])
    expect(pieces(talk.slice(1))).toEqual([
      { text: '[Round 0]\n问：q\n答：a\n[Round 1]\n问：r\n答：' },
      { id: 7 },
      { id: 8 },
    ])
    expect(endsOf({ template: null, format: { format: formats['ChatGLM-6B'], certain: true } }, { idOf }).ids).toEqual([
      9,
    ])
    expect(() => formats['ChatGLM-6B'].write(turnsOf(talk), vars)).toThrow('"[gMASK]"')
  })
})

const talk: ChatMessage[] = [
  { role: 'system', content: 'S' },
  { role: 'user', content: 'q' },
  { role: 'assistant', content: 'a' },
  { role: 'user', content: 'r' },
]
const vars: FormatVars = { bosToken: '<s>', eosToken: '</s>', addGenerationPrompt: true, idOf: () => undefined }

describe('texts', () => {
  const text = (name: Exclude<FormatName, 'Text'>, messages: ChatMessage[], more: Partial<FormatVars> = {}): string => {
    const written = formats[name].write(turnsOf(messages), { ...vars, ...more })
    return typeof written === 'string' ? written : written.map((p) => ('text' in p ? p.text : `{${p.id}}`)).join('')
  }
  const one = talk.slice(1, 2),
    two = talk.slice(1)
  const vicuna =
    "A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite answers to the user's questions. "
  test.each<[Exclude<FormatName, 'Text'>, ChatMessage[], string, Partial<FormatVars>?]>([
    [
      'Alpaca',
      one,
      'Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n### Instruction:\nq\n\n### Response:',
    ],
    [
      'Alpaca',
      [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'q' },
            { type: 'text', text: 'in' },
          ],
        },
      ],
      'Below is an instruction that describes a task, paired with an input that provides further context. Write a response that appropriately completes the request.\n\n### Instruction:\nq\n\n### Input:\nin\n\n### Response:',
    ],
    ['Vicuna v1.1', two, `{1}${vicuna}USER: q ASSISTANT: a</s>USER: r ASSISTANT:`, { idOf: () => 1 }],
    [
      'Vicuna v0',
      two,
      "A chat between a curious human and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite answers to the human's questions.\n### Human: q\n### Assistant: a\n### Human: r\n### Assistant:",
    ],
    ['Llama-2', talk, '<s>[INST] <<SYS>>\nS\n<</SYS>>\n\nq [/INST] a </s><s>[INST] r [/INST]'],
    [
      'Llama-3.1',
      one,
      '<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nq<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n',
    ],
    [
      'Qwen2.5',
      one,
      '<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\n<|im_start|>user\nq<|im_end|>\n<|im_start|>assistant\n',
    ],
    [
      'SmolLM2',
      one,
      '<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n<|im_start|>user\nq<|im_end|>\n<|im_start|>assistant\n',
    ],
    [
      'Qwen3',
      [talk[1]!, { role: 'assistant', content: '<think>\nhm\n</think>\n\na' }, talk[3]!],
      '<|im_start|>user\nq<|im_end|>\n<|im_start|>assistant\na<|im_end|>\n<|im_start|>user\nr<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n',
      { thinking: false },
    ],
    ['Mistral v1', talk, '<s> [INST] S\n\nq [/INST] a</s> [INST] r [/INST]'],
    ['Mistral v0.2', talk, '<s>[INST] S\n\nq [/INST]a</s>[INST] r [/INST]'],
    ['Mistral v3', talk, '<s>[INST] q[/INST] a</s>[INST] S\n\nr[/INST]'],
    ['Mistral Tekken', talk, '<s>[INST]q[/INST]a</s>[INST]S\n\nr[/INST]'],
    [
      'Gemma',
      talk,
      '<s><start_of_turn>user\nS\n\nq<end_of_turn>\n<start_of_turn>model\na<end_of_turn>\n<start_of_turn>user\nr<end_of_turn>\n<start_of_turn>model\n',
    ],
    [
      'Phi-3',
      talk,
      '<|system|>\nS<|end|>\n<|user|>\nq<|end|>\n<|assistant|>\na<|end|>\n<|user|>\nr<|end|>\n<|assistant|>\n',
    ],
  ])('%s', (name, messages, want, more) => {
    expect(text(name, messages, more)).toBe(want)
  })
  test('every name is a format, and Vicuna v0 ends at its mark', () => {
    expect([...Object.keys(formats), 'Text'].toSorted()).toEqual([...formatNames].toSorted())
    expect(formats['Vicuna v0'].stops).toEqual(['###'])
  })
})

describe('which format', () => {
  const told = (facts: Partial<ChatFacts>, tokens: string[] = []): string | null => {
    const chosen = chatFormatOf({
      config: {},
      names: [],
      idOf: (t) => (tokens.includes(t) ? 195 : undefined),
      ...facts,
    })
    return chosen && `${chosen.format.name}${chosen.certain ? '' : '?'}`
  }
  test.each<[string | null, Partial<ChatFacts>, string[]?]>([
    ['ChatGLM-6B', { config: { model_type: 'chatglm', position_encoding_2d: true } }],
    ['ChatGLM3', { config: { model_type: 'chatglm', seq_length: 8192 } }, ['<|user|>']],
    ['ChatGLM2', { config: { model_type: 'chatglm' }, names: ['THUDM/chatglm2-6b'] }],
    ['ChatGLM2?', { config: { model_type: 'chatglm', seq_length: 32768 } }],
    [null, { config: { model_type: 'chatglm' }, names: ['THUDM/chatglm3-6b-base'] }],
    [
      'Baichuan-1',
      { config: { model_type: 'baichuan' }, generationConfig: { user_token_id: 195, assistant_token_id: 196 } },
    ],
    ['Baichuan-2?', { config: { model_type: 'baichuan' }, names: ['Baichuan2-7B-Chat'] }],
    ['Baichuan-2?', { config: { model_type: 'baichuan' }, names: ['my-chat'] }, ['<reserved_106>']],
    [null, { config: { model_type: 'baichuan' }, names: ['Baichuan2-7B-Base'] }],
    ['Vicuna v1.1?', { names: ['lmsys/vicuna-7b-v1.5'] }],
    ['Alpaca?', { names: ['chavinlo/alpaca-native'] }],
    ['Llama-2?', { names: ['Llama 2 7B Chat'] }],
    ['Llama-3.1?', { names: ['Llama-3.2-1B-Instruct'] }, ['<|start_header_id|>']],
    ['Llama-3?', {}, ['<|start_header_id|>']],
    ['Qwen2.5?', { config: { model_type: 'qwen2' } }, ['<|im_start|>']],
    ['Qwen3?', { config: { model_type: 'qwen3' } }, ['<|im_start|>']],
    ['ChatML?', {}, ['<|im_start|>']],
    ['Mistral v3?', {}, ['[INST]']],
    ['Mistral Tekken?', {}, ['[INST]', 'Ġthe']],
    ['Gemma?', {}, ['<start_of_turn>']],
    ['Phi-3?', {}, ['<|assistant|>', '<|end|>']],
    [null, { config: { model_type: 'gpt2' } }, ['<|endoftext|>']],
    [null, { config: { model_type: 'llama' }, names: ['Llama-2-7b-hf'] }, ['<s>', '</s>', '<0x0A>']],
    [null, { names: ['Qwen3-0.6B-Base'] }, ['<|im_start|>']],
  ])('%s', (want, facts, tokens) => {
    expect(told(facts, tokens)).toBe(want)
  })
  test('a model without one reads the words as they are', () => {
    const { pieces, bare, notice } = writeChat({ template: null, format: null }, talk, {})
    expect([pieces, bare, notice]).toEqual([[{ text: 'S\nqa\nr', special: true }], true, undefined])
  })
  test('a guess is told, what is certain is not, and a choice is followed', () => {
    const by = (certain: boolean): unknown =>
      writeChat({ template: null, format: { format: formats.ChatML, certain } }, talk, {}).notice
    expect(by(false)).toEqual({ error: null, format: 'ChatML' })
    expect(by(true)).toBeUndefined()
    const chosen = writeChat({ template: '{{ 1 }}', format: null }, talk, { format: 'Phi-3' })
    expect(chosen.pieces[0]).toMatchObject({ text: expect.stringContaining('<|user|>') as string })
  })
  test('what nobody would read is refused', () => {
    const speech = { template: '{{ messages }}', format: null }
    const refused = (vars: Parameters<typeof writeChat>[2], param: string): void =>
      expect(() => writeChat(speech, talk, vars)).toThrow(
        expect.objectContaining({
          code: 'PARAM_INVALID',
          facts: expect.objectContaining({ param }) as unknown,
        }) as Error,
      )
    refused({ tools: [{}] }, 'tools')
    refused({ documents: [{}] }, 'documents')
    refused({ thinking: true }, 'thinking')
    refused({ extra: { lang: 'en' } }, 'templateVariables.lang')
    refused({ format: 'Gemma', tools: [{}] }, 'tools')
    // ChatGLM3's template knows plain turns only; its own code writes the tools
    const glm = { template: '{{ messages }}', format: { format: formats.ChatGLM3, certain: true } }
    expect(writeChat(glm, talk, { tools: [{}], idOf: () => 1 }).calls).toBe('chatglm3')
    const reads = { template: '{{ enable_thinking }}{{ tools }}', format: null }
    expect(writeChat(reads, talk, { thinking: false, tools: [1] }).pieces).toEqual([
      { text: 'False[1]', special: true },
    ])
  })
})
