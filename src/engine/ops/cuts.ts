// Looks that the reader has cut: which keys stay hidden from which queries of which head (shaders/lib/cuts.wgsl).

/** Ranges are [from, to). */
export type Cut = readonly [head: number, queryFrom: number, queryTo: number, keyFrom: number, keyTo: number]

/** In a cut: every head. */
export const ANY_HEAD = 0xffffffff
/** Words of one cut on the GPU. */
export const CUT_WORDS = 5

export const packCuts = (cuts: readonly Cut[]): Uint32Array => Uint32Array.from(cuts.flat())

/** Is this key hidden from this query of this head, by the first `count` packed cuts? */
export function hiddenBy(packed: Uint32Array, count: number): (h: number, query: number, key: number) => boolean {
  const cuts = Array.from(
    { length: count },
    (_, n) => [...packed.subarray(n * CUT_WORDS, (n + 1) * CUT_WORDS)] as unknown as Cut,
  )
  return (h, query, key) =>
    cuts.some(
      ([head, q0, q1, k0, k1]) =>
        (head === h || head === ANY_HEAD) && query >= q0 && query < q1 && key >= k0 && key < k1,
    )
}
