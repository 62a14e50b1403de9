// Puts two searches together. Their scores are not of one kind, so each is laid between 0 and 1 and both count the same (a
// convex combination; Bruch, Gai, Ingber 2023). By ranks alone (1 / (60 + rank), Cormack 2009) a search that knows nothing
// would weigh as much as one that does: `npm run retrieval` found less so (docs/retrieval.md). Both ranks are kept: a reader
// sees which search found a text.

import type { Scored } from './bm25.ts'
import type { Near } from './vectors.ts'

/** How many texts each search gives. */
export const depth = 50

export interface Hit {
  index: number
  /** 1 is the best; null where this search did not find it */
  words: { rank: number; score: number } | null
  meaning: { rank: number; score: number } | null
  score: number
}

/** The best `k`, best first; of equal ones that with the better rank in either search, then the earlier. */
export function fuse(words: readonly Scored[], meaning: readonly Near[], k: number): Hit[] {
  const hits = new Map<number, Hit>()
  const valueOf = (one: Near | undefined): number => one?.by ?? one?.score ?? 0
  const put = (list: readonly Near[], search: 'words' | 'meaning', lowest: number): void => {
    const range = valueOf(list[0]) - lowest
    list.forEach((one, i) => {
      const hit = hits.get(one.index) ?? { index: one.index, words: null, meaning: null, score: 0 }
      const share = range > 0 ? (valueOf(one) - lowest) / range : 1
      hits.set(one.index, { ...hit, [search]: { rank: i + 1, score: one.score }, score: hit.score + share / 2 })
    })
  }
  // 0 is what any text of so many could have: the last one's score. Where not so many hold a word, the others have 0; any two
  // texts are somewhat alike
  put(words, 'words', words.length < depth ? 0 : words.at(-1)!.score)
  put(meaning, 'meaning', valueOf(meaning.at(-1)))
  const top = ({ words: w, meaning: m }: Hit): number => Math.min(w?.rank ?? Infinity, m?.rank ?? Infinity)
  return [...hits.values()].sort((x, y) => y.score - x.score || top(x) - top(y) || x.index - y.index).slice(0, k)
}

/** Above this share of unknown tokens a vector says nothing of its text: no search by meaning. */
export const mostUnknown = 0.2

/**
 * @param tokens of texts as their model reads them
 * @returns how many of those that stand for text stand for what the model has no token for
 */
export function unknownShare(tokens: readonly { text: string; special: boolean }[]): number {
  const unknown = tokens.filter(({ text, special }) => special && /^[[<]unk[\]>]$/i.test(text)).length
  const read = tokens.filter(({ special }) => !special).length + unknown
  return read === 0 ? 0 : unknown / read
}
