// Where everything lies in the processor's memory: one arena of 4-byte words, laid out before a byte of it is asked for.
// Weights keep their own format and row order; vectors, tables, caches and activations are f32; sums are f64.
// Every place begins on a cache line, and is the index of a word, so that it stays exact beyond 2 GiB.
// Plain data: every thread gets the same.

import { EngineError } from '../../errors.ts'
import type { Plan } from '../../model/plan.ts'
import { usesOf } from '../../model/flow.ts'
import { codesBytes, quantOf, scalesBytes, type WeightLayout } from '../../quants/weight.ts'
import type { RuntimeSize } from '../size.ts'
import type { PlacedWeight } from './kernels/kernel.ts'
import { MEETING_WORDS } from './meeting.ts'

/** Rows up to which a step is decoded: its small work is done by every thread for itself. */
export const FEW = 3
/**
 * Parts that a row's sum is cut into at most, whatever the number of threads: the same sums in the same order, so that
 * the same seed gives the same text.
 */
export const PARTS = 4
/** More threads than parts would have nothing to sum. */
export const MAX_THREADS = PARTS
/** Matrices of more rows than this are cut by rows, and computed so many rows at a time: their sums stay in the cache. */
export const BLOCK_ROWS = 4096

/** Words of the inspector's small tensors: masked edges, steering vectors. Large ones get memory of their own. */
const INSPECTOR_WORDS = 2 ** 16

export interface Place {
  at: number
  /** 4-byte words */
  words: number
}

export interface Placement {
  /** words in all */
  words: number
  /** the threads' meeting (meeting.ts) */
  meeting: number
  ids: number
  tensors: Record<string, Place>
  weights: Record<string, PlacedWeight>
  /** by thread: its own FEW rows of every buffer that a step reads; thread 0's are the tensor's first rows */
  replicas: Record<string, number>[]
  /** two areas of f64 sums, used in turn: nobody writes where another still reads */
  sums: [number, number]
  /** rows of a tall matrix that are summed at a time */
  block: number
  inspector: Place
}

/** A matrix is cut by rows where it is tall, or where nothing but whole rows can be computed. */
export const isTall = (rows: number): boolean => rows > BLOCK_ROWS

export function layOut(
  plan: Plan,
  size: RuntimeSize,
  threads: number,
  layoutOf: (name: string) => WeightLayout,
): Placement {
  let words = 0
  const take = (count: number): number => {
    const at = words
    words += Math.ceil(count / 16) * 16
    return at
  }
  const meeting = take(MEETING_WORDS)
  const ids = take(size.chunk)
  const tensors: Record<string, Place> = {}
  const tensor = (name: string, count: number): void => {
    tensors[name] = { at: take(count), words: count }
  }
  for (const [name, { length }] of Object.entries(plan.vectors)) tensor(name, length)
  for (const [name, { width }] of Object.entries(plan.tables)) tensor(name, width * size.context)
  for (const [name, c] of Object.entries(plan.caches)) tensor(name, c.kvHeads * size.context * c.headDim)
  for (const [name, b] of Object.entries(plan.buffers)) {
    tensor(name, (b.rows === 'T' ? size.chunk : size.logitRows) * b.width)
  }
  const weights: Record<string, PlacedWeight> = {}
  for (const name of Object.keys(plan.weights)) {
    const layout = layoutOf(name)
    weights[name] = { layout, codes: take(codesBytes(layout) / 4), scales: take(scalesBytes(layout) / 4) }
  }

  const read = new Set(plan.steps.flatMap((step) => usesOf(step).flatMap((u) => (u.reads ? [u.tensor] : []))))
  const buffers = Object.entries(plan.buffers).filter(([name]) => read.has(name))
  const replicas = Array.from({ length: threads }, (_, thread) =>
    Object.fromEntries(
      buffers.map(([name, { width }]) => [name, thread === 0 ? tensors[name]!.at : take(FEW * width)]),
    ),
  )
  const tallest = Math.max(1, ...Object.values(weights).map(({ layout }) => layout.rows))
  const block = Math.min(tallest, BLOCK_ROWS)
  const sums = Math.max(PARTS * FEW, Math.min(threads, MAX_THREADS) * FEW, size.chunk) * block * 2
  return {
    meeting,
    ids,
    tensors,
    weights,
    replicas,
    sums: [take(sums), take(sums)],
    block,
    inspector: { at: take(INSPECTOR_WORDS), words: INSPECTOR_WORDS },
    words,
  }
}

export type Memory = SharedArrayBuffer | ArrayBuffer

/** Kernels count half words in 32 bits with a sign. */
const MOST_WORDS = 2 ** 30

/** @throws CPU_OUT_OF_MEMORY */
export function allocate({ words }: Pick<Placement, 'words'>, shared: boolean): Memory {
  const bytes = words * 4
  try {
    if (words > MOST_WORDS) throw new RangeError(`more than ${MOST_WORDS} words`)
    return shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes)
  } catch (cause) {
    throw new EngineError(
      'CPU_OUT_OF_MEMORY',
      `Cannot run the model on the processor: it needs ${Math.ceil(bytes / 2 ** 20)} MiB of memory in one piece, and the browser does not give them. Choose a shorter context or a smaller model.`,
      { bytes },
      { cause },
    )
  }
}

/** A weight's planes where they lie; formats read them through views of words. */
export const weightData = (memory: Memory, { layout, codes, scales }: PlacedWeight) => ({
  ...layout,
  codes: new Uint32Array(memory, codes * 4, quantOf(layout.format).codesBytes(layout) / 4),
  scales: new Uint32Array(memory, scales * 4, quantOf(layout.format).scalesBytes(layout) / 4),
})
