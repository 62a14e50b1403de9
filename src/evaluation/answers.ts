// An answer against one key or several: each score is that of the key it is nearest to. 0 to 1.

import { balanced, common, shared, stretches } from './counts.ts'
import { answerTokens, rougeTokens } from './words.ts'

type Keys = readonly string[]
const best = (keys: Keys, of: (key: string) => number): number => keys.reduce((most, key) => Math.max(most, of(key)), 0)

/** SQuAD's exact match: the same words, without case, punctuation and articles. */
export const exactMatch = (answer: string, keys: Keys): number => {
  const own = answerTokens(answer).join(' ')
  return best(keys, (key) => Number(answerTokens(key).join(' ') === own))
}
/** SQuAD's F1 of words, in Chinese of characters; of two texts without any it is 1, of one 0. */
export const tokenF1 = (answer: string, keys: Keys): number => {
  const own = answerTokens(answer)
  return best(keys, (key) => {
    const wanted = answerTokens(key)
    if (own.length === 0 || wanted.length === 0) return Number(own.length === wanted.length)
    return balanced(shared(own, wanted), own.length, wanted.length)
  })
}
/** Are the key's words somewhere in the answer, one behind the other? A key without words never is. */
export const contains = (answer: string, keys: Keys): number => {
  const own = ` ${answerTokens(answer).join(' ')} `
  return best(keys, (key) => {
    const wanted = answerTokens(key).join(' ')
    return Number(wanted !== '' && own.includes(` ${wanted} `))
  })
}

/** ROUGE-1 and -2: F1 of stretches of n words. */
export const rougeN = (answer: string, keys: Keys, n: 1 | 2): number => {
  const own = stretches(rougeTokens(answer), n)
  return best(keys, (key) => {
    const wanted = stretches(rougeTokens(key), n)
    return balanced(shared(own, wanted), own.length, wanted.length)
  })
}
/** ROUGE-L: F1 of the longest list of words that both have in the same order. */
export const rougeL = (answer: string, keys: Keys): number => {
  const own = rougeTokens(answer)
  return best(keys, (key) => {
    const wanted = rougeTokens(key)
    return balanced(common(own, wanted), own.length, wanted.length)
  })
}
