// What each row's bytes of one strip come to, looked up in the strip's table (tables.ts): one loop per length of a strip.
//
// The loops are written for V8: one instance per thread, whole-arena views, `| 0` on every sum of places.

/** rows that are summed before their scales are put on: their sums stay in the first cache beside the table */
export const ROWS = 256

/**
 * R[i] = what row i's bytes come to. Places and steps count what the length divides into: words, or halves of words where
 * it ends inside one.
 */
export type SumStrips = (o: number, next: number, count: number) => void

/** Called once per thread. @param T the strip's table @param HALF every f16 */
export function createStripSums(memory: ArrayBufferLike, T: Float64Array, HALF: Float32Array) {
  const I32 = new Int32Array(memory)
  const U16 = new Uint16Array(memory)
  const F32 = new Float32Array(memory)
  const F64 = new Float64Array(memory)
  const R = new Float64Array(ROWS)

  // All small enough for V8 to inline: one function of sixteen look-ups is not, and costs a third of the speed.

  /** What the four bytes of v come to, the first of which has its part of the table at t. */
  function word(v: number, t: number): number {
    return (
      T[((v & 255) + t) | 0]! +
      T[(((v >>> 8) & 255) + t + 256) | 0]! +
      (T[(((v >>> 16) & 255) + t + 512) | 0]! + T[((v >>> 24) + t + 768) | 0]!)
    )
  }
  function half(v: number, t: number): number {
    return T[((v & 255) + t) | 0]! + T[((v >>> 8) + t + 256) | 0]!
  }
  /** Four words. */
  function four(o: number, t: number): number {
    return (
      word(I32[o]!, t) +
      word(I32[(o + 1) | 0]!, (t + 1024) | 0) +
      (word(I32[(o + 2) | 0]!, (t + 2048) | 0) + word(I32[(o + 3) | 0]!, (t + 3072) | 0))
    )
  }

  const byBytes: Record<number, SumStrips> = {
    4(o, next, count) {
      for (let i = 0; i < count; i = (i + 1) | 0, o = (o + next) | 0) R[i] = word(I32[o]!, 0)
    },
    6(o, next, count) {
      for (let i = 0; i < count; i = (i + 1) | 0, o = (o + next) | 0) {
        R[i] = half(U16[o]!, 0) + half(U16[(o + 1) | 0]!, 512) + half(U16[(o + 2) | 0]!, 1024)
      }
    },
    12(o, next, count) {
      for (let i = 0; i < count; i = (i + 1) | 0, o = (o + next) | 0) {
        R[i] = word(I32[o]!, 0) + word(I32[(o + 1) | 0]!, 1024) + word(I32[(o + 2) | 0]!, 2048)
      }
    },
    16(o, next, count) {
      for (let i = 0; i < count; i = (i + 1) | 0, o = (o + next) | 0) R[i] = four(o, 0)
    },
    20(o, next, count) {
      for (let i = 0; i < count; i = (i + 1) | 0, o = (o + next) | 0) {
        R[i] = word(I32[o]!, 0) + four((o + 1) | 0, 1024)
      }
    },
  }

  // Sixteen bytes under plain scales, one token: the most used loops of all are a tenth quicker in one piece. Scales from s
  // on, numbered g >> shift, g growing by `step`; sums of rows from y on.

  function floats(
    o: number,
    next: number,
    s: number,
    g: number,
    step: number,
    shift: number,
    y: number,
    end: number,
  ): void {
    for (let i = y | 0; i < end; i = (i + 1) | 0, o = (o + next) | 0, g = (g + step) | 0) {
      F64[i] = F64[i]! + F32[(s + (g >> shift)) | 0]! * four(o, 0)
    }
  }
  function halves(
    o: number,
    next: number,
    s: number,
    g: number,
    step: number,
    shift: number,
    y: number,
    end: number,
  ): void {
    for (let i = y | 0; i < end; i = (i + 1) | 0, o = (o + next) | 0, g = (g + step) | 0) {
      F64[i] = F64[i]! + HALF[U16[(s + (g >> shift)) | 0]!]! * four(o, 0)
    }
  }
  return { R, byBytes, sixteen: { floats, halves } }
}
