// The folders of fixtures/golden, and which of them belong to families that are still to come. golden.test.ts expects a
// pending one to be UNRUN, so a family that begins to run must leave the list; who adds a family deletes its lines.

import { readdirSync } from 'node:fs'

const folder = 'fixtures/golden'

/** goldens that no family computes yet */
export const pending: readonly string[] = [
  'albert',
  'baichuan-13b',
  'baichuan-7b',
  'baichuan2-13b',
  'bert',
  'bloom_h4_1',
  'bloom_h6_0',
  'chatglm-6b',
  'chatglm2-6b',
  'cohere',
  'distilbert',
  'falcon_mqa',
  'gemma',
  'gemma2',
  'gemma3',
  'gpt2',
  'gpt_neo',
  'gpt_neox',
  'gptj',
  'granite',
  'modernbert',
  'nomic_bert',
  'olmo2',
  'openai-gpt',
  'opt',
  'phi',
  'phi3_longrope',
  'roberta',
  'smollm3',
  'stablelm',
  't5',
  't5_gated',
  'xlm-roberta',
  'xlnet',
]

/** every folder of fixtures/golden, in order */
export const allGoldens: readonly string[] = readdirSync(folder).sort()
/** those that must run */
export const goldens: readonly string[] = allGoldens.filter((name) => !pending.includes(name))
