// Documents that a lesson brings: a shelf in this tab, searched by words, beside the reader's own, which it does not touch.

import { MemoryRows } from '../../retrieval/memory-rows.ts'
import { documentsOf, openShelf, type Documents } from '../../worker/documents.ts'

export type LentShelf = Documents

export async function lentShelf(files: readonly File[]): Promise<LentShelf> {
  const shelf = documentsOf(openShelf(new MemoryRows(), undefined), () => null)
  for (const file of files) await shelf.add(file)
  return shelf
}
