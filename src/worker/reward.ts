// What an answer is worth by a rule that everybody can see: each of some words counts one, each of others takes one away. Plain data,
// so that a run that goes on after a reload is rewarded as before.

export interface RewardRule {
  plus: readonly string[]
  minus: readonly string[]
}

/** How often the words are in the text; capitals do not count. */
const countOf = (text: string, words: readonly string[]): number =>
  words.reduce((n, word) => n + (word === '' ? 0 : text.toLowerCase().split(word.toLowerCase()).length - 1), 0)

export const worth = ({ plus, minus }: RewardRule, text: string): number => countOf(text, plus) - countOf(text, minus)
