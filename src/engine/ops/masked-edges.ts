// Edges of attention that the reader has masked: which keys stay hidden from which queries of which head (shaders/lib/masked-edges.wgsl).

/** Ranges are [from, to). */
export type MaskedEdges = readonly [head: number, queryFrom: number, queryTo: number, keyFrom: number, keyTo: number]

/** In an entry: every head. */
export const ANY_HEAD = 0xffffffff
/** Words of one entry on the GPU. */
export const MASKED_EDGES_WORDS = 5

export const packMaskedEdges = (maskedEdges: readonly MaskedEdges[]): Uint32Array =>
  Uint32Array.from(maskedEdges.flat())

/** Is this key hidden from this query of this head, by the first `count` packed entries? */
export function hiddenBy(packed: Uint32Array, count: number): (h: number, query: number, key: number) => boolean {
  const maskedEdges = Array.from(
    { length: count },
    (_, n) => [...packed.subarray(n * MASKED_EDGES_WORDS, (n + 1) * MASKED_EDGES_WORDS)] as unknown as MaskedEdges,
  )
  return (h, query, key) =>
    maskedEdges.some(
      ([head, q0, q1, k0, k1]) =>
        (head === h || head === ANY_HEAD) && query >= q0 && query < q1 && key >= k0 && key < k1,
    )
}
