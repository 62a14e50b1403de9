// Nearest tokens by the cosine of their embedding rows, read tile by tile from the running model: what is compared is what
// the kernels see. Small embeddings only, until an engine call does it where the rows are.

import { getClient, type Glass } from '../../store/index.ts'

/** Numbers of an embedding that are read at most. */
export const mostNumbers = 2 ** 23
/** elements of one weight tile */
const tile = 2 ** 16

export interface Embedding { tensor: string; rows: number; cols: number }
export interface Neighbour { id: number; cosine: number }

export async function findEmbedding(glass: Glass): Promise<Embedding | null> {
  const { hidden } = await glass.info()
  const list = (await glass.weights()).filter((w) => w.cols === hidden && /embed_tokens|word_embeddings|wte|token_embd|tok_embeddings|embed_in/.test(w.tensor) && !/norm/.test(w.tensor))
  const most = list.toSorted((a, b) => b.rows - a.rows)[0]
  return most ? { tensor: most.tensor, rows: most.rows, cols: most.cols } : null
}

export async function nearest({ tensor, rows, cols }: Embedding, id: number, count: number, onShare: (share: number) => void, signal: AbortSignal): Promise<Neighbour[]> {
  const { glass } = getClient()
  const at = Math.max(1, Math.floor(tile / cols))
  const { values: own } = await glass.weightTile(tensor, id, 0, 1, cols)
  const length = (x: Float32Array, from: number): number => { let sum = 0; for (let i = 0; i < cols; i++) sum += x[from + i]! * x[from + i]!; return Math.sqrt(sum) }
  const mine = length(own, 0)
  const found: Neighbour[] = []
  for (let row = 0; row < rows; row += at) {
    signal.throwIfAborted()
    const part = await glass.weightTile(tensor, row, 0, at, cols)
    for (let r = 0; r < part.tile.rows; r++) {
      let dot = 0
      for (let i = 0; i < cols; i++) dot += own[i]! * part.values[r * cols + i]!
      const cosine = dot / (mine * length(part.values, r * cols) || 1)
      if (row + r !== id) found.push({ id: row + r, cosine })
    }
    onShare(Math.min(1, (row + at) / rows))
  }
  return found.sort((a, b) => b.cosine - a.cosine || a.id - b.id).slice(0, count)
}
