// From the f64 sums of a matmul to its f32 result: y = sum of the parts (+ bias) (+ what stands there).
// Every thread adds all rows for itself, so this is written for V8 like the inner loops of the matrices.

import { PARTS } from '../memory.ts'

/**
 * Stores n rows of y from word `y` on. @param at f64 index of the first row's first part @param parts how many, each
 * `apart` numbers behind the one before @param bias word of the first row's, or -1 @param more y is added to
 */
export type StoreSums = (
  y: number,
  n: number,
  at: number,
  parts: number,
  apart: number,
  bias: number,
  more: boolean,
) => void

/** Called once per thread. */
export function createSums(memory: ArrayBufferLike): StoreSums {
  const F32 = new Float32Array(memory)
  const F64 = new Float64Array(memory)

  function whole(y: number, n: number, at: number): void {
    for (let i = 0; i < n; i = (i + 1) | 0) F32[(y + i) | 0] = F64[(at + i) | 0]!
  }
  /** PARTS of them, as nearly all matrices have */
  function four(y: number, n: number, at: number, apart: number): void {
    const b = (at + apart) | 0,
      c = (b + apart) | 0,
      d = (c + apart) | 0
    for (let i = 0; i < n; i = (i + 1) | 0) {
      F32[(y + i) | 0] = F64[(at + i) | 0]! + F64[(b + i) | 0]! + F64[(c + i) | 0]! + F64[(d + i) | 0]!
    }
  }
  function fourMore(y: number, n: number, at: number, apart: number): void {
    const b = (at + apart) | 0,
      c = (b + apart) | 0,
      d = (c + apart) | 0
    for (let i = 0; i < n; i = (i + 1) | 0) {
      F32[(y + i) | 0] =
        F64[(at + i) | 0]! + F64[(b + i) | 0]! + F64[(c + i) | 0]! + F64[(d + i) | 0]! + F32[(y + i) | 0]!
    }
  }
  function any(y: number, n: number, at: number, parts: number, apart: number, bias: number, more: boolean): void {
    for (let i = 0; i < n; i = (i + 1) | 0) {
      let sum = F64[(at + i) | 0]!
      for (let p = 1; p < parts; p = (p + 1) | 0) sum += F64[(at + i + p * apart) | 0]!
      if (bias >= 0) sum += F32[(bias + i) | 0]!
      if (more) sum += F32[(y + i) | 0]!
      F32[(y + i) | 0] = sum
    }
  }

  return (y, n, at, parts, apart, bias, more) => {
    if (bias >= 0 || (parts !== PARTS && (parts !== 1 || more))) any(y, n, at, parts, apart, bias, more)
    else if (parts === 1) whole(y, n, at)
    else if (more) fourMore(y, n, at, apart)
    else four(y, n, at, apart)
  }
}
