// Which words of an answer are worth a question: the one that was least certain, and one that the text before it
// already says. Pure.

import type { PromptEvent, TokenEvent } from '../../store/index.ts'

export interface HintWords {
  /** the choice that was most open: index in the answer */
  open: number | null
  /** a word that could have been looked up in the prompt */
  source: number | null
}

/** Long enough to mean something by itself: two letters, or one Chinese character. */
const isWord = (text: string): boolean => /\p{L}{2,}|\p{Script=Han}/u.test(text)

export function hintWords(events: readonly TokenEvent[], prompt: Pick<PromptEvent, 'ids'> | null): HintWords {
  const words = events.map((event, i) => ({ event, i })).filter(({ event }) => isWord(event.text))
  const most = words.reduce<typeof words[number] | null>((best, next) => (best && best.event.entropy >= next.event.entropy ? best : next), null)
  const places = (id: number): number => prompt?.ids.reduce((n, other) => n + Number(other === id), 0) ?? 0
  // the fewer places it can have come from, the more it says; the last of those is where answers put their news
  const found = words.map(({ event, i }) => ({ i, n: places(event.id) })).filter(({ n }) => n > 0)
    .reduce<{ i: number; n: number } | null>((best, next) => (best && best.n < next.n ? best : next), null)
  return { open: most?.i ?? null, source: found?.i ?? null }
}
