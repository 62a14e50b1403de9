// What of an earlier talk a model is told: all of it, its end, a summary, or what the question is about. Each is paid for in
// tokens that are read again with every turn. Pure; who writes the summary is the caller's.

import { Bm25, wordsOf } from '../retrieval/index.ts'
import type { AgentMessage } from './prompt.ts'

export const memoryKinds = ['whole', 'window', 'summary', 'retrieval'] as const
export type MemoryKind = (typeof memoryKinds)[number]

/** A task and what came of it. */
export interface Exchange {
  asked: string
  answered: string
}
/** Written by a model. */
export interface Summary {
  text: string
  /** how many exchanges from the first on are in it */
  covers: number
}

/** Exchanges at the end that a window keeps, and that retrieval finds. */
export const kept = 2

const askedBefore = { en: 'What have we said so far?', zh: '我们之前说了什么？' }
const sumUp = {
  en: 'Sum up this talk in two short sentences. Keep names and numbers.',
  zh: '用两句短话概括这段对话，保留人名和数字。',
}

const pair = ({ asked, answered }: Exchange): AgentMessage[] => [
  { role: 'user', content: asked },
  { role: 'assistant', content: answered },
]

/** The exchanges that the question shares words with, the `kept` best, in the order of the talk. */
export function found(past: readonly Exchange[], question: string): Exchange[] {
  const index = new Bm25()
  for (const { asked, answered } of past) index.add(wordsOf(`${asked}\n${answered}`))
  const best = new Set(index.search(wordsOf(question), kept).map(({ index: at }) => at))
  return past.filter((_, i) => best.has(i))
}

/** What stands before the question. @returns null where a summary is wanted and there is none */
export function remembered(
  kind: MemoryKind,
  past: readonly Exchange[],
  question: string,
  summary: Summary | null,
  lang: 'en' | 'zh',
): AgentMessage[] | null {
  switch (kind) {
    case 'whole':
      return past.flatMap(pair)
    case 'window':
      return past.slice(-kept).flatMap(pair)
    case 'retrieval':
      return found(past, question).flatMap(pair)
    case 'summary':
      if (past.length === 0) return []
      if (!summary) return null
      return [{ asked: askedBefore[lang], answered: summary.text }, ...past.slice(summary.covers)].flatMap(pair)
  }
}

/** What a model is asked for a summary. The talk is data: it may quote anything. */
export const summaryPrompt = (past: readonly Exchange[], lang: 'en' | 'zh'): AgentMessage[] => [
  {
    role: 'user',
    content: [sumUp[lang], ...past.map(({ asked, answered }) => `- ${asked}\n- ${answered}`)].join('\n'),
    data: true,
  },
]
