// ggml's super-blocks of 256 weights as planes: codes put so that those of a strip lie together (blocks.ts says how), all
// their bits kept; scales as the file has them, filled up to whole words.

import type { Planes, Stored, Workspace } from './quant.ts'

/** Moves one block's codes: from the file's bytes at `at` to `to` in the plane, which is 0 there. */
type MoveCodes = (file: Uint8Array, at: number, out: Uint8Array, to: number) => void

interface SuperBlock {
  /** bytes of a block in the file, of its codes in the plane, of its scales there */
  bytes: number
  codes: number
  scaleBytes: number
  /** stretches of the block that are scales: where in the file, where in the plane, how long; `flip` is put on by xor */
  scales: readonly { from: number; to: number; bytes: number; flip?: number }[]
  halves: readonly number[]
  move: MoveCodes
}

export const superBlocks = ({ bytes, codes, scaleBytes, scales, halves, move }: SuperBlock): Stored => ({
  elements: 256,
  bytes,
  halves,
  planes(file: Uint8Array, workspace: Workspace): Planes {
    const count = file.length / bytes
    const out = {
      codes: workspace.bytes('codes', count * codes).fill(0),
      scales: workspace.bytes('scales', count * scaleBytes).fill(0),
    }
    for (let b = 0; b < count; b++) {
      move(file, b * bytes, out.codes, b * codes)
      for (const { from, to, bytes: length, flip = 0 } of scales) {
        const [source, target] = [b * bytes + from, b * scaleBytes + to]
        for (let i = 0; i < length; i++) out.scales[target + i] = file[source + i]! ^ flip
      }
    }
    return out
  },
})

/**
 * 256 nibbles: byte l of 32 holds weights l and l + 32 of 64. `stride` and `first`: of a strip's bytes in the plane, and
 * of the nibbles among them.
 */
const moveFours = (file: Uint8Array, at: number, out: Uint8Array, to: number, stride: number, first: number): void => {
  for (let pair = 0; pair < 4; pair++) {
    const low = to + 2 * pair * stride + first
    for (let j = 0, from = at + 32 * pair; j < 16; j++, from++) {
      const [a, b] = [file[from]!, file[from + 16]!]
      out[low + j] = (a & 15) | ((b & 15) << 4)
      out[low + stride + j] = (a >> 4) | (b & 240)
    }
  }
}
/** 256 pairs of bits: byte l of 32 holds weights l, l + 32, l + 64 and l + 96 of 128. */
const moveTwos = (file: Uint8Array, at: number, out: Uint8Array, to: number, stride: number): void => {
  for (let strip = 0; strip < 16; strip++) {
    const from = at + 32 * (strip >> 3) + 16 * (strip & 1)
    const shift = 2 * ((strip >> 1) & 3)
    for (let j = 0; j < 4; j++) {
      let byte = 0
      for (let q = 0; q < 4; q++) byte |= ((file[from + 4 * q + j]! >> shift) & 3) << (2 * q)
      out[to + strip * stride + j] = byte
    }
  }
}
/** 256 bits: bit r of byte l belongs to weight 32 r + l. A strip's first such byte in the plane is `first`. */
const moveBits = (
  file: Uint8Array,
  at: number,
  out: Uint8Array,
  to: number,
  columns: 16 | 32,
  stride: number,
  first: number,
): void => {
  for (let l = 0; l < 32; l++) {
    const byte = file[at + l]!
    const half = columns === 16 ? l >> 4 : 0
    const perRun = 32 / columns
    for (let run = 0; run < 8; run++) {
      const strip = run * perRun + half
      out[to + strip * stride + first + ((l % columns) >> 3)]! |= ((byte >> run) & 1) << (l & 7)
    }
  }
}

/** Q4_K's codes, at byte `qs` of the block. */
export const movers = {
  fours:
    (qs: number): MoveCodes =>
    (file, at, out, to) =>
      moveFours(file, at + qs, out, to, 16, 0),
  /** high bits at `qh` */
  fives:
    (qs: number, qh: number): MoveCodes =>
    (file, at, out, to) => {
      moveBits(file, at + qh, out, to, 32, 20, 0)
      moveFours(file, at + qs, out, to, 20, 4)
    },
  twos:
    (qs: number): MoveCodes =>
    (file, at, out, to) =>
      moveTwos(file, at + qs, out, to, 4),
  threes:
    (qs: number, hmask: number): MoveCodes =>
    (file, at, out, to) => {
      moveTwos(file, at + qs, out, to, 6)
      moveBits(file, at + hmask, out, to, 16, 6, 4)
    },
  /** low nibbles at `ql`: byte l of 64 holds weights l and l + 64 of 128 */
  sixes:
    (ql: number, qh: number): MoveCodes =>
    (file, at, out, to) => {
      moveTwos(file, at + qh, out, to, 12)
      for (let strip = 0; strip < 16; strip++) {
        const from = at + ql + 64 * (strip >> 3) + 16 * (strip & 3)
        const shift = strip & 4
        const target = to + strip * 12 + 4
        for (let j = 0; j < 8; j++) {
          const k = 8 * (j >> 2) + (j & 3)
          out[target + j] = ((file[from + k]! >> shift) & 15) | (((file[from + k + 4]! >> shift) & 15) << 4)
        }
      }
    },
}
