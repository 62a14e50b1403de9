// Known-answer cases of matmul: tails, splits, strides, odd K, grids beyond 65,535.

import type { Case } from '../op.ts'
import type { StorageFormat } from '../../quants/weight.ts'

interface Shape {
  T?: number
  N: number
  K: number
  bias?: boolean
  accumulate?: boolean
  stride?: number
  offset?: number
  block?: number
  format?: StorageFormat
  name?: string
}

const matmulCase = ({
  T = 1,
  N,
  K,
  bias = false,
  accumulate = false,
  stride = N,
  offset = 0,
  block = 64,
  format,
  name,
}: Shape): Case => ({
  name: `${name ? `${name}: ` : ''}T=${T} N=${N} K=${K}${bias ? ' bias' : ''}${accumulate ? ' accumulate' : ''}`,
  params: { K, N, hasBias: Number(bias), accumulate: Number(accumulate), yStride: stride, yOffset: offset, block },
  step: { T, pos: 7, row: 0, prefix: 0 },
  sizes: { x: T * K, bias: bias ? N : 1, y: T * stride },
  weight: { rows: N, cols: K },
  format,
})

// Cases without a format run in all formats the shape allows; the others in one, to keep the run short.
export const matmulCases: Case[] = [
  matmulCase({ T: 2, N: 19, K: 192, bias: true, stride: 24, offset: 3 }),
  matmulCase({ T: 2, N: 261, K: 96, bias: true, format: 'nf4', block: 32 }),
  matmulCase({ T: 6, N: 19, K: 192, bias: true, stride: 24, offset: 3 }),
  // of super-blocks: what the self-check asks of formats that need them
  matmulCase({ T: 2, N: 19, K: 256, bias: true, stride: 24, offset: 3 }),
  matmulCase({ T: 7, N: 33, K: 512, accumulate: true }),
  matmulCase({ N: 37, K: 256, bias: true, stride: 40, offset: 2 }),
  matmulCase({ T: 8, N: 35, K: 96, bias: true }),
  matmulCase({ N: 1, K: 64 }),
  matmulCase({ N: 7, K: 576, accumulate: true }),
  matmulCase({ T: 3, N: 70, K: 896, accumulate: true, bias: true }),
  matmulCase({ T: 17, N: 64, K: 320, accumulate: true, stride: 70, offset: 6 }),
  matmulCase({ T: 65, N: 65, K: 64, bias: true }),
  matmulCase({ T: 5, N: 33, K: 128, bias: true, format: 'q4_1' }),
  matmulCase({ T: 32, N: 31, K: 64, format: 'nf4' }),
  matmulCase({ T: 33, N: 129, K: 96, format: 'i8' }),
  // many tokens: one or none beyond a tile of 16 or 32, rows beyond the last of a thread, an odd number of blocks
  matmulCase({ T: 18, N: 37, K: 256, bias: true, stride: 40, offset: 2 }),
  matmulCase({ T: 9, N: 261, K: 96, bias: true, accumulate: true, format: 'nf4', block: 32 }),
  matmulCase({ T: 15, N: 131, K: 160, format: 'q4_1' }),
  matmulCase({ T: 16, N: 257, K: 32, bias: true, format: 'q8_0' }),
  matmulCase({ T: 31, N: 63, K: 96, accumulate: true, format: 'f32' }),
  matmulCase({ T: 48, N: 129, K: 96, bias: true, format: 'i8', stride: 140, offset: 9 }),
  matmulCase({ T: 64, N: 33, K: 64, format: 'q4_0' }),
  matmulCase({ T: 64, N: 33, K: 192, format: 'nf4' }),
  // every number of lanes a row may be shared by, with and without a last round that is not full
  matmulCase({ T: 4, N: 9, K: 960, bias: true, format: 'nf4' }),
  matmulCase({ N: 40, K: 1536, format: 'q4_1' }),
  matmulCase({ T: 4, N: 1, K: 1536, format: 'q4_1' }),
  matmulCase({ N: 33, K: 768, format: 'q8_0' }),
  matmulCase({ T: 2, N: 16, K: 2048, format: 'i8' }),
  matmulCase({ N: 8, K: 4864, format: 'nf4' }),
  matmulCase({ N: 5, K: 8192, format: 'q4_0' }),
  // NF4 blocks of every size, and many rows
  matmulCase({ N: 300, K: 576, format: 'nf4', accumulate: true }),
  matmulCase({ T: 4, N: 258, K: 128, format: 'nf4', block: 128, stride: 300, offset: 40 }),
  matmulCase({ T: 2, N: 4, K: 96, format: 'nf4', block: 4096 }),
  matmulCase({ T: 6, N: 4, K: 64, format: 'nf4', block: 32 }),
  // groups of columns that no shift counts
  matmulCase({ T: 2, N: 9, K: 192, format: 'uint4', block: 96 }),
  // shapes only matmul-any takes
  matmulCase({ T: 2, N: 9, K: 10, bias: true, name: 'odd width' }),
  matmulCase({ T: 7, N: 5, K: 100, name: 'NF4 blocks straddle rows' }),
  matmulCase({ T: 3, N: 6, K: 33 }),
]
