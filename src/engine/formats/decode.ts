// Plain numbers of a file (floats and, of a GGUF, whole numbers; little-endian, at any byte offset) as f32.

import { decodeNumbers, numberBytes } from '../quants/numbers.ts'
import type { FileKind, Workspace } from '../quants/quant.ts'
import { quantOfDtype } from '../quants/weight.ts'

/** Is this a dtype of plain numbers? @param kind of the file that holds it, where that matters */
export const isFloat = (dtype: string, kind?: FileKind): boolean =>
  quantOfDtype(dtype)?.decode !== undefined || numberBytes(dtype, kind) !== null

/** Bytes of one number of such a dtype. */
export const floatBytes = (dtype: string): number => numberBytes(dtype) ?? quantOfDtype(dtype)!.bits / 8

/** May share memory with `bytes` (F32), else lies in `workspace` when there is one: do not write into it. */
export const decodeFloats = (dtype: string, bytes: Uint8Array, workspace?: Workspace): Float32Array =>
  numberBytes(dtype) === null ? quantOfDtype(dtype)!.decode!(bytes, workspace) : decodeNumbers(dtype, bytes, workspace)
