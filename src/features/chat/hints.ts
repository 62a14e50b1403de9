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

/** Words that only hold a sentence together: where they come from is grammar, not the text. */
const functionWords = new Set(
  (
    'a an the this that these those there here it its he him his she her hers they them their we us our you your me my mine ' +
    'is are was were be been being am do does did has have had will would can could may might must shall should not no yes ' +
    'and or but so if then than as of in on at to for from by with into onto out up down about after before over under when while because ' +
    'who whom whose what which where why how also very just only all some any each every one ' +
    '的 了 在 是 和 与 或 也 都 就 又 很 不 没 有 我 你 您 他 她 它 们 我们 你们 他们 她们 它们 这 那 这个 那个 这里 那里 哪里 什么 谁 怎么 为什么 一个 一 个 着 过 得 地 到 从 把 被 给 向 对 于 为 以 而 但 但是 因为 所以 如果 吗 呢 吧 啊 里 上 下 中'
  ).split(' '),
)

interface Found {
  i: number
  text: string
  whole: boolean
  n: number
}
/** The better of two words to ask about: a whole one, the fewer places it can have come from, the longer, the later. */
const better = (a: Found, b: Found): Found =>
  a.whole !== b.whole ? (a.whole ? a : b) : a.n !== b.n ? (a.n < b.n ? a : b) : a.text.length > b.text.length ? a : b

export function hintWords(
  events: readonly TokenEvent[],
  prompt: Pick<PromptEvent, 'ids' | 'source'> | null,
): HintWords {
  const all = events.map((event, i) => ({ event, i }))
  const said = all.filter(({ event }) => isWord(event.text))
  // an answer of numbers has no words: its numbers are what to ask about
  const words = said.length > 0 ? said : all.filter(({ event }) => /\p{L}|\p{N}/u.test(event.text))
  // an encoder–decoder finds its words in what its encoder read
  const before = prompt?.source ?? prompt?.ids ?? []
  const max = words.reduce<(typeof words)[number] | null>(
    (best, next) => (best && best.event.entropy >= next.event.entropy ? best : next),
    null,
  )
  const places = (id: number): number => before.reduce((n, other) => n + Number(other === id), 0)
  /** not a piece that the token before or after goes on with; Chinese writes no spaces, its tokens stand alone */
  const isWhole = (i: number): boolean => {
    const text = events[i]!.text
    return (
      /\p{Script=Han}/u.test(text) ||
      ((i === 0 || /^\P{L}/u.test(text) || /\P{L}$/u.test(events[i - 1]!.text)) &&
        !/^\p{L}/u.test(events[i + 1]?.text ?? ''))
    )
  }
  const found = words
    .map(({ event, i }): Found => ({ i, text: event.text.trim(), whole: isWhole(i), n: places(event.id) }))
    .filter(({ n, text }) => n > 0 && !functionWords.has(text.toLowerCase()))
    .reduce<Found | null>((best, next) => (best ? better(best, next) : next), null)
  return { open: max?.i ?? null, source: found?.i ?? null }
}
