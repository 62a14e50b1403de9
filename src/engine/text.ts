// The text side of a model: its tokenizer, its chat template, and the ids that end an answer.

import { chatFormatOf, roleIdsOf } from './chat/formats.ts'
import { chatTemplateOf, toolTemplateOf, type ChatTemplate } from './chat/template.ts'
import type { Speech, WriteVars } from './chat/write.ts'
import { EngineError } from './errors.ts'
import type { Checkpoint } from './formats/types.ts'
import { parsePythonJson } from './formats/python-json.ts'
import { readText, tooLarge } from './formats/text.ts'
import { templateTokens, withLegacyFiles } from './tokenizer/config-tokens.ts'
import type { Built } from './tokenizer/files/words.ts'
import { choosePre } from './tokenizer/pre.ts'
import { openTokenizerLab, type TokenizerLab } from './tokenizer/lab/open.ts'
import { loadTokenizer, type Tokenizer } from './tokenizer/load.ts'
import type { ModelNotice } from './types.ts'

type JsonReader = (name: string, maxBytes: number) => Promise<unknown>

export interface ModelText extends Speech {
  tokenizer: Tokenizer
  /** what the template sees as bos_token, image_token … */ specials: Readonly<Record<string, string>>
  stopIds: Set<number>
  /** ids of the turns, where the files name them */ roleIds?: WriteVars['roleIds']
  /** the same tokenizer laid open, made when first asked for */ lab: () => TokenizerLab
  /** tokens that the tokenizer's files allow a text at most */ longest: number
  /** what was assumed about the tokenizer */ notices: readonly ModelNotice[]
}

/**
 * The tokenizer, chat template and end-of-answer ids that come with the weights. @param name what the model is called by
 * who loads it
 */
export async function openText(checkpoint: Checkpoint, name = ''): Promise<ModelText> {
  const stopIds = new Set<number>()
  for (const value of [checkpoint.generationConfig?.['eos_token_id'], checkpoint.config['eos_token_id']]) {
    for (const id of Array.isArray(value) ? value : [value]) if (Number.isInteger(id)) stopIds.add(id as number)
  }
  const json = async (name: string, maxBytes: number): Promise<unknown> => {
    const text = await readText(checkpoint.files, name, maxBytes)
    if (text === null) return null
    // Python writes NaN and Infinity (model_max_length) as they are; the slower reader is for those few
    try {
      return JSON.parse(text)
    } catch {
      /* perhaps by Python */
    }
    try {
      return parsePythonJson(text)
    } catch (cause) {
      throw new EngineError(
        'TOKENIZER_INVALID',
        `Cannot read "${name}": it is not valid JSON (${String(cause)}).`,
        { file: name },
        { cause },
      )
    }
  }
  let tokenizerJson = await json('tokenizer.json', 64 * 2 ** 20)
  let tokenizerConfig = await json('tokenizer_config.json', 16 * 2 ** 20)
  if (tokenizerJson) {
    tokenizerConfig = withLegacyFiles(
      tokenizerConfig,
      tokenizerJson,
      await json('special_tokens_map.json', 2 ** 20),
      await json('added_tokens.json', 4 * 2 ** 20),
    )
  }
  const gguf =
    !tokenizerJson && checkpoint.metadata
      ? (await import('./tokenizer/from-gguf.ts')).tokenizerFromGguf(checkpoint.metadata)
      : null
  if (gguf) ({ tokenizerJson, tokenizerConfig } = gguf)
  const built = tokenizerJson ? null : await olderFiles(checkpoint, tokenizerConfig, json)
  if (built) ({ tokenizerJson, tokenizerConfig } = built)
  const assumed = gguf?.assumed ?? built?.assumed
  if (!tokenizerJson) {
    throw new EngineError(
      'FILE_MISSING',
      'Cannot load the tokenizer: "tokenizer.json" is required next to the weights and is not among the files. Add it and try again.',
      { file: 'tokenizer.json' },
    )
  }
  const tokenizer = loadTokenizer(tokenizerJson, tokenizerConfig ?? {}, { eosIds: [...stopIds] })
  for (const id of tokenizer.specialIds.eos) stopIds.add(id)
  const template = await readTemplate(checkpoint, tokenizerConfig ?? {})
  const specials = gguf ? gguf.templateTokens : templateTokens(tokenizerConfig, tokenizerJson)
  let lab: TokenizerLab | null = null
  return {
    tokenizer,
    template,
    toolTemplate: await readToolTemplate(checkpoint, tokenizerConfig ?? {}),
    format: chatFormatOf({
      config: checkpoint.config,
      generationConfig: checkpoint.generationConfig,
      names: [name, ...ownNames(checkpoint, tokenizerConfig)],
      idOf: tokenizer.idOf,
    }),
    roleIds: roleIdsOf(checkpoint.generationConfig),
    specials,
    stopIds,
    longest: longestOf(tokenizerConfig),
    notices: assumed ? [{ code: 'TOKENIZER_ASSUMED', facts: { assumed } }] : [],
    lab: () =>
      (lab ??= openTokenizerLab(
        tokenizerJson,
        tokenizerConfig ?? {},
        typeof template === 'string' ? template : null,
        tokenizer,
      )),
  }
}

/** transformers writes 1e30 where it knows of no limit. */
function longestOf(tokenizerConfig: unknown): number {
  const most = (tokenizerConfig as { model_max_length?: unknown } | null)?.model_max_length
  return Number.isSafeInteger(most) && (most as number) > 0 ? (most as number) : Infinity
}

/** The tokenizer of the files that there were before tokenizer.json. */
const olderFiles = async ({ files, config }: Checkpoint, given: unknown, json: JsonReader): Promise<Built | null> =>
  (await import('./tokenizer/files/open.ts')).tokenizerFromFiles(
    {
      has: (name) => files.has(name),
      text: (name) => readText(files, name, 64 * 2 ** 20),
      json: (name) => json(name, 64 * 2 ** 20),
      async bytes(name) {
        const source = files.get(name)
        if (!source) return null
        if (source.size > 64 * 2 ** 20) throw tooLarge(name, source.size, 64 * 2 ** 20)
        return source.read(0, source.size)
      },
    },
    given,
    config,
  )

/** What the files say the model is called. */
const ownNames = ({ config, metadata }: Checkpoint, tokenizerConfig: unknown): string[] =>
  [
    config._name_or_path,
    (tokenizerConfig as { name_or_path?: unknown } | null)?.name_or_path,
    ...['name', 'basename', 'finetune'].map((key) => metadata?.get(`general.${key}`)),
  ].filter((value) => typeof value === 'string')

async function readToolTemplate({ files, metadata }: Checkpoint, tokenizerConfig: unknown): Promise<string | null> {
  const inGguf = metadata?.get('tokenizer.chat_template.tool_use')
  if (typeof inGguf === 'string') return inGguf
  const file = await readText(files, 'additional_chat_templates/tool_use.jinja', 2 ** 20)
  return file ?? (files.has('chat_template.jinja') ? null : toolTemplateOf(tokenizerConfig))
}

/** The files of templates count before the configuration's; the folder holds one for each further name. */
async function readTemplate({ files }: Checkpoint, tokenizerConfig: unknown): Promise<ChatTemplate> {
  const more = [...files.keys()]
    .map((name) => /^additional_chat_templates\/([^/]+)\.jinja$/.exec(name)?.[1])
    .filter((name) => name !== undefined)
  const text = (name: string): Promise<string | null> => readText(files, name, 2 ** 20)
  return chatTemplateOf(
    tokenizerConfig,
    (more.includes('default') ? await text('additional_chat_templates/default.jinja') : null) ??
      (await text('chat_template.jinja')),
    more,
  )
}

/**
 * What had to be assumed about the text side; known from the headers. @throws TOKENIZER_UNSUPPORTED for a pre-tokenizer
 * that this version does not know
 */
export function textNotices({ files, metadata }: Pick<Checkpoint, 'files' | 'metadata'>): ModelNotice[] {
  if (!metadata || files.has('tokenizer.json')) return []
  const pre = choosePre(metadata)
  return pre?.how === 'assumed' ? [{ code: 'PRE_ASSUMED', facts: { pre: pre.name } }] : []
}

/**
 * What was assumed about the tokenizer; ids that it knows and the model has no row for: it cannot read them, and never writes them. @param rows V,
 * of the embedding
 */
export function vocabularyNotices(
  { tokenizer, stopIds, notices: known }: Pick<ModelText, 'tokenizer' | 'stopIds' | 'notices'>,
  rows: number,
): ModelNotice[] {
  const notices = [...known]
  // ids without a token are padding of the table, not tokens
  const beyond: number[] = []
  for (let id = rows; id < tokenizer.vocabSize; id++) if (tokenizer.tokenBytes(id).length > 0) beyond.push(id)
  if (beyond.length > 0) {
    notices.push({
      code: 'TOKENS_BEYOND',
      facts: { count: beyond.length, rows, id: beyond[0]!, token: tokenizer.tokenText(beyond[0]!) },
    })
  }
  if (stopIds.size > 0 && [...stopIds].every((id) => id >= rows)) {
    notices.push({ code: 'ENDS_BEYOND', facts: { ids: [...stopIds].slice(0, 8).join(', '), rows } })
  }
  return notices
}

/** The refusal of a text that holds such a token. */
export function beyondError({ tokenizer }: Pick<ModelText, 'tokenizer'>, id: number, rows: number): EngineError {
  const token = tokenizer.tokenText(id)
  return new EngineError(
    'TOKENIZER_INVALID',
    `Cannot read the text: "${token}" in it is token ${id}, and the model's embedding has rows for 0 to ${rows - 1} only. Tokenizer and weights are of different versions. Leave "${token}" out, or take both from the same model.`,
    { reason: 'beyond', token, id, rows, last: rows - 1 },
  )
}
