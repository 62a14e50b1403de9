// The reader's documents, as the page asks for them: the shelf with the loaded model as its reader, where that gives vectors.

import { Shelf, type Meaning, type Reader, type ShelfRows } from '../retrieval/shelf.ts'
import type { IndexKind, IndexLook } from '../retrieval/teaching/index.ts'
import type { Follow } from './call-types.ts'
import type { Loaded } from './door.ts'
import { readPdfWith } from './pdf.ts'
import type { Counted } from './requests.ts'

/** What is kept in this browser, shared by all tabs of an engine. */
export const openShelf = (rows: ShelfRows, startPdf: (() => Worker) | undefined): Shelf =>
  new Shelf(rows, startPdf && readPdfWith(startPdf))

/** @param engine what is loaded now */
export function documentsOf(shelf: Shelf, engine: () => Loaded | null) {
  const reader = (): Reader | null => {
    const now = engine()
    if (!now?.info.does.includes('embed')) return null
    const { name, parameters, hidden, formats } = now.info
    const model = `${name} ${parameters} ${hidden} ${formats.linear} ${formats.embedding}`
    return { model, read: (text) => now.read(text), scan: (codes, question) => now.scan(codes, question) }
  }
  return {
    /** oldest first */
    list: () => shelf.list(),
    /** reads, cuts and stores a file; refused by name where it is no document */
    add: (file: File, follow: Follow<Counted> = {}) => shelf.add(file, file.name, Date.now(), follow),
    /** away, to be forgotten at the next visit, or back */
    put: (id: string, away: boolean) => shelf.put(id, away, Date.now()),
    text: (id: string) => shelf.text(id),
    /** by words, and by meaning where the loaded model gives vectors */
    search: (question: string, k: number) => shelf.search(question, k, reader()),
    /** null: the loaded model gives no vectors */
    async meaning(): Promise<Meaning | null> {
      const now = reader()
      return now && shelf.meaning(now.model)
    },
    /** how alike texts and passages are; null: the loaded model gives no vectors */
    async likeness(texts: readonly string[], passages: readonly { hash: string; chunk: number }[]) {
      const now = reader()
      return now && shelf.likeness(now, texts, passages)
    },
    /** a question asked of a teaching index; null where search by meaning is not ready */
    async lookInto(question: string, kind: IndexKind, wide: number): Promise<IndexLook | null> {
      const now = reader()
      return now && shelf.lookInto(now, question, kind, wide)
    },
    /** makes the vectors that the loaded model has not made yet; what is made when it is stopped stays */
    async embed(follow: Follow<Counted> = {}): Promise<void> {
      const now = reader()
      if (now) await shelf.embed(now, follow)
    },
  }
}
export type Documents = ReturnType<typeof documentsOf>
