// BM25 (Robertson, Walker 1994; k1 = 1.2, b = 0.75) over words: which texts hold the question's rare words often, for their
// length. score = sum over words of idf · f (k1 + 1) / (f + k1 (1 − b + b · length / average)),
// idf = ln(1 + (N − n + 0.5) / (n + 0.5)), which is never below 0.

/** A text that was found, and how well. */
export interface Scored {
  index: number
  score: number
}

const k1 = 1.2
const b = 0.75

export class Bm25 {
  private readonly postings = new Map<string, { at: number[]; counts: number[] }>()
  private readonly lengths: number[] = []
  private total = 0

  /** @param words of one text; its index is how many were added before */
  add(words: readonly string[]): void {
    const index = this.lengths.length
    const counts = new Map<string, number>()
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
    for (const [word, count] of counts) {
      const list = this.postings.get(word) ?? { at: [], counts: [] }
      list.at.push(index)
      list.counts.push(count)
      this.postings.set(word, list)
    }
    this.lengths.push(words.length)
    this.total += words.length
  }

  get size(): number {
    return this.lengths.length
  }

  /** The best `k` that hold any word of the question, best first; of equal ones the earlier first. */
  search(question: readonly string[], k: number): Scored[] {
    const N = this.size
    const average = this.total / Math.max(1, N)
    const scores = new Map<number, number>()
    for (const word of new Set(question)) {
      const list = this.postings.get(word)
      if (!list) continue
      const idf = Math.log(1 + (N - list.at.length + 0.5) / (list.at.length + 0.5))
      list.at.forEach((index, i) => {
        const f = list.counts[i]!
        const score = (idf * f * (k1 + 1)) / (f + k1 * (1 - b + (b * this.lengths[index]!) / average))
        scores.set(index, (scores.get(index) ?? 0) + score)
      })
    }
    return [...scores]
      .map(([index, score]) => ({ index, score }))
      .sort((x, y) => y.score - x.score || x.index - y.index)
      .slice(0, k)
  }
}
