// Puts two searches together by their ranks (reciprocal rank fusion, Cormack 2009: 1 / (60 + rank) from each), since their
// scores are not of one kind. Both ranks are kept: a reader sees which search found a text.

import type { Scored } from './bm25.ts'

export interface Hit {
  index: number
  /** 1 is the best; null where this search did not find it */
  words: { rank: number; score: number } | null
  meaning: { rank: number; score: number } | null
  score: number
}

const softness = 60

/**
 * Beside another search, texts whose words score this near to the best of them share its rank: what few words more or a
 * shorter text bring is less than what the other search knows. Measured on seed 16 of `npm run retrieval`: 0.7 of 0.7 to 1.
 */
const near = 0.7

function ranksOf(list: readonly Scored[], tolerance: number): number[] {
  let rank = 1
  return list.map(({ score }, i) => {
    if (score < list[rank - 1]!.score * tolerance) rank = i + 1
    return rank
  })
}

/** The best `k`, best first; of equal ones that with the better rank in either search, then with the better words. */
export function fuse(words: readonly Scored[], meaning: readonly Scored[], k: number): Hit[] {
  const hits = new Map<number, Hit>()
  const put = (list: readonly Scored[], by: 'words' | 'meaning'): void => {
    const ranks = ranksOf(list, by === 'words' && meaning.length > 0 ? near : 1)
    list.forEach(({ index, score }, i) => {
      const rank = ranks[i]!
      const hit = hits.get(index) ?? { index, words: null, meaning: null, score: 0 }
      hits.set(index, { ...hit, [by]: { rank, score }, score: hit.score + 1 / (softness + rank) })
    })
  }
  put(words, 'words')
  put(meaning, 'meaning')
  const top = ({ words: w, meaning: m }: Hit): number => Math.min(w?.rank ?? Infinity, m?.rank ?? Infinity)
  return [...hits.values()]
    .sort(
      (x, y) =>
        y.score - x.score || top(x) - top(y) || (y.words?.score ?? 0) - (x.words?.score ?? 0) || x.index - y.index,
    )
    .slice(0, k)
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
