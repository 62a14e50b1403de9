// What each class of tokenizer makes of the pieces of a SentencePiece file: other ids, further
// tokens, and what stands around a text.
//
// Text itself is read as SentencePiece reads it, stretch by stretch between special tokens.
// Sources: transformers' classes of these names; ChatGLM's and Baichuan's own code.

import { clip, invalid, limits, unsupported, type Json } from '../check.ts'
import { contentOf } from '../config-tokens.ts'
import { addedToken, partsOf, sentencePieceJson, templateOf, type SentencePieceParts } from '../sentencepiece/json.ts'
import { pieceType, readSentencePiece } from '../sentencepiece/proto.ts'
import type { FilesKind } from './classes.ts'
import { bertTemplate, bosAndEos, flagOf, withNames, type Built } from './words.ts'

type Names = Record<string, string>
interface Made {
  parts: SentencePieceParts
  names: Names
  /** @param config with its names */
  around(config: Json): Json | null
  /** tokens beside control and unknown pieces, or with other flags */
  added?: Json[]
}

/** @param modelConfig config.json. @throws TOKENIZER_INVALID, TOKENIZER_UNSUPPORTED */
export function fromSentencePiece(kind: FilesKind, file: Uint8Array, given: Json, modelConfig: Json): Built {
  const model = readSentencePiece(file)
  // `legacy: false` puts the space at the very beginning only
  const parts = partsOf(model, given.legacy === false ? 'first' : 'always')
  const make = kinds[kind]
  if (!make) throw unsupported(`a SentencePiece file for the tokenizer "${kind}"`)
  const { parts: made, names, around, added = [] } = make(parts, given, modelConfig)
  if (made.tokens.length > limits.vocab) throw invalid(`the vocabulary may hold ${limits.vocab} tokens`)
  const known = new Set(made.tokens)
  const config = withNames(given, names, (token) => known.has(token))
  const own = made.tokens.flatMap((content, id) =>
    made.types[id] === pieceType.control || made.types[id] === pieceType.unknown ? [addedToken(id, content)] : [],
  )
  return {
    tokenizerConfig: config,
    tokenizerJson: { ...sentencePieceJson(made), added_tokens: [...own, ...added], post_processor: around(config) },
  }
}

const llamaNames: Names = { bos_token: '<s>', eos_token: '</s>', unk_token: '<unk>' }
const withEnds =
  (names: Names, addBos: boolean) =>
  (parts: SentencePieceParts, given: Json): Made => ({
    parts: flagOf(given, 'add_prefix_space', true) ? parts : withoutPrefix(parts),
    names,
    around: (config) =>
      bosAndEos(config, flagOf(config, 'add_bos_token', addBos), flagOf(config, 'add_eos_token', false)),
  })
const withoutPrefix = (parts: SentencePieceParts): SentencePieceParts => ({
  ...parts,
  normalizer: { ...parts.normalizer, prefix: 'never' },
})

/** Further tokens behind the pieces; text never becomes them by itself. */
function append(parts: SentencePieceParts, tokens: readonly string[]): SentencePieceParts {
  const twice = tokens.find((token) => parts.tokens.includes(token))
  if (twice !== undefined) throw invalid(`the token "${clip(twice)}" is there twice`)
  return {
    ...parts,
    tokens: [...parts.tokens, ...tokens],
    scores: [...parts.scores, ...tokens.map(() => 0)],
    types: [...parts.types, ...tokens.map(() => pieceType.control)],
  }
}

const kinds: Partial<Record<FilesKind, (parts: SentencePieceParts, given: Json, modelConfig: Json) => Made>> = {
  llama: withEnds(llamaNames, true),
  baichuan: withEnds({ ...llamaNames, pad_token: '<unk>' }, true),
  gemma: withEnds({ bos_token: '<bos>', eos_token: '<eos>', unk_token: '<unk>', pad_token: '<pad>' }, true),
  t5(parts, given) {
    const count = given.extra_ids ?? (parts.tokens.includes('<extra_id_0>') ? 0 : 100)
    if (!(Number.isInteger(count) && (count as number) >= 0 && (count as number) <= 1000)) {
      throw invalid('"extra_ids" must be a whole number up to 1000')
    }
    // the last one is <extra_id_0>
    const extra = Array.from({ length: count as number }, (_, i) => `<extra_id_${(count as number) - 1 - i}>`)
    return {
      parts: append(parts, extra),
      names: { eos_token: '</s>', unk_token: '<unk>', pad_token: '<pad>' },
      around: (config) => bosAndEos(config, false, true) && sameSegment(config),
    }
  },
  'xlm-roberta': fairseq,
  albert: (parts, given) => ({
    ...lettersOf(parts, given, true),
    names: {
      ...{ bos_token: '[CLS]', eos_token: '[SEP]', unk_token: '<unk>' },
      ...{ cls_token: '[CLS]', sep_token: '[SEP]', pad_token: '<pad>', mask_token: '[MASK]' },
    },
    around: (config) => bertTemplate(contentOf(config.cls_token), contentOf(config.sep_token)),
  }),
  xlnet: (parts, given) => ({
    ...lettersOf(parts, given, false),
    names: {
      ...{ bos_token: '<s>', eos_token: '</s>', unk_token: '<unk>' },
      ...{ cls_token: '<cls>', sep_token: '<sep>', pad_token: '<pad>', mask_token: '<mask>' },
    },
    around(config) {
      const cls = contentOf(config.cls_token),
        sep = contentOf(config.sep_token)
      return templateOf(
        [
          ['A', 0],
          [sep, 0],
          [cls, 2],
        ],
        [
          ['A', 0],
          [sep, 0],
          ['B', 1],
          [sep, 1],
          [cls, 2],
        ],
      )
    },
  }),
  chatglm: (parts, given, modelConfig) =>
    parts.tokens.includes('<n>') || parts.tokens.includes('<sop>')
      ? imagesFirst(parts, given, modelConfig)
      : commandsLast(parts, given, modelConfig),
}

/** T5: A </s> B </s>, all one segment. */
function sameSegment(config: Json): Json {
  const eos = contentOf(config.eos_token)
  return templateOf(
    [
      ['A', 0],
      [eos, 0],
    ],
    [
      ['A', 0],
      [eos, 0],
      ['B', 0],
      [eos, 0],
    ],
  )
}

/** XLM-R keeps fairseq's ids: <s> <pad> </s> <unk>, then the pieces from the fourth on, then the blank. */
function fairseq(parts: SentencePieceParts): Made {
  const { control, unknown } = pieceType
  if (parts.types.slice(3).some((type) => type === unknown)) {
    throw unsupported('a SentencePiece file for XLM-R whose unknown piece is not among the first three')
  }
  const shifted = {
    ...parts,
    tokens: ['<s>', '<pad>', '</s>', '<unk>', ...parts.tokens.slice(3)],
    scores: [0, 0, 0, 0, ...parts.scores.slice(3)],
    types: [control, control, control, unknown, ...parts.types.slice(3)],
  }
  const made = append(shifted, ['<mask>'])
  return {
    parts: made,
    names: {
      ...{ bos_token: '<s>', eos_token: '</s>', unk_token: '<unk>' },
      ...{ cls_token: '<s>', sep_token: '</s>', pad_token: '<pad>', mask_token: '<mask>' },
    },
    added: [addedToken(made.tokens.length - 1, '<mask>', { lstrip: true })],
    around: () =>
      templateOf(
        [
          ['<s>', 0],
          ['A', 0],
          ['</s>', 0],
        ],
        [
          ['<s>', 0],
          ['A', 0],
          ['</s>', 0],
          ['</s>', 0],
          ['B', 0],
          ['</s>', 0],
        ],
      ),
  }
}

/** ALBERT and XLNet: quotes, accents and case first; a piece of digits that ends in a comma loses to its parts. */
function lettersOf(parts: SentencePieceParts, given: Json, lowerCase: boolean): Pick<Made, 'parts' | 'added'> {
  const quote = (from: string): Json => ({ type: 'Replace', pattern: { String: from }, content: '"' })
  const before: Json[] = [quote('``'), quote("''")]
  if (!flagOf(given, 'keep_accents', false)) before.push({ type: 'NFKD' }, { type: 'StripAccents' })
  if (flagOf(given, 'do_lower_case', lowerCase)) before.push({ type: 'Lowercase' })
  const scores = parts.scores.map((score, i) => (/\p{Nd},$/u.test(parts.tokens[i]!) ? Math.fround(score - 100) : score))
  const mask = ['[MASK]', '<mask>'].find((token) => parts.tokens.includes(token))
  return {
    parts: { ...parts, scores, before },
    added: mask === undefined ? [] : [addedToken(parts.tokens.indexOf(mask), mask, { lstrip: true })],
  }
}

/**
 * ChatGLM-6B: white space has pieces of its own, [gMASK] <sop> stand behind the text, and the early revision has 20,000
 * tokens of pictures before the first piece.
 */
function imagesFirst(parts: SentencePieceParts, given: Json, { vocab_size: rows }: Json): Made {
  const early = typeof rows === 'number' && rows < parts.tokens.length + 20_000 ? 0 : 20_000
  const images = given.num_image_tokens ?? early
  if (!(Number.isInteger(images) && (images as number) >= 0 && (images as number) <= 100_000)) {
    throw invalid('"num_image_tokens" must be a whole number up to 100,000')
  }
  const pictures = Array.from({ length: images as number }, (_, i) => `<image_${i}>`)
  const gmask = contentOf(given.gmask_token) || '[gMASK]'
  return {
    parts: {
      ...parts,
      normalizer: { ...parts.normalizer, blanks: true },
      tokens: [...pictures, ...parts.tokens],
      scores: [...pictures.map(() => 0), ...parts.scores],
      // as the pieces of bytes they stand in no text, and are no special tokens
      types: [...pictures.map(() => pieceType.byte), ...parts.types],
    },
    names: {
      ...{ bos_token: '<sop>', eos_token: '<eop>', unk_token: '<unk>' },
      ...{ pad_token: '<pad>', mask_token: '[MASK]', gmask_token: '[gMASK]' },
    },
    around(config) {
      const bos = contentOf(config.bos_token),
        eos = contentOf(config.eos_token)
      return templateOf(
        [
          ['A', 0],
          [gmask, 0],
          [bos, 0],
        ],
        [
          ['A', 0],
          [gmask, 0],
          [bos, 0],
          ['B', 0],
          [eos, 0],
        ],
      )
    },
  }
}

const commands = ['[MASK]', '[gMASK]', '[sMASK]', 'sop', 'eop']
const roles = ['<|system|>', '<|user|>', '<|assistant|>', '<|observation|>']

/** All keys and texts of what a file holds, one below the other, however deep they stand. */
function textsIn(...open: unknown[]): string {
  const found: string[] = []
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value === 'string') found.push(value)
    if (value === null || typeof value !== 'object') continue
    for (const [key, inner] of Object.entries(value)) {
      found.push(key)
      open.push(inner)
    }
  }
  return found.join('\n')
}

/** ChatGLM2 and 3: [gMASK] sop stand before the text; 3 has roles. Text never becomes one of these tokens by itself. */
function commandsLast(parts: SentencePieceParts, given: Json, modelConfig: Json): Made {
  const listed = textsIn(given.added_tokens_decoder, given.chat_template)
  const said = textsIn(given.name_or_path, given.auto_map, modelConfig._name_or_path, modelConfig.auto_map)
  const has = roles.some((role) => listed.includes(role)) || /chatglm3/i.test(said)
  const made = append(parts, has ? [...commands, ...roles] : commands)
  const inText = (token: string): boolean => listed.includes(token)
  return {
    parts: made,
    names: { ...llamaNames, pad_token: '<unk>' },
    added: [...commands, ...(has ? roles : [])].map((token) =>
      addedToken(made.tokens.indexOf(token), token, { in_text: inText(token) }),
    ),
    around: (config) =>
      templateOf(
        [
          ['[gMASK]', 0],
          ['sop', 0],
          ['A', 0],
        ],
        [
          ['[gMASK]', 0],
          ['sop', 0],
          ['A', 0],
          ['B', 0],
          [contentOf(config.eos_token), 0],
        ],
      ),
  }
}
