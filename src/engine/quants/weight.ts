// Weight matrices in whatever format: sizes, cuts and values, asked of the format's own room.

import { quants, type StorageFormat } from './index.ts'
import type { FileKind, Matrix, Quant, Shape, StripPart, Strips, SuperScales } from './quant.ts'

export type { StorageFormat, StripPart, Strips, SuperScales }

/** A weight matrix's layout: everything but the bytes. */
export interface WeightLayout extends Shape {
  format: StorageFormat
}
/** A weight whose planes are in memory (Node, tests, CPU runtime). */
export interface WeightData extends Matrix {
  format: StorageFormat
}

export const storageFormats: readonly StorageFormat[] = quants.map(({ name }) => name)

const byName: ReadonlyMap<string, Quant<StorageFormat>> = new Map(quants.map((quant) => [quant.name, quant]))
const byDtype: ReadonlyMap<string, Quant<StorageFormat>> = new Map(
  quants.flatMap((quant) => (quant.dtype === null ? [] : [[quant.dtype, quant]])),
)

/** The format of that name. */
export const quantOf = (format: StorageFormat): Quant<StorageFormat> => byName.get(format)!
/** The same of a name from a recording, which may be of another version; null when it is unknown. */
export const findQuant = (name: string): Quant | null => byName.get(name) ?? null
/** The format that tensors of this dtype are read as; null when there is none. */
export const quantOfDtype = (dtype: string): Quant<StorageFormat> | null => byDtype.get(dtype) ?? null
/** What can be read from files of a kind, in the order of the list. */
export const readable = (kind: FileKind): Quant[] => quants.filter(({ files }: Quant) => files.includes(kind))

/** Bytes of the codes plane, a multiple of 4. */
export const codesBytes = (layout: WeightLayout): number => quantOf(layout.format).codesBytes(layout)
/** Bytes of the scales plane, a multiple of 4 (0: the format has none). */
export const scalesBytes = (layout: WeightLayout): number => quantOf(layout.format).scalesBytes(layout)

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))

/**
 * Rows of a weight that stay together however small the pieces it is cut into: whole words, whole blocks, and 64 rows,
 * which keep a bias's slice at the 256 bytes that bindings align to.
 */
export function splitUnit(layout: WeightLayout): number {
  const unit = quantOf(layout.format).rowUnit(layout)
  return (64 * unit) / gcd(64, unit)
}

/**
 * Rows [from, from + rows) of a weight as stretches of bytes of its plane, in the order in which they make up the plane
 * of a weight of these rows alone. Both ends are multiples of the splitUnit, or the last row.
 */
export function planePieces(
  layout: WeightLayout,
  plane: 'codes' | 'scales',
  from: number,
  rows: number,
): { offset: number; bytes: number }[] {
  const sizeOf = plane === 'codes' ? codesBytes : scalesBytes
  const shared = (plane === 'scales' && quantOf(layout.format).sharedScales?.(layout)) || 0
  const [offset, bytes] = [sizeOf({ ...layout, rows: from }), sizeOf({ ...layout, rows }) - shared]
  return shared
    ? [
        { offset: 0, bytes: shared },
        { offset, bytes },
      ]
    : [{ offset, bytes }]
}

/**
 * May these lie in one matrix, one below the other? Same format and block, blocks and words end at the seams, and no
 * part has scales that all its rows share.
 */
export const stackable = (layouts: readonly WeightLayout[]): boolean =>
  layouts.every(
    (layout, i) =>
      layout.format === layouts[0]!.format &&
      (layouts.length === 1 || !quantOf(layout.format).sharedScales) &&
      layout.block === layouts[0]!.block &&
      (i === layouts.length - 1 || layout.rows % quantOf(layout.format).rowUnit(layout) === 0),
  )

/** Writes row `row` of `weight` into out[0..cols). */
export function dequantRow(weight: WeightData, row: number, out: Float32Array): void {
  quantOf(weight.format).dequantRow(weight, row, out)
}

/** The whole matrix, row-major. For tests and small tensors. */
export function dequantize(weight: WeightData): Float32Array {
  const out = new Float32Array(weight.rows * weight.cols)
  for (let row = 0; row < weight.rows; row++) {
    dequantRow(weight, row, out.subarray(row * weight.cols, (row + 1) * weight.cols))
  }
  return out
}
