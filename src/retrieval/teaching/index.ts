// Indexes for teaching: inverted file and graph, over vectors of length 1, drawn from a seed, and a map to draw them on.

export { nearest, recallOf, type Approximate } from './likeness.ts'
export { buildHnsw, searchHnsw, type Hnsw } from './hnsw.ts'
export { buildIvf, searchIvf, type Ivf } from './ivf.ts'
export { lookInto, type IndexKind, type IndexLook } from './look.ts'
export { mapOf } from './map.ts'
export { randomFrom, type Random } from './random.ts'
