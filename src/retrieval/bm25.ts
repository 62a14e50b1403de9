// BM25 (Robertson, Walker 1994; k1 = 1.2, b = 0.75) over words: which texts hold the question's rare words often, for their
// length. score = sum over words of idf · f (k1 + 1) / (f + k1), idf = ln(1 + (N − n + 0.5) / (n + 0.5)), which is never below
// 0; f is how often the word stands in the text, over 1 − b + b · length / average.
//
// A chunk of a document is told by more than its own words (fields as in BM25F; Robertson, Zaragoza, Taylor 2004), which are
// added up before they saturate, so that a word is evidence once wherever it stands:
//     f = max(f of the chunk, 3 where its headings hold the word) + max(f of the whole document, 1 where its first chunk does)
// A name in the title so counts for every section the same, and a text that says a name once and "it" from there on is found
// in all of its parts; in a long document a word says little of each, by the length that f is divided by.

/** A text that was found, and how well. */
export interface Scored {
  index: number
  score: number
}
/** A chunk, as it is looked for. */
export interface ChunkWords {
  /** its own, in order, with repetitions: they make its length. One that begins with # is no evidence for its neighbours */
  words: readonly string[]
  /** of its headings, title and name */
  heading: readonly string[]
}

const k1 = 1.2
const b = 0.75
const inHeading = 3
const inFirst = 1

interface Posting {
  /** texts that hold the word, or whose headings do, in order */
  at: number[]
  /** how often it stands there; 0 where only the headings hold it */
  counts: number[]
  headed: boolean[]
}
interface Document {
  from: number
  to: number
  length: number
}

export class Bm25 {
  private readonly postings = new Map<string, Posting>()
  private readonly lengths: number[] = []
  /** per text: null where it stands alone */
  private readonly documents: (Document | null)[] = []
  private total = 0

  /** A text without headings or neighbours. @param words its index is how many texts were added before */
  add(words: readonly string[]): void {
    this.put({ words, heading: [] }, null)
  }

  /** A document, whose chunks are put in one by one, in order; before the last one nothing else is to be added or searched. */
  document(): (chunk: ChunkWords) => void {
    const document = { from: this.size, to: this.size, length: 0 }
    return (chunk) => {
      this.put(chunk, document)
      document.to++
      document.length += chunk.words.length
    }
  }

  private put({ words, heading }: ChunkWords, document: Document | null): void {
    const index = this.size
    const above = new Set(heading)
    const counts = new Map([...above].map((word) => [word, 0]))
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
    for (const [word, count] of counts) {
      const list = this.postings.get(word) ?? { at: [], counts: [], headed: [] }
      list.at.push(index)
      list.counts.push(count)
      list.headed.push(above.has(word))
      this.postings.set(word, list)
    }
    this.lengths.push(words.length)
    this.documents.push(document)
    this.total += words.length
  }

  get size(): number {
    return this.lengths.length
  }

  /**
   * The best `k` that hold any word of the question, or whose document does, best first; of equal ones the earlier first.
   * @param kinds words that count for those texts only: alone they would find any text with a name or a number
   */
  search(question: readonly string[], k: number, kinds: readonly string[] = []): Scored[] {
    const N = this.size
    const scores = new Float64Array(N)
    const add = (word: string, isKind: boolean): void => {
      const list = this.postings.get(word)
      if (!list) return
      const idf = Math.log(1 + (N - list.at.length + 0.5) / (list.at.length + 0.5))
      this.eachDocument(word, list, (index, f) => {
        if (!isKind || scores[index]! > 0) scores[index]! += (idf * f * (k1 + 1)) / (f + k1)
      })
    }
    for (const word of new Set(question)) add(word, false)
    for (const kind of new Set(kinds)) add(kind, true)
    return bestOf(scores, k)
  }

  /** Tells f of every text that the word is evidence for: a posting's texts of one document stand together. */
  private eachDocument(word: string, { at, counts, headed }: Posting, tell: (index: number, f: number) => void): void {
    const average = this.total / this.size || 1
    const share = (count: number, length: number): number => count / (1 - b + (b * length) / average)
    const own = (i: number): number => Math.max(share(counts[i]!, this.lengths[at[i]!]!), headed[i] ? inHeading : 0)
    for (let i = 0; i < at.length;) {
      const document = this.documents[at[i]!] ?? null
      if (!document || word.startsWith('#')) {
        tell(at[i]!, own(i))
        i++
        continue
      }
      let next = i
      let count = 0
      while (next < at.length && at[next]! < document.to) count += counts[next++]!
      const opens = at[i] === document.from && counts[i]! >= 1
      const around = Math.max(share(count, document.length), opens ? inFirst : 0)
      for (let index = document.from; index < document.to; index++) {
        const here = at[i] === index && i < next ? own(i++) : 0
        if (here + around > 0) tell(index, here + around)
      }
    }
  }
}

/** The best `k` above 0 without sorting the others. */
function bestOf(scores: Float64Array, k: number): Scored[] {
  const found: Scored[] = []
  scores.forEach((score, index) => {
    if (!(score > 0) || (found.length >= k && !(score > (found[k - 1]?.score ?? Infinity)))) return
    let at = found.length
    while (at > 0 && score > found[at - 1]!.score) at--
    found.splice(at, 0, { index, score })
    if (found.length > k) found.pop()
  })
  return found
}
