// What the pictures of this section are drawn from: grids of numbers with names for rows and columns. Pure.

import type { AdapterChange, AdapterNorms, ModuleNorm } from '../../../store/inspect.ts'
import type { HeatTile } from '../../../ui/Heatmap.tsx'

export interface NormGrid {
  layers: number[]
  names: string[]
  /** (layers, names): the share; NaN where the adapter changes nothing */
  tile: HeatTile
  /** row-major; null where there is none */
  cells: (ModuleNorm | null)[]
  /** outside of the layers, vectors, and what is no matrix */
  others: ModuleNorm[]
}

export const shareOf = ({ delta, base }: ModuleNorm): number => (delta === null || !base ? NaN : delta / base)

/** Matrices by layer and module; all else stands in a list. */
export function normGrid({ modules }: Pick<AdapterNorms, 'modules'>): NormGrid {
  const inGrid = modules.filter(({ layer, isVector, delta }) => layer >= 0 && !isVector && delta !== null)
  const layers = [...new Set(inGrid.map(({ layer }) => layer))].sort((a, b) => a - b)
  const names = [...new Set(inGrid.map(({ name }) => name))]
  const cells: (ModuleNorm | null)[] = Array<null>(layers.length * names.length).fill(null)
  for (const one of inGrid) cells[layers.indexOf(one.layer) * names.length + names.indexOf(one.name)] = one
  const values = Float32Array.from(cells, (one) => (one ? shareOf(one) : NaN))
  return {
    layers,
    names,
    cells,
    tile: whole(layers.length, names.length, values),
    others: modules.filter((one) => !inGrid.includes(one)),
  }
}

/** Names of columns as short as they can be told apart: o_proj, or EncDecAttention.q where another is called q. */
export function shortNames(names: readonly string[]): string[] {
  const end = (name: string, words: number): string => name.split('.').slice(-words).join('.')
  return names.map((name) => {
    const words = name.split('.').length
    const others = names.filter((other) => other !== name)
    const counts = Array.from({ length: words }, (_, i) => i + 1)
    return end(name, counts.find((n) => others.every((other) => end(other, n) !== end(name, n))) ?? words)
  })
}

/** A tile that is all there is. */
export const whole = (height: number, width: number, values: Float32Array): HeatTile => ({
  rows: { from: 0, to: height },
  cols: { from: 0, to: width },
  height,
  width,
  values,
})

export interface LayerGrid {
  layers: number[]
  tile: HeatTile
  /** position of the first column */
  from: number
}

/** Rows of the residual: layers over the text, or those over the source of an encoder–decoder. */
export function residualGrid({ residual, source, from }: AdapterChange, side: 'text' | 'source'): LayerGrid {
  const own = residual.filter((row) => row.side === side)
  const width = own[0]?.values.length ?? 0
  const values = new Float32Array(own.length * width)
  own.forEach((row, i) => values.set(row.values, i * width))
  const first = side === 'source' ? source.length - width : from
  return { layers: own.map(({ layer }) => layer), tile: whole(own.length, width, values), from: first }
}

/**
 * Where the adapters change the most: in the answer, else at the text's own tokens, else at the marks of a template.
 *
 * @param written does the token at this position stand in the answer?
 */
export function mostChanged(
  { tokens, text, from }: Pick<AdapterChange, 'tokens' | 'text' | 'from'>,
  written: (position: number) => boolean,
): number {
  if (!tokens?.length) return from
  const own = tokens.filter(({ position }) => text[position] && !text[position].special)
  const answer = own.filter(({ position }) => written(position))
  const among = [answer, own].find((list) => list.length > 0) ?? tokens
  return among.reduce((best, one) => (one.kl > best.kl ? one : best)).position
}

/**
 * Whose text the model has read last: an answer's tokens are its end, whose last may have been drawn and never read.
 *
 * @param read ids of all that was read
 */
export function endsWith(read: readonly number[], answer: readonly number[]): boolean {
  const ends = (ids: readonly number[]): boolean =>
    ids.length > 0 && ids.length <= read.length && ids.every((id, i) => read[read.length - ids.length + i] === id)
  return ends(answer) || ends(answer.slice(0, -1))
}

/** The largest of what is there, at least `least`. */
export const largest = (values: ArrayLike<number>, least = 0): number =>
  Array.from(values).reduce((max, v) => (Math.abs(v) > max ? Math.abs(v) : max), least)

export interface HeadPick {
  layer: number
  head: number
}
/** The head whose attention moves most. */
export function mostMoved(values: Float32Array, heads: number): HeadPick {
  let best = 0
  for (const [i, v] of values.entries()) {
    if (!Number.isNaN(v) && !(v <= (values[best] ?? NaN))) best = i
  }
  return { layer: Math.floor(best / heads), head: best % heads }
}
