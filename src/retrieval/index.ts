// Finding texts: chunks with exact places, search by words (BM25) and by meaning (vectors), and both put together. Pure: it
// runs no model, stores nothing and knows no page.

export { Bm25, type ChunkWords, type Scored } from './bm25.ts'
export { chunkText, cutting, type Chunk, type ChunkOptions } from './chunks.ts'
export { depth, fuse, mostUnknown, unknownShare, type Hit } from './hybrid.ts'
export { best, bestWithin, dotRows, packRows, scan, type Near, type Rows } from './vectors.ts'
export { chunkReader, readChunks, WordIndex, type ReadChunk } from './word-index.ts'
export { lengthOf, wordsOf } from './words.ts'
