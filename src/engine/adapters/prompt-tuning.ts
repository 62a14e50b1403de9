// Prompt tuning (Lester et al. 2021) and P-tuning (Liu et al. 2021): n rows that run before a text as if they were tokens'.
// P-tuning's encoder is not in the file: it holds what the encoder gave.

import type { AdapterKind } from './adapter.ts'
import { beforeText } from './lead.ts'
import { rowsInput } from '../runtime/lead.ts'

const sizes = ['token_dim', 'num_layers', 'num_attention_heads']

const rowsOf = (type: string, kind: string, inert: readonly string[]): AdapterKind => ({
  type,
  open: (file) =>
    beforeText(
      file,
      kind,
      [...sizes, ...inert],
      (plan) => rowsInput(plan).width,
      (rows, count) => ({ kind: 'rows', count, rows }),
    ),
})

export const promptTuning = rowsOf('PROMPT_TUNING', 'prompt tuning', [
  ...['prompt_tuning_init', 'prompt_tuning_init_text', 'prompt_tuning_init_state_dict_path'],
  ...['tokenizer_name_or_path', 'tokenizer_kwargs'],
])
export const pTuning = rowsOf('P_TUNING', 'P-tuning', [
  ...['encoder_reparameterization_type', 'encoder_hidden_size', 'encoder_num_layers', 'encoder_dropout'],
])
