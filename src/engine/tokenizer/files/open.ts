// A checkpoint's tokenizer from the files it had before tokenizer.json: vocab.txt, vocab.json
// with merges.txt, or a SentencePiece model. Which of them count says the class (classes.ts).

import { asObject, invalid, type Json } from '../check.ts'
import { withLegacyFiles } from '../config-tokens.ts'
import { filesKind, type FilesKind } from './classes.ts'
import { fromSentencePiece } from './pieces.ts'
import { fromVocabJson, fromVocabText, type Built } from './words.ts'

export interface TokenizerFiles {
  has(name: string): boolean
  /** a small text file, null when there is none */
  text(name: string): Promise<string | null>
  json(name: string): Promise<unknown>
  bytes(name: string): Promise<Uint8Array | null>
}

const models = ['tokenizer.model', 'spiece.model', 'sentencepiece.bpe.model', 'ice_text.model']
/** Files that a tokenizer may be read from; each row is one way. */
export const tokenizerFiles: readonly (readonly string[])[] = [
  ['tokenizer.json'],
  ['vocab.json', 'merges.txt'],
  ['vocab.txt'],
  ...models.map((name) => [name]),
]

const wordKinds = new Set<FilesKind>(['gpt2', 'opt', 'qwen2', 'roberta', 'gpt1'])

/**
 * tokenizer.json and its configuration as these files would have them; null when none of them is there.
 * @param config tokenizer_config.json. @param modelConfig config.json. @throws TOKENIZER_INVALID, TOKENIZER_UNSUPPORTED
 */
export async function tokenizerFromFiles(
  files: TokenizerFiles,
  config: unknown,
  modelConfig: Json,
): Promise<Built | null> {
  const given = asObject(config ?? {}, 'tokenizer_config.json')
  const model = models.find((name) => files.has(name)),
    words = files.has('vocab.json') && files.has('merges.txt'),
    lines = files.has('vocab.txt')
  if (model === undefined && !words && !lines) return null
  const kind = filesKind(given, modelConfig)
  // the older files that name special tokens
  const whole = withLegacyFiles(
    given,
    null,
    await files.json('special_tokens_map.json'),
    await files.json('added_tokens.json'),
  ) as Json
  const assumed = kind === null ? ({ assumed: 'class' } as const) : {}

  if (lines && (kind === 'wordpiece' || (kind === null && model === undefined && !words))) {
    return { ...fromVocabText((await files.text('vocab.txt'))!, whole), ...assumed }
  }
  if (words && (kind === null ? model === undefined : wordKinds.has(kind))) {
    const vocab = await files.json('vocab.json')
    const guessed = (): FilesKind =>
      Object.keys(asObject(vocab, 'vocab.json')).some((token) => token.endsWith('</w>')) ? 'gpt1' : 'gpt2'
    return { ...fromVocabJson(kind ?? guessed(), vocab, (await files.text('merges.txt'))!, whole), ...assumed }
  }
  if (model !== undefined && kind !== 'wordpiece' && !(kind !== null && wordKinds.has(kind))) {
    return { ...fromSentencePiece(kind ?? 'llama', (await files.bytes(model))!, whole, modelConfig), ...assumed }
  }
  const found = model ?? (words ? 'vocab.json' : 'vocab.txt')
  throw invalid(`its class is "${kind}", and of the files for that kind there is only "${found}"`)
}
