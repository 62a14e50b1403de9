// One question, asked of a teaching index over the stored vectors: what is drawn of it. Index and map are made once for the
// same rows.

import type { Rows } from '../vectors.ts'
import { buildHnsw, searchHnsw, type Hnsw } from './hnsw.ts'
import { buildIvf, searchIvf, type Ivf } from './ivf.ts'
import { nearest, recallOf } from './likeness.ts'
import { mapOf } from './map.ts'
import { randomFrom } from './random.ts'

export type IndexKind = 'ivf' | 'hnsw'
/** Rows that are drawn and indexed at most: the first ones. */
const most = 2000
/** best rows that are looked for */
const k = 10

export interface IndexLook {
  /** of so many passages in all */
  rows: number
  /** (rows, 2) from −1 to 1: the two main directions of the vectors */
  map: Float32Array
  exact: number[]
  found: number[]
  visited: number[]
  /** share of `exact` that was found */
  recall: number
  /** lists of the inverted file: the widest search */
  lists: number
}

interface Made {
  vectors: Float32Array
  map: Float32Array
  ivf: Ivf
  hnsw: Hnsw
}
const known = new WeakMap<Rows, Made>()

function make(rows: Rows): Made {
  const there = known.get(rows)
  if (there) return there
  const { dims, codes, scales } = rows
  const vectors = new Float32Array(Math.min(most, scales.length) * dims)
  for (let i = 0; i < vectors.length; i++) vectors[i] = codes[i]! * scales[Math.floor(i / dims)]!
  const lists = Math.max(1, Math.round(Math.sqrt(vectors.length / dims)))
  const made = {
    vectors,
    map: mapOf(vectors, dims, randomFrom(1)),
    ivf: buildIvf(vectors, dims, lists, randomFrom(2)),
    hnsw: buildHnsw(vectors, dims, randomFrom(3)),
  }
  known.set(rows, made)
  return made
}

/** @param wide lists of the inverted file, or vectors that the graph keeps in hand */
export function lookInto(rows: Rows, question: Float32Array, kind: IndexKind, wide: number): IndexLook {
  const { vectors, map, ivf, hnsw } = make(rows)
  const { found, visited } =
    kind === 'ivf' ? searchIvf(ivf, vectors, question, k, wide) : searchHnsw(hnsw, vectors, question, k, wide)
  const exact = nearest(vectors, rows.dims, question, k)
  const lists = ivf.lists.length
  return { rows: vectors.length / rows.dims, map, exact, found, visited, recall: recallOf(found, exact), lists }
}
