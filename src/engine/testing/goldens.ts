// The folders of fixtures/golden, and which of them belong to families that are still to come. golden.test.ts expects a
// pending one to be UNRUN, so a family that begins to run must leave the list; who adds a family deletes its lines.

import { readdirSync } from 'node:fs'

const folder = 'fixtures/golden'

/** goldens that no family computes yet */
export const pending: readonly string[] = [
  'baichuan-13b',
  'baichuan-7b',
  'baichuan-7b_gguf',
  'baichuan2-13b',
  'bloom_gguf',
  'bloom_h4_1',
  'bloom_h6_0',
  'chatglm-6b',
  'chatglm2-6b',
  'chatglm2-6b_gguf',
  'cohere',
  'cohere2_gguf',
  'command_r_gguf',
  'falcon_40b_gguf',
  'falcon_gguf',
  'falcon_mqa',
  'gpt2',
  'gpt2_gguf',
  'gpt_neo',
  'gpt_neox',
  'gptj',
  'gptneox_gguf',
  'granite',
  'granite_gguf',
  'mixtral_gguf',
  'olmo2',
  'olmo2_gguf',
  'olmo3_gguf',
  'olmoe_gguf',
  'openai-gpt',
  'opt',
  'phi',
  'phi2_gguf',
  'phi3_gguf',
  'phi3_longrope',
  'qwen2_moe_gguf',
  'qwen3_moe_gguf',
  'smollm3',
  'smollm3_gguf',
  'stablelm',
  'stablelm_gguf',
  'stablelm_qk_gguf',
  'xlnet',
]

/** every folder of fixtures/golden, in order */
export const allGoldens: readonly string[] = readdirSync(folder).sort()
/** those that must run */
export const goldens: readonly string[] = allGoldens.filter((name) => !pending.includes(name))
