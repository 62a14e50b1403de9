// What PEFT says of the model that an adapter was made for, against models of every sort.

import { expect, test } from 'vitest'
import { folderFiles } from '../formats/testing.ts'
import { typesOf } from '../formats/family.ts'
import { planModel } from '../index.ts'
import { families } from '../model/families/index.ts'
import { adapterOf, loraConfig, loraShapes } from '../testing/adapters.ts'
import { AdapterConfig } from './config.ts'
import { checkMadeFor } from './made-for.ts'
import type { AdaptedModel } from './adapter.ts'

const mapped = (own: unknown, library: unknown): object => ({
  auto_mapping: { base_model_class: own, parent_library: library },
})
/** the refusal's facts; null where it is taken */
function refusal(family: string, auto: object, isGguf = false): unknown {
  const own = families.find(({ name }) => name === family)!
  const config = new AdapterConfig('mine', JSON.stringify(auto))
  try {
    checkMadeFor({ name: 'mine', config }, typesOf(families, own, isGguf) as unknown as AdaptedModel)
    return null
  } catch (error) {
    return (error as { facts: unknown }).facts
  }
}
const official = (kind: string, own: string): object => mapped(own, `transformers.models.${kind}.modeling_${kind}`)

test('another kind is refused by both names', async () => {
  expect(refusal('llama', official('qwen2', 'Qwen2ForCausalLM'))).toMatchObject({ found: 'qwen2', need: 'llama' })
  expect(refusal('qwen2', official('llama', 'LlamaForCausalLM'))).toMatchObject({ found: 'llama', need: 'qwen2' })
  expect(refusal('roberta', official('bert', 'BertForSequenceClassification'))).toMatchObject({ found: 'bert' })
  expect(refusal('gpt2', official('openai', 'OpenAIGPTLMHeadModel'))).toMatchObject({ need: 'gpt2' })
  expect(refusal('llama', mapped('MistralForCausalLM', undefined))).toMatchObject({ found: 'Mistral' })
  const adapters = [
    adapterOf({ ...loraConfig, ...official('qwen2', 'Qwen2ForCausalLM') }, loraShapes(3, 'self_attn.q_proj', 32, 32)),
  ]
  const plan = planModel({ name: 'llama', files: folderFiles('fixtures/golden/llama') }, { adapters })
  await expect(plan).rejects.toMatchObject({ code: 'ADAPTER_MISFIT', facts: { problem: 'model', found: 'qwen2' } })
})

test.for([
  ['qwen2', official('qwen2', 'Qwen2ForSequenceClassification')],
  ['openai-gpt', official('openai', 'OpenAIGPTLMHeadModel')],
  ['gemma3', official('gemma3', 'Gemma3ForConditionalGeneration')],
  ['gemma3', official('gemma3', 'Gemma3TextModel')],
  ['gpt_neox', official('gpt_neox', 'GPTNeoXForCausalLM')],
  ['xlm-roberta', official('xlm_roberta', 'XLMRobertaForMaskedLM')],
  ['t5', official('mt5', 'MT5EncoderModel')],
  ['chatglm', mapped('ChatGLMForConditionalGeneration', 'transformers_modules.chatglm-6b.modeling_chatglm')],
  ['baichuan', mapped('LlamaForCausalLM', 'transformers_modules.a.modeling_baichuan')],
  ['llama', official('unheard_of', 'UnheardOfForCausalLM')],
  ['llama', official('auto', 'AutoModelForCausalLM')],
  ['llama', mapped(7, null)],
  ['llama', { auto_mapping: 'text' }],
  ['llama', { auto_mapping: null }],
  ['llama', {}],
] as [string, object][])('%s takes %j', ([family, auto]) => {
  expect(refusal(family, auto)).toBeNull()
})

test('a GGUF may be of any family that has its architecture', () => {
  expect(refusal('llama', official('mistral', 'MistralForCausalLM'), true)).toBeNull()
  expect(refusal('llama', official('mistral', 'MistralForCausalLM'))).not.toBeNull()
  expect(refusal('llama', official('qwen2', 'Qwen2ForCausalLM'), true)).not.toBeNull()
  expect(refusal('opt', official('gpt_neo', 'GPTNeoForCausalLM'), true)).not.toBeNull()
})
