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

const han = /\p{Script=Han}/u
const latin = /[a-z]/i
const sentence = /[^.!?。！？]+[.!?。！？]?/gu

/**
 * Does an answer still make sense, as far as counting can see: it came to its end, speaks the story's language alone, and says no
 * sentence twice. Nobody learns from it: 1 or 0, to be laid beside a reward.
 */
export function sense(story: string, { text, isWhole }: { text: string; isWhole: boolean }): number {
  const said = (text.match(sentence) ?? []).map((one) => one.trim()).filter((one) => one !== '')
  const isMixed = han.test(story) ? latin.test(text) : han.test(text)
  return Number(isWhole && said.length > 0 && !isMixed && new Set(said).size === said.length)
}
