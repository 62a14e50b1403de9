// The text side of a model: its tokenizer, its chat template, and the ids that end an answer.

import { chatTemplateOf } from './chat/template.ts'
import { EngineError } from './errors.ts'
import { readText, type Checkpoint } from './formats/checkpoint.ts'
import { withLegacyFiles } from './tokenizer/config-tokens.ts'
import { tokenizerFromGguf } from './tokenizer/from-gguf.ts'
import { choosePre } from './tokenizer/pre.ts'
import { openTokenizerLab, type TokenizerLab } from './tokenizer/lab/open.ts'
import { loadTokenizer, type Tokenizer } from './tokenizer/load.ts'
import type { ModelNotice } from './types.ts'

export interface ModelText { tokenizer: Tokenizer; template: string | null; stopIds: Set<number>; /** the same tokenizer laid open, made when first asked for */ lab: () => TokenizerLab }

/** The tokenizer, chat template and end-of-answer ids that come with the weights. */
export async function openText(checkpoint: Checkpoint): Promise<ModelText> {
  const stopIds = new Set<number>()
  for (const value of [checkpoint.generationConfig?.['eos_token_id'], checkpoint.config['eos_token_id']]) {
    for (const id of Array.isArray(value) ? value : [value]) if (Number.isInteger(id)) stopIds.add(id as number)
  }
  const json = async (name: string, maxBytes: number): Promise<unknown> => {
    const text = await readText(checkpoint.files, name, maxBytes)
    if (text === null) return null
    try { return JSON.parse(text) } catch (cause) {
      throw new EngineError('TOKENIZER_INVALID', `Cannot read "${name}": it is not valid JSON (${String(cause)}).`, { file: name }, { cause })
    }
  }
  let tokenizerJson = await json('tokenizer.json', 64 * 2 ** 20)
  let tokenizerConfig = await json('tokenizer_config.json', 16 * 2 ** 20)
  if (tokenizerJson) tokenizerConfig = withLegacyFiles(tokenizerConfig, tokenizerJson, await json('special_tokens_map.json', 2 ** 20), await json('added_tokens.json', 4 * 2 ** 20))
  if (!tokenizerJson && checkpoint.metadata) ({ tokenizerJson, tokenizerConfig } = tokenizerFromGguf(checkpoint.metadata))
  if (!tokenizerJson) {
    throw new EngineError('FILE_MISSING', 'Cannot load the tokenizer: "tokenizer.json" is required next to the weights and is not among the files. Add it and try again.', { file: 'tokenizer.json' })
  }
  const tokenizer = loadTokenizer(tokenizerJson, tokenizerConfig ?? {}, { eosIds: [...stopIds] })
  for (const id of tokenizer.specialIds.eos) stopIds.add(id)
  const template = chatTemplateOf(tokenizerConfig ?? {}, await readText(checkpoint.files, 'chat_template.jinja', 2 ** 20))
  let lab: TokenizerLab | null = null
  return { tokenizer, template, stopIds, lab: () => (lab ??= openTokenizerLab(tokenizerJson, tokenizerConfig ?? {}, template, tokenizer)) }
}

/** What had to be assumed about the text side; known from the headers. @throws TOKENIZER_UNSUPPORTED for a pre-tokenizer that this version does not know */
export function textNotices({ files, metadata }: Pick<Checkpoint, 'files' | 'metadata'>): ModelNotice[] {
  if (!metadata || files.has('tokenizer.json')) return []
  const pre = choosePre(metadata)
  return pre?.how === 'assumed' ? [{ code: 'PRE_ASSUMED', facts: { pre: pre.name } }] : []
}
