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
  'baichuan2-13b_odd',
  'baichuan2-7b',
  'bloom_gguf',
  'bloom_h4_1',
  'bloom_h6_0',
  'cohere',
  'cohere2',
  'cohere2_gguf',
  'cohere_odd',
  'command_r_gguf',
  'falcon_40b',
  'falcon_40b_gguf',
  'falcon_7b',
  'falcon_gguf',
  'falcon_mqa',
  'falcon_rw',
  'gemma3_wrapped',
  'gpt2',
  'gpt2_gguf',
  'gpt2_odd',
  'gpt_neo',
  'gpt_neo_odd',
  'gpt_neox',
  'gpt_neox_odd',
  'gptj',
  'gptj_odd',
  'gptneox_gguf',
  'granite',
  'granite_gguf',
  'granite_odd',
  'mt_dnn',
  'olmo2',
  'olmo2_gguf',
  'olmo3',
  'olmo3_gguf',
  'openai-gpt',
  'opt',
  'opt_350m',
  'phi',
  'phi2_gguf',
  'phi3_gguf',
  'phi3_longrope',
  'phi3_odd',
  'phi_odd',
  'smollm3',
  'smollm3_gguf',
  'smollm3_odd',
  'stablelm',
  'stablelm_gguf',
  'stablelm_odd',
  'stablelm_qk_gguf',
  'xlnet',
  'xlnet_labels',
  'xlnet_odd',
]

/** every folder of fixtures/golden, in order */
export const allGoldens: readonly string[] = readdirSync(folder).sort()
/** those that must run */
export const goldens: readonly string[] = allGoldens.filter((name) => !pending.includes(name))
