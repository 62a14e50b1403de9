// A tokenizer laid open: what it is, how it cuts a text, and what stands in its vocabulary. The tokenizer panel asks
// here, in the worker, about the loaded model's file or about any other tokenizer.json.

import { EngineError } from '../../errors.ts'
import { byteToChar } from '../byte-map.ts'
import { withConfigTokens } from '../config-tokens.ts'
import { loadTokenizer, type Tokenizer } from '../load.ts'
import { ranksOf, type Ranks } from './bpe.ts'
import { explainEncode, type Explanation } from './explain.ts'
import { pieceType } from '../sentencepiece/proto.ts'
import { plainly } from '../../shown.ts'

/** One row of the vocabulary. */
export interface VocabToken {
  id: number
  /** display text: bytes that are no whole character as \xE4 */
  text: string
  /** as the file writes it: Ġthe, ▁the, ##the */
  written: string
  bytes: number[]
  special: boolean
}

export interface TokenizerFacts {
  model: Explanation['model']
  vocabSize: number
  /** null when the model has no merges */
  merges: number | null
  /** names of the file's steps, in order */
  normalizer: string[]
  preTokenizer: string[]
  postProcessor: string[]
  decoder: string[]
  /** byte-level vocabularies: the character of each byte; else null */
  alphabet: readonly string[] | null
  added: (VocabToken & { lstrip: boolean; rstrip: boolean; normalized: boolean })[]
  bos: number | null
  eos: number[]
  pad: number | null
  unk: number | null
  addsBos: boolean
  /** what stands around every text */
  around: VocabToken[]
  /** the chat template that came with the model */
  template: string | null
}

export interface ExplainedText extends Explanation {
  /** one per id of `ids` */
  tokens: VocabToken[]
  /** what the model reads for this text alone, with the tokens that stand around it */
  full: VocabToken[]
  /** the production tokenizer gives the same ids */
  agrees: boolean
}

export interface VocabPage {
  total: number
  from: number
  rows: VocabToken[]
}

/** Tokens [from, to) looked at one by one. */
export interface Survey {
  to: number
  /** ids whose bytes are no whole characters: they only come beside others */
  partial: number[]
  /** tokens that no encoding of their own text gives, and what it gives instead */
  unreachable: { token: VocabToken; ids: number[] }[]
}

export interface TokenizerLab {
  facts(): TokenizerFacts
  /** @throws PARAM_INVALID for a text that is too long to show every step of */
  explain(text: string): ExplainedText
  /** the text that tokens give back together: not the one that was cut, where something was lost */
  decode(ids: readonly number[]): string
  /** rows in the order of ids: all, "#12" by id, "0xE4" by bytes, else by text */
  vocabulary(query: string, from: number, count: number): VocabPage
  /**
   * which of `count` tokens from `from` on never come back when their text is encoded, alone, in a word or after a
   * space
   */
  survey(from: number, count: number): Survey
  /** BPE: the rank of joining each piece with the next, null where they are never joined */
  ranks(pieces: readonly string[]): (number | null)[]
}

type File = {
  normalizer?: unknown
  pre_tokenizer?: unknown
  post_processor?: unknown
  decoder?: unknown
  added_tokens?: { content: string; lstrip?: boolean; rstrip?: boolean; normalized?: boolean }[]
  model?: { merges?: unknown[]; piece_types?: ArrayLike<number> }
}

/** Most rows of one answer. */
const maxRows = 500

export function openTokenizerLab(
  json: unknown,
  config: unknown = {},
  template: string | null = null,
  made?: Tokenizer,
): TokenizerLab {
  const tokenizer = made ?? loadTokenizer(json, config)
  const file = withConfigTokens(json, config) as File
  const token = (id: number): VocabToken => ({
    id,
    text: tokenizer.tokenText(id),
    written: tokenizer.decoding?.token(id) ?? '',
    bytes: [...tokenizer.tokenBytes(id)],
    special: tokenizer.isSpecial(id),
  })
  const isByteLevel = [...names(file.pre_tokenizer), ...names(file.decoder)].includes('ByteLevel')
  let merges: Ranks | null = null
  // several pictures ask about the same text
  let latest: { text: string; explained: ExplainedText } | null = null
  let last: { query: string; ids: readonly number[] } | null = null
  return {
    facts() {
      const { bos, eos, pad, unk } = tokenizer.specialIds
      return {
        model: explainEncode(file, '').model,
        vocabSize: tokenizer.vocabSize,
        merges: file.model?.merges?.length ?? null,
        normalizer: names(file.normalizer),
        preTokenizer: names(file.pre_tokenizer),
        postProcessor: names(file.post_processor),
        decoder: names(file.decoder),
        alphabet: isByteLevel ? byteToChar : null,
        bos,
        eos,
        pad,
        unk,
        addsBos: tokenizer.addsBos,
        around: tokenizer.encode('').map(token),
        template,
        added: [...new Map((file.added_tokens ?? []).map((a) => [a.content, a])).values()].map((a) => ({
          ...token(tokenizer.idOf(a.content)!),
          lstrip: a.lstrip === true,
          rstrip: a.rstrip === true,
          normalized: a.normalized === true,
        })),
      }
    },
    explain(text) {
      if (latest?.text === text) return latest.explained
      const explained = explainEncode(file, text)
      const plain = tokenizer.encode(text, { addSpecial: false })
      latest = {
        text,
        explained: {
          ...explained,
          tokens: explained.ids.map(token),
          full: tokenizer.encode(text).map(token),
          agrees: plain.length === explained.ids.length && plain.every((id, i) => id === explained.ids[i]),
        },
      }
      return latest.explained
    },
    decode: (ids) => tokenizer.decode([...ids]),
    vocabulary(query, from, count) {
      if (!(Number.isInteger(from) && from >= 0 && Number.isInteger(count) && count >= 0 && count <= maxRows)) {
        throw new EngineError(
          'PARAM_INVALID',
          `Cannot list ${count} tokens from ${from}: at most ${maxRows} at once, from 0 on.`,
          { param: 'count', value: String(count) },
        )
      }
      if (query === '') {
        const total = tokenizer.vocabSize
        return {
          total,
          from,
          rows: Array.from({ length: Math.max(0, Math.min(count, total - from)) }, (_, i) => token(from + i)),
        }
      }
      if (last?.query !== query) last = { query, ids: search(tokenizer, query) }
      return { total: last.ids.length, from, rows: last.ids.slice(from, from + count).map(token) }
    },
    survey(from, count) {
      const to = Math.min(tokenizer.vocabSize, from + count)
      const survey: Survey = { to, partial: [], unreachable: [] }
      for (let id = from; id < to; id++) {
        const text = wholeText(tokenizer.tokenBytes(id), tokenizer.isSpecial(id) ? tokenizer.tokenText(id) : null)
        if (text === null) {
          survey.partial.push(id)
          continue
        }
        const found = surroundings.some(([before, after]) =>
          tokenizer.encode(before + text + after, { addSpecial: false }).includes(id),
        )
        if (!found) survey.unreachable.push({ token: token(id), ids: tokenizer.encode(text, { addSpecial: false }) })
      }
      return survey
    },
    ranks(pieces) {
      const rank = (merges ??= ranksOf({ ...file.model, merges: file.model?.merges ?? [] }))
      // nothing joins with a piece of SentencePiece's users
      const types = file.model?.piece_types
      const own = (piece: string): boolean => types?.[tokenizer.idOf(piece) ?? -1] === pieceType.userDefined
      return pieces
        .slice(1)
        .map((piece, i) => (own(pieces[i]!) || own(piece) ? null : (rank(pieces[i]!, piece) ?? null)))
    },
  }
}

/** What may stand around a token: many are only cut inside a word, at its end, or after a space. */
const surroundings = [
  ['', ''],
  ['a', ''],
  [' ', ''],
  ['a ', ''],
  ['', 'a'],
  ['a', 'a'],
  ['', 'x'],
] as const
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
/** null where the bytes are no whole characters. */
function wholeText(bytes: Uint8Array, special: string | null): string | null {
  if (special !== null) return special
  try {
    return bytes.length === 0 ? null : strict.decode(bytes)
  } catch {
    return null
  }
}

function search(tokenizer: Tokenizer, query: string): number[] {
  const ids: number[] = []
  const id = /^#(\d{1,7})$/.exec(query)
  if (id) return Number(id[1]) < tokenizer.vocabSize ? [Number(id[1])] : []
  const hex = /^0x([0-9a-f]{2}(?: ?[0-9a-f]{2})*)$/i.exec(query)
  const wanted = hex ? hex[1]!.replaceAll(' ', '').toLowerCase() : query.replaceAll('␣', ' ')
  for (let i = 0; i < tokenizer.vocabSize; i++) {
    if (hex) {
      const bytes = Array.from(tokenizer.tokenBytes(i), (b) => b.toString(16).padStart(2, '0')).join('')
      let at = bytes.indexOf(wanted)
      while (at % 2 === 1) at = bytes.indexOf(wanted, at + 1)
      if (at >= 0) ids.push(i)
    } else if (tokenizer.tokenText(i).includes(wanted) || tokenizer.decoding?.token(i)?.includes(wanted)) ids.push(i)
  }
  return ids
}

/** The types of a step and of the steps inside it. */
function names(node: unknown): string[] {
  if (node === null || typeof node !== 'object') return []
  const step = node as Record<string, unknown>
  const inner = ['normalizers', 'pretokenizers', 'processors', 'decoders'].flatMap((key) =>
    Array.isArray(step[key]) ? (step[key] as unknown[]).flatMap(names) : [],
  )
  return step['type'] === 'Sequence' ? inner : [plainly(step['type']), ...inner]
}
