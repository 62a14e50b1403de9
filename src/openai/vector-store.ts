// A vector store for LangChain.js: exact search over int8 rows (retrieval/vectors.ts), in memory. The package is the caller's:
// what is extended here is the class that it hands in, so that nothing of it is loaded or needed otherwise.
//
//   const Store = vectorStore(VectorStore)   // of '@langchain/core/vectorstores'
//   const store = new Store(new OpenAIEmbeddings({ … openaiFetch(openai(engine)) }), {})
//
// Embeddings and chat models need no class of ours: openaiFetch() stands where LangChain.js or the AI SDK ask a server.

import { EngineError } from '../engine/errors.ts'
import { best, dotRows, packRows, type Rows } from '../retrieval/vectors.ts'

/** LangChain's Document, as far as it is looked at. */
export interface StoredDocument {
  pageContent: string
  metadata: Record<string, unknown>
  id?: string
}
export type StoreFilter = (document: StoredDocument) => boolean

/** LangChain's VectorStore, as far as it is used. */
// oxlint-disable-next-line typescript/no-explicit-any -- a class that extends a class it is handed must take any arguments
type StoreClass<T> = abstract new (...given: any[]) => T
interface Base {
  embeddings: { embedDocuments(texts: string[]): Promise<number[][]> }
}

/** What is beside the class that is handed in. */
export interface ExactStore {
  FilterType: StoreFilter
  addVectors(vectors: number[][], documents: StoredDocument[], options?: { ids?: string[] }): Promise<string[]>
  addDocuments(documents: StoredDocument[], options?: { ids?: string[] }): Promise<string[]>
  similaritySearchVectorWithScore(query: number[], k: number, filter?: StoreFilter): Promise<[StoredDocument, number][]>
  delete(params?: { ids?: string[] }): Promise<void>
}

/**
 * @param VectorStore the class of '@langchain/core/vectorstores'
 * @returns a class of the same shape: new (embeddings, {}), addDocuments, addVectors, similaritySearch…, asRetriever, delete
 */
export function vectorStore<T extends Base>(
  VectorStore: StoreClass<T>,
): new (embeddings: T['embeddings'], settings?: Record<string, unknown>) => T & ExactStore {
  abstract class Exact extends (VectorStore as StoreClass<Base>) implements ExactStore {
    private readonly held: { document: StoredDocument; id: string; row: Rows }[] = []
    private made = 0
    declare FilterType: StoreFilter

    _vectorstoreType(): string {
      return 'glassbox'
    }

    /** @returns their ids @throws PARAM_INVALID where a vector is of another width than the others */
    addVectors(vectors: number[][], documents: StoredDocument[], options: { ids?: string[] } = {}): Promise<string[]> {
      const rows = vectors.map((vector) => packRows(Float32Array.from(vector), vector.length))
      const dims = this.held[0]?.row.dims ?? rows[0]?.dims
      const other = rows.find((row) => row.dims !== dims)
      if (other || rows.length !== documents.length) {
        const need = other ? `vectors of ${dims} numbers` : `a vector for each of ${documents.length} documents`
        const found = String(other ? other.dims : rows.length)
        throw new EngineError('PARAM_INVALID', `Cannot add the documents: they need ${need}, found ${found}.`, {
          param: 'vectors',
          need,
          found,
        })
      }
      const ids = documents.map((document, i) => options.ids?.[i] ?? document.id ?? `glassbox-${this.made++}`)
      // an id that is there already is that document, written anew
      this.forget(ids)
      documents.forEach((document, i) => this.held.push({ document, id: ids[i]!, row: rows[i]! }))
      return Promise.resolve(ids)
    }

    async addDocuments(documents: StoredDocument[], options?: { ids?: string[] }): Promise<string[]> {
      const vectors = await this.embeddings.embedDocuments(documents.map(({ pageContent }) => pageContent))
      return this.addVectors(vectors, documents, options)
    }

    /** The k best by their cosines, best first; of equal ones the earlier first. */
    similaritySearchVectorWithScore(
      query: number[],
      k: number,
      filter?: StoreFilter,
    ): Promise<[StoredDocument, number][]> {
      const held = filter ? this.held.filter(({ document }) => filter(document)) : this.held
      if (held.length === 0) return Promise.resolve([])
      const asked = packRows(Float32Array.from(query), query.length)
      const dims = held[0]!.row.dims
      const codes = new Int8Array(held.length * dims)
      const scales = new Float32Array(held.length)
      held.forEach(({ row }, i) => {
        codes.set(row.codes, i * dims)
        scales[i] = row.scales[0]!
      })
      const found = best(dotRows({ dims, codes, scales }, asked.codes), scales, asked.scales[0]!, k)
      return Promise.resolve(found.map(({ index, score }) => [held[index]!.document, score]))
    }

    /** @param params.ids all of them where left out */
    delete(params: { ids?: string[] } = {}): Promise<void> {
      this.forget(params.ids ?? this.held.map(({ id }) => id))
      return Promise.resolve()
    }

    private forget(ids: readonly string[]): void {
      const gone = new Set(ids)
      const kept = this.held.filter(({ id }) => !gone.has(id))
      this.held.splice(0, this.held.length, ...kept)
    }
  }
  return Exact as unknown as new (embeddings: T['embeddings']) => T & ExactStore
}
