// An answer with citations: the prompt that asks for them, and what can be checked of them without believing the model. A
// citation is right only where its passage was offered; how far a sentence is carried by a passage is the longest common
// subsequence of their words, as a share of the sentence's. That is about words, not about truth.

import { sentencesOf } from './sentences.ts'
import { wordsOf } from './words.ts'

export interface CheckedSentence {
  /** UTF-16 offsets into the answer */
  start: number
  end: number
  /** numbers that it cites, as written: `offered` tells whether there is such a passage */
  cites: { number: number; offered: boolean }[]
  /** the passage that carries most of its words, by number from 1; null where no word of it is in any */
  support: { number: number; share: number } | null
  /** where all of it but its citation stands in that passage, letter by letter; UTF-16 offsets into the passage */
  quote: { start: number; end: number } | null
}

const asks = {
  en: 'Answer the question from the passages alone. Write the number of the passage behind each sentence, like [1]. If they do not say it, answer: not found.',
  zh: '只根据下面的段落回答问题。在每句话后面写出所依据段落的编号，例如 [1]。如果段落里没有答案，就回答：没有找到。',
}

/** Whoever sends it says that it is data (ChatMessage.data): passages stay text, whatever special tokens they spell. */
export const citingPrompt = (question: string, passages: readonly string[], lang: 'en' | 'zh'): string =>
  [asks[lang], ...passages.map((text, i) => `[${i + 1}] ${text}`), question].join('\n\n')

const asksToQuote = { en: 'Answer the question with one sentence of the passages.', zh: '用段落中的一句话回答问题。' }
/** As citingPrompt, for an answer that is held to `quotePattern`. */
export const quotingPrompt = (question: string, passages: readonly string[], lang: 'en' | 'zh'): string =>
  [asksToQuote[lang], ...passages.map((text, i) => `[${i + 1}] ${text}`), question].join('\n\n')

/** A constraint's pattern is no longer than 10,000 characters (engine/constrain/pattern.ts). */
const longestPattern = 9_000
const escaped = (text: string): string => text.replace(/[\\^$.|?*+()[\]{}/-]/g, '\\$&')

/**
 * What an answer may be that says nothing of its own: one sentence of the passages, letter by letter, and the passage's
 * number. Headings are no sentences. Of long passages as many sentences as there is room for.
 * @returns null where there is no sentence
 */
export function quotePattern(passages: readonly string[]): string | null {
  const all = new Set<string>()
  let length = 0
  passages.forEach((passage, i) => {
    for (const line of passage.split(/[\r\n]+/)) {
      if (/^#{1,6}\s/.test(line)) continue
      for (const [start, end] of sentencesOf(line)) {
        const sentence = line.slice(start, end).trim()
        const one = escaped(`${sentence} [${i + 1}]`)
        if (wordsOf(sentence).length === 0 || length + one.length > longestPattern) continue
        all.add(one)
        length += one.length + 1
      }
    }
  })
  return all.size > 0 ? [...all].join('|') : null
}

/** For models that know stories and questions only: the best passage and the question. */
export const plainPrompt = (question: string, passage: string): string => `${passage.replace(/\s+/g, ' ')} ${question}`

const citation = /\[(\d{1,4})\]/g

export function checkAnswer(answer: string, passages: readonly string[]): CheckedSentence[] {
  const offered = passages.map((text) => wordsOf(text))
  const checked: CheckedSentence[] = []
  // a number belongs to the sentence before it, also behind its full stop: signs without a width end no sentence
  const masked = answer.replace(citation, (found) => '\u2060'.repeat(found.length))
  for (const [start, to] of sentencesOf(masked)) {
    const own = answer.slice(start, to)
    const cites = [...own.matchAll(citation)].map(([, n]) => ({
      number: Number(n),
      offered: Number(n) >= 1 && Number(n) <= passages.length,
    }))
    const words = wordsOf(masked.slice(start, to))
    if (words.length === 0 && cites.length === 0) continue
    let support = null as CheckedSentence['support']
    offered.forEach((passage, i) => {
      const share = common(words, passage) / Math.max(1, words.length)
      if (share > (support?.share ?? 0)) support = { number: i + 1, share }
    })
    const said = own.replace(citation, '').trim()
    const at = support && said !== '' ? passages[support.number - 1]!.indexOf(said) : -1
    const quote = at < 0 ? null : { start: at, end: at + said.length }
    checked.push({ start, end: start + own.trimEnd().length, cites, support, quote })
  }
  return checked
}

/** Length of the longest common subsequence: rows of the usual table, one at a time. */
function common(a: readonly string[], b: readonly string[]): number {
  let row = new Uint32Array(b.length + 1)
  for (const word of a) {
    const next = new Uint32Array(b.length + 1)
    for (let j = 0; j < b.length; j++) {
      next[j + 1] = word === b[j] ? row[j]! + 1 : Math.max(next[j]!, row[j + 1]!)
    }
    row = next
  }
  return row[b.length]!
}

/**
 * Where texts stand among the tokens of a run, by bytes: how a text is cut into tokens around them plays no part.
 * @returns tokens [from, to) that hold a byte of the text; null where it does not stand there
 */
export function spansOf(
  tokens: readonly { bytes: readonly number[] }[],
  texts: readonly string[],
): ([number, number] | null)[] {
  const ends: number[] = []
  let all = ''
  for (const { bytes } of tokens) {
    all += String.fromCharCode(...bytes)
    ends.push(all.length)
  }
  return texts.map((text) => {
    const wanted = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('')
    const at = all.indexOf(wanted)
    if (at < 0) return null
    return [ends.findIndex((end) => end > at), ends.findIndex((end) => end >= at + wanted.length) + 1]
  })
}
