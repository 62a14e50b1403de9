// Nearest tokens by the cosine of their embedding rows, compared on the GPU where the rows are. Block by block, so that
// a vocabulary of any size shows how far it is and can be stopped; a number per token comes back, never the table.

import type { Glass } from '../../store/index.ts'

/** Numbers of the embedding compared in one question: well under a second on any adapter. */
const block = 2 ** 22

export interface Neighbour {
  id: number
  cosine: number
}

/** @throws the signal's reason when it was stopped, and what the engine throws */
export async function nearest(
  glass: Glass,
  { vocab, hidden }: { vocab: number; hidden: number },
  id: number,
  count: number,
  onFraction: (fraction: number) => void,
  signal: AbortSignal,
): Promise<Neighbour[]> {
  const rows = Math.max(1, Math.floor(block / hidden))
  let best: Neighbour[] = []
  for (let from = 0; from < vocab; from += rows) {
    signal.throwIfAborted()
    const cosines = await glass.cosines(id, [from, Math.min(vocab, from + rows)])
    const min = best.length < count ? -Infinity : best.at(-1)!.cosine
    const better = Array.from(cosines, (cosine, i) => ({ id: from + i, cosine })).filter(
      (n) => n.id !== id && n.cosine > min,
    )
    best = [...best, ...better].sort((a, b) => b.cosine - a.cosine || a.id - b.id).slice(0, count)
    onFraction(Math.min(1, (from + rows) / vocab))
  }
  return best
}
