// Masks to play with, and what softmax makes of given scores under them. An illustration: no model runs behind it.

export type MaskKind = 'causal' | 'bidirectional' | 'prefix' | 'window' | 'own'

/**
 * (n, n) row by row; 1: the query (row) may see the key (column). `prefix`: tokens that see each other; `window`:
 * tokens a query sees, itself among them.
 */
export function maskOf(
  kind: Exclude<MaskKind, 'own'>,
  n: number,
  { prefix, window }: { prefix: number; window: number },
): Uint8Array {
  const sees = (query: number, key: number): boolean => {
    switch (kind) {
      case 'causal':
        return key <= query
      case 'bidirectional':
        return true
      case 'prefix':
        return key <= query || key < prefix
      case 'window':
        return key <= query && key > query - window
    }
  }
  return Uint8Array.from({ length: n * n }, (_, i) => Number(sees(Math.floor(i / n), i % n)))
}

/** Softmax of every row over the keys it may see; NaN where it may not, and everywhere in a row that sees nothing. */
export function softmaxUnder(scores: Float32Array, mask: Uint8Array, n: number): Float32Array {
  const out = new Float32Array(n * n).fill(NaN)
  for (let row = 0; row < n; row++) {
    let max = -Infinity,
      sum = 0
    for (let at = row * n; at < (row + 1) * n; at++) if (mask[at] && scores[at]! > max) max = scores[at]!
    for (let at = row * n; at < (row + 1) * n; at++) if (mask[at]) sum += Math.exp(scores[at]! - max)
    for (let at = row * n; at < (row + 1) * n; at++) if (mask[at]) out[at] = Math.exp(scores[at]! - max) / sum
  }
  return out
}
