// Plain floats of a file (F32, F16, BF16, little-endian, at any byte offset) as f32.

import type { Workspace } from '../quants/quant.ts'
import { quantOfDtype } from '../quants/weight.ts'

/** Is this a dtype of plain floats? */
export const isFloat = (dtype: string): boolean => quantOfDtype(dtype)?.decode !== undefined

/** Bytes of one float of such a dtype. */
export const floatBytes = (dtype: string): number => quantOfDtype(dtype)!.bits / 8

/** May share memory with `bytes` (F32), else lies in `workspace` when there is one: do not write into it. */
export const decodeFloats = (dtype: string, bytes: Uint8Array, workspace?: Workspace): Float32Array =>
  quantOfDtype(dtype)!.decode!(bytes, workspace)
