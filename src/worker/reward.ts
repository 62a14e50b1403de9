// What an answer is worth by a rule that everybody can see: each of some words counts one, each of others takes one away. Plain data,
// so that a run that goes on after a reload is rewarded as before. Chinese has no spaces to tell words by, so letters are looked for
// wherever they stand; the trap is that one word may hold another (不开心 has 开心 in it), and then the longest alone counts.

export interface RewardRule {
  plus: readonly string[]
  minus: readonly string[]
}

/** What stands for a word that was counted, so that no shorter one is found in it, or across it. */
const COUNTED = '\0'

/**
 * The sum over the rule's words in a text; capitals do not count. Where words of the rule overlap, the longest one alone counts. A word
 * of both lists is worth nothing; a word that stands twice in a list counts once.
 */
export function worth({ plus, minus }: RewardRule, text: string): number {
  const [better, worse] = [plus, minus].map((words) => new Set(words.map((word) => word.toLowerCase())))
  const longestFirst = [...new Set([...better!, ...worse!])]
    .filter((word) => word !== '')
    .sort((a, b) => b.length - a.length)
  let [left, sum] = [text.toLowerCase(), 0]
  for (const word of longestFirst) {
    const parts = left.split(word)
    sum += (parts.length - 1) * (Number(better!.has(word)) - Number(worse!.has(word)))
    left = parts.join(COUNTED)
  }
  return sum
}

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
