// How a weight matrix (N rows, K columns) lies in memory, on the GPU and in Node alike: one or two flat "planes".
//
//   format  codes plane                                  scales plane
//   f32     K f32 per row                                –
//   f16     flattened, element f in half f&1 of word f>>1 –
//   bf16    same                                          –
//   nf4     bitsandbytes bytes: element 2j in the HIGH    f32 absmax, one per `block` elements of the FLATTENED
//           nibble of byte j, flattened over rows          matrix (double quantization already expanded)
//   q4_0    16 bytes per 32: low nibble i, high i+16      f16 d, block b in half b&1 of word b>>1;  d * (q - 8)
//   q4_1    same                                           f16 d (low half), f16 m (high half) per block;  d * q + m
//   q8_0    32 int8 per block                              f16 d, as q4_0;  d * q
//   i8      int8, row stride ceil4(K)                      f32 absmax/127 per 64 of a row, ceil(K/64) per row
//
// f16 scale planes hold the file's own bits, so dequantized values are bit-exact.

export const storageFormats = ['f32', 'f16', 'bf16', 'nf4', 'q4_0', 'q4_1', 'q8_0', 'i8'] as const
export type StorageFormat = (typeof storageFormats)[number]

/** A weight matrix's layout: everything but the bytes. */
export interface WeightLayout {
  format: StorageFormat
  /** N, output features */
  rows: number
  /** K, input features */
  cols: number
  /** elements per scale: 64 for nf4 unless the file says otherwise, 32 for q*, 64 for i8, 0 for plain floats */
  block: number
}

const ceilTo = (n: number, m: number): number => Math.ceil(n / m) * m

/** Bytes of the codes plane, a multiple of 4. */
export function codesBytes({ format, rows, cols }: WeightLayout): number {
  const n = rows * cols
  switch (format) {
    case 'f32':
      return n * 4
    case 'f16':
    case 'bf16':
      return ceilTo(n * 2, 4)
    case 'nf4':
      return ceilTo(Math.ceil(n / 2), 4)
    case 'q4_0':
    case 'q4_1':
      return n / 2
    case 'q8_0':
      return n
    case 'i8':
      return rows * ceilTo(cols, 4)
  }
}

/** Bytes of the scales plane, a multiple of 4 (0: the format has none). */
export function scalesBytes({ format, rows, cols, block }: WeightLayout): number {
  switch (format) {
    case 'f32':
    case 'f16':
    case 'bf16':
      return 0
    case 'nf4':
      return Math.ceil((rows * cols) / block) * 4
    case 'q4_0':
    case 'q8_0':
      return ceilTo(((rows * cols) / 32) * 2, 4)
    case 'q4_1':
      return ((rows * cols) / 32) * 4
    case 'i8':
      return rows * Math.ceil(cols / 64) * 4
  }
}

/** A weight whose planes are in memory (Node, tests, CPU runtime). */
export interface WeightData extends WeightLayout {
  codes: Uint32Array
  /** raw words; f32 planes are read through Float32Array views */
  scales: Uint32Array
}
