// The tokens that are still in the draw, shared by all stages of the chain.
//
// Three parallel arrays, ids ascending: a stage changes scores or drops entries.
// Buffers are as large as the vocabulary and are used again for every token, so
// that sampling makes no garbage. Knows no stage.

export class Candidates {
  readonly ids: Int32Array
  /** logits while penalties act; after weigh(), nats below the best candidate (so ≤ 0) */
  readonly scores: Float64Array
  /** e^score: not normalized, the best has 1 */
  readonly weights: Float64Array
  count = 0
  /** sum of weights[0 … count) */
  mass = 0
  private readonly positions: Int32Array
  private readonly buckets = new Float64Array(256)

  constructor(readonly vocab: number) {
    this.ids = new Int32Array(vocab)
    this.scores = new Float64Array(vocab)
    this.weights = new Float64Array(vocab)
    this.positions = new Int32Array(vocab)
  }

  /** Starts a draw. Tokens at -Infinity (masked) take no part. @param form a bit for each token that may; without it all */
  fill(logits: Float32Array, form?: Uint32Array): void {
    const { ids, scores } = this
    let n = 0
    for (let id = 0; id < logits.length; id++) {
      const logit = logits[id]!
      if (logit === -Infinity || (form && !((form[id >> 5]! >>> (id & 31)) & 1))) continue
      ids[n] = id
      scores[n++] = logit
    }
    this.count = n
  }

  /** Where an id stands, or -1. Ids are ascending. */
  find(id: number): number {
    let low = 0,
      high = this.count - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      if (this.ids[middle]! < id) low = middle + 1
      else if (this.ids[middle]! > id) high = middle - 1
      else return middle
    }
    return -1
  }

  /** The best candidate's position; the lowest id wins ties. */
  best(): number {
    let at = 0
    for (let i = 1; i < this.count; i++) if (this.scores[i]! > this.scores[at]!) at = i
    return at
  }

  /** The k-th best score, k from 1 to count. */
  kthBest(k: number): number {
    // a heap while k is small; past that a typed sort is faster
    if (k <= 1024) return this.scores[topPositions(this.scores, this.count, k)[k - 1]!]!
    return this.scores.slice(0, this.count).sort()[this.count - k]!
  }

  /** Divides the scores' distance from the best by `temperature` and computes the weights. */
  weigh(temperature: number): void {
    const { scores, weights, count } = this
    const max = scores[this.best()]!
    let mass = 0
    for (let i = 0; i < count; i++) {
      const score = (scores[i]! - max) / temperature
      scores[i] = score
      mass += weights[i] = Math.exp(score)
    }
    this.mass = mass
  }

  /**
   * Keeps the candidates for which `keep(position)` holds and sums their mass anew. Returns how many went and their
   * share.
   */
  filter(keep: (position: number) => boolean): { removed: number; removedMass: number } {
    const { ids, scores, weights, count, mass } = this
    let n = 0,
      kept = 0
    for (let i = 0; i < count; i++) {
      if (!keep(i)) continue
      ids[n] = ids[i]!
      scores[n] = scores[i]!
      kept += weights[n] = weights[i]!
      n++
    }
    this.count = n
    this.mass = kept
    return { removed: count - n, removedMass: n === count ? 0 : Math.max(0, 1 - kept / mass) }
  }

  /**
   * Goes down from the most likely candidate (lower id first on ties) and returns the
   * position at which the mass passed reaches `target` (inclusive) or exceeds it.
   * Buckets by score and looks closer only at the bucket that matters: no full sort.
   */
  descendTo(target: number, inclusive: boolean): number {
    const { scores, weights, positions, buckets } = this
    const passes = (sum: number): boolean => (inclusive ? sum >= target : sum > target)
    let n = this.count,
      before = 0
    for (let i = 0; i < n; i++) positions[i] = i
    for (;;) {
      let high = -Infinity,
        low = Infinity
      for (let i = 0; i < n; i++) {
        const score = scores[positions[i]!]!
        if (score > high) high = score
        if (score !== -Infinity && score < low) low = score
      }
      const scale = 256 / (high - low)
      if (n <= 32 || !Number.isFinite(scale)) break
      const bucketOf = (score: number): number => Math.min(255, Math.floor((high - score) * scale))
      buckets.fill(0)
      for (let i = 0; i < n; i++) buckets[bucketOf(scores[positions[i]!]!)]! += weights[positions[i]!]!
      let bucket = 0,
        last = 0
      for (; bucket < 256; bucket++) {
        if (buckets[bucket] === 0) continue
        last = bucket
        if (passes(before + buckets[bucket]!)) break
        before += buckets[bucket]!
      }
      // rounding can leave the target just out of reach: the last candidate with any mass
      if (bucket === 256) {
        bucket = last
        before -= buckets[last]!
      }
      let m = 0
      for (let i = 0; i < n; i++) if (bucketOf(scores[positions[i]!]!) === bucket) positions[m++] = positions[i]!
      if (m === n) break
      n = m
    }
    const rest = positions.subarray(0, n).sort((a, b) => scores[b]! - scores[a]! || a - b)
    let at = rest[0]!
    for (const position of rest) {
      if (weights[position] === 0) break
      at = position
      before += weights[position]!
      if (passes(before)) break
    }
    return at
  }
}

/** Positions of the k largest values, best first, lower position first on ties. Values must not be NaN. */
export function topPositions(values: ArrayLike<number>, count: number, k: number): Int32Array {
  const size = Math.min(k, count)
  const heap = new Int32Array(size) // the worst of the best on top
  const worse = (a: number, b: number): boolean => values[a]! < values[b]! || (values[a] === values[b] && a > b)
  const sink = (at: number, end: number): void => {
    for (;;) {
      let child = 2 * at + 1
      if (child >= end) return
      if (child + 1 < end && worse(heap[child + 1]!, heap[child]!)) child++
      if (!worse(heap[child]!, heap[at]!)) return
      const swap = heap[at]!
      heap[at] = heap[child]!
      heap[child] = swap
      at = child
    }
  }
  for (let i = 0; i < size; i++) heap[i] = i
  for (let i = (size >> 1) - 1; i >= 0; i--) sink(i, size)
  if (size > 0) {
    let floor = values[heap[0]!]!
    for (let i = size; i < count; i++) {
      if (values[i]! <= floor) continue
      heap[0] = i
      sink(0, size)
      floor = values[heap[0]!]!
    }
  }
  for (let end = size - 1; end > 0; end--) {
    const swap = heap[0]!
    heap[0] = heap[end]!
    heap[end] = swap
    sink(0, end)
  }
  return heap
}
