// Rows of a shelf that lie in memory, and are gone with it: documents that a lesson brings.

import type { DocumentRow, ShelfRows, VectorRow } from './shelf.ts'

export class MemoryRows implements ShelfRows {
  private readonly kept = new Map<string, DocumentRow>()
  private readonly made: VectorRow[] = []

  async documents(): Promise<DocumentRow[]> {
    return [...this.kept.values()]
  }
  async put(row: DocumentRow): Promise<void> {
    this.kept.set(row.id, row)
  }
  async drop(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.kept.delete(id)
  }
  async vectors(model: string): Promise<VectorRow[]> {
    return this.made.filter((row) => row.model === model)
  }
  async putVectors(row: VectorRow): Promise<void> {
    this.made.push(row)
  }
}
