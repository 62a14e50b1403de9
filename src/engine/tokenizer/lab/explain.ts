// The whole way from text to ids with every step on show, for the tokenizer panel.
//
// Computed by the readable implementations of this folder, not by the production
// tokenizer; tests hold their ids equal. bos and eos are not part of it.

import { EngineError } from '../../errors.ts'
import type { Json } from '../check.ts'
import { prepareTokenizer, type Prepared } from '../prepare.ts'
import { checkText } from '../load.ts'
import { Meter } from '../meter.ts'
import { byteTokens, firstSymbols } from '../models/bpe.ts'
import { ownPieces } from '../models/own-pieces.ts'
import { unigramRules } from '../models/unigram.ts'
import { bpeSteps, maxPieces, ranksOf, type BpeStep } from './bpe.ts'
import { sectioner } from './sections.ts'
import { unigramModel, unigramSteps, type UnigramTrace } from './unigram.ts'
import { wordPieceSteps, type WordPieceTrace } from './wordpiece.ts'

export interface WordTrace {
  /** the pre-token as people read it */
  text: string
  /** its UTF-8 bytes */
  bytes: number[]
  /** what the algorithm starts from: characters, or bytes in the byte-level alphabet */
  symbols: string[]
  /** BPE joins in order; empty for the other models */
  steps: BpeStep[]
  wordPiece?: WordPieceTrace
  unigram?: UnigramTrace
  /** 'added': taken whole as an added token; 'whole': found in the vocabulary before any merge (ignore_merges) */
  how: 'bpe' | 'wordpiece' | 'unigram' | 'added' | 'whole'
  tokens: string[]
  ids: number[]
}

export interface Explanation {
  model: Prepared['model']['type']
  normalized: string
  /** start and end are places in `normalized` */
  preTokens: { text: string; start: number; end: number }[]
  /** one per pre-token */
  words: WordTrace[]
  ids: number[]
}

/** Longest text that is explained: every step of it is kept. */
export const longestText = 4000

type Segment = (
  word: string,
  meter: Meter,
) => Pick<WordTrace, 'symbols' | 'steps' | 'how' | 'tokens' | 'wordPiece' | 'unigram'>
type Lab = (text: string) => Explanation
const labs = new WeakMap<object, Lab>()

/** @param tokenizerJson the parsed file; explaining again with the same object is fast */
export function explainEncode(tokenizerJson: object, text: string): Explanation {
  checkText(text)
  if (text.length > longestText) {
    throw new EngineError(
      'PARAM_INVALID',
      `Cannot explain a text of ${text.length} characters: it must be at most ${longestText}. Shorten it.`,
      { param: 'text', need: `at most ${longestText} characters`, value: text.length },
    )
  }
  let lab = labs.get(tokenizerJson)
  if (!lab) labs.set(tokenizerJson, (lab = openLab(prepareTokenizer(tokenizerJson))))
  return lab(text)
}

function openLab(prepared: Prepared): Lab {
  const { model } = prepared
  const cut = sectioner(prepared)
  const ids =
    model.type === 'Unigram'
      ? new Map((model.vocab as [string, number][]).map(([piece], id) => [piece, id]))
      : new Map(Object.entries(model.vocab as Record<string, number>))
  const unk =
    model.type === 'Unigram'
      ? (model.unk_id as number)
      : model.unk_token == null
        ? undefined
        : ids.get(model.unk_token as string)
  const segment =
    model.type === 'BPE'
      ? bpeSegment(model, ids)
      : model.type === 'WordPiece'
        ? wordPieceSegment(model, ids)
        : unigramSegment(model, ids)
  const fuses = model.merge_ranks !== undefined && model.fuse_unk === true
  const utf8 = new TextEncoder()

  return (text) => {
    const { normalized, preTokens } = cut(text)
    const all: number[] = []
    const meter = new Meter(text.length)
    const words = preTokens.map((pre): WordTrace => {
      const base = { text: pre.text, bytes: [...utf8.encode(pre.text)] }
      if (pre.added) {
        all.push(pre.added.id)
        return {
          ...base,
          symbols: [pre.text],
          steps: [],
          how: 'added',
          tokens: [pre.added.content],
          ids: [pre.added.id],
        }
      }
      const found = segment(pre.word, meter)
      const wordIds: number[] = []
      let lastUnknown = false
      for (const token of found.tokens) {
        const id = ids.get(token) ?? unk
        if (id === undefined) continue
        // a run of unknown pieces is one unknown token
        if (fuses && id === unk && lastUnknown) continue
        lastUnknown = id === unk
        wordIds.push(id)
      }
      all.push(...wordIds)
      return { ...base, ...found, ids: wordIds }
    })
    return {
      model: model.type,
      normalized,
      preTokens: preTokens.map(({ text: piece, start, end }) => ({ text: piece, start, end })),
      words,
      ids: all,
    }
  }
}

function bpeSegment(model: Json, ids: ReadonlyMap<string, number>): Segment {
  const ranks = ranksOf(model)
  const text = (value: unknown): string => (typeof value === 'string' ? value : '')
  const prefix = text(model.continuing_subword_prefix),
    suffix = text(model.end_of_word_suffix)
  const unk = model.unk_token == null ? null : (model.unk_token as string),
    bytes = model.byte_fallback === true
  const has = (piece: string): boolean => ids.has(piece)
  // with scores characters stay what they are until all joins are done
  const options = {
    prefix,
    suffix,
    unk,
    bytes,
    fuse: model.fuse_unk === true,
    has: model.merge_ranks === undefined ? has : () => true,
  }
  const fallback = (piece: string): string[] =>
    has(piece) ? [piece] : (byteTokens(piece, has, bytes) ?? (unk === null ? [] : [unk]))
  const cut = ownPieces(model, ids)
  return (word, meter) => {
    if (model.ignore_merges === true && has(word)) return { symbols: [word], steps: [], how: 'whole', tokens: [word] }
    const parts = cut(word, meter).map(({ text: part, own }) => ({
      own,
      symbols: own ? [part] : firstSymbols(part, options),
    }))
    const symbols = parts.flatMap((part) => part.symbols)
    const pieces = [...symbols],
      steps: BpeStep[] = []
    let at = 0,
      kept = 0
    for (const part of parts) {
      const made = part.own ? { steps: [], pieces: part.symbols } : bpeSteps(part.symbols, ranks, prefix)
      // each picture is of the whole word: what was joined before, and what comes after
      const before = pieces.slice(0, at),
        after = pieces.slice(at + part.symbols.length)
      for (const step of made.steps) {
        const whole = parts.length > 1 && step.pieces.length > 0 && (kept += pieces.length) <= maxPieces
        const shown = parts.length === 1 ? step.pieces : whole ? [...before, ...step.pieces, ...after] : []
        steps.push({ ...step, at: at + step.at, pieces: shown })
      }
      pieces.splice(at, part.symbols.length, ...made.pieces)
      at += made.pieces.length
    }
    return { symbols, steps, how: 'bpe', tokens: pieces.flatMap(fallback) }
  }
}

function wordPieceSegment(model: Json, ids: ReadonlyMap<string, number>): Segment {
  const options = {
    prefix: model.continuing_subword_prefix as string,
    unknown: model.unk_token as string,
    maxCharacters: typeof model.max_input_chars_per_word === 'number' ? model.max_input_chars_per_word : 100,
  }
  return (word, meter) => {
    const wordPiece = wordPieceSteps(
      word,
      (piece) => {
        meter.work(1 + (piece.length >> 4))
        return ids.has(piece)
      },
      options,
    )
    return { symbols: [...word], steps: [], how: 'wordpiece', tokens: wordPiece.tokens, wordPiece }
  }
}

function unigramSegment(model: Json, ids: ReadonlyMap<string, number>): Segment {
  const rules = unigramRules(model, ids)
  const pieces = unigramModel(model.vocab as [string, number][], model.unk_id as number, rules)
  const bytes = model.byte_fallback === true,
    unk = (model.vocab as [string, number][])[model.unk_id as number]![0]
  return (word, meter) => {
    const unigram = unigramSteps(word, pieces, meter)
    // a run of unknown pieces is one
    const runs: { text: string; unknown: boolean }[] = []
    for (const { piece, unknown } of unigram.path) {
      if (unknown && runs.at(-1)?.unknown) runs.at(-1)!.text += piece
      else runs.push({ text: piece, unknown })
    }
    const tokens = runs.flatMap(({ text, unknown }) =>
      !unknown || (rules.joins && ids.has(text))
        ? [text]
        : (byteTokens(text, (token) => ids.has(token), bytes) ?? [unk]),
    )
    return { symbols: [...word], steps: [], how: 'unigram', tokens, unigram }
  }
}
