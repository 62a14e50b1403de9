// The built-in prompt formats by name, for whoever lets a person choose one. What they write is in formats.ts.

export const formatNames = [
  'ChatML',
  'Qwen2.5',
  'Qwen3',
  'SmolLM2',
  'Llama-2',
  'Llama-3',
  'Llama-3.1',
  'Mistral v1',
  'Mistral v0.2',
  'Mistral v3',
  'Mistral Tekken',
  'Gemma',
  'Phi-3',
  'Alpaca',
  'Vicuna v0',
  'Vicuna v1.1',
  'ChatGLM-6B',
  'ChatGLM2',
  'ChatGLM3',
  'Baichuan-1',
  'Baichuan-2',
  'User/Assistant',
  'Text',
] as const

export type FormatName = (typeof formatNames)[number]
