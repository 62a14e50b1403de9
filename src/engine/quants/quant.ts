// What the house asks of a weight format. One file per format (nf4.ts, q4_0.ts …) answers all of it, shaders/quants/ holds
// its two WGSL snippets, and index.ts lists it: nothing else in the house knows a format by its name.
//
// A matrix of N rows and K columns lies in memory as two flat "planes" of words, on the GPU and in Node alike:
//   codes   what stands for each weight: floats, or a few bits each
//   scales  whatever turns a code into its weight: scales per 16, 32, 64 … columns or per row, mins, scales of scales
//           (super-blocks), the group of each column. Its layout is the format's own business; nobody else indexes it.
//
//   weight = level(code) * scale + offset            level by `coding`; offset 0 where the format has none
//
// shaders/quants/<name>.wgsl, for any width, and eight weights at a time where `inRuns` allows:
//   weightAt(n, k, K, block) -> f32
//   octColumns(w) -> vec2u, octAt(n, b, w, K) -> mat2x4f, scaleAt(n, b, K, block) -> vec2f, const hasOffset
//     W[n, 32 b + 4 octColumns(w)[i] + j] = scaleAt.x * octAt[i][j] + scaleAt.y        w < 4
//     (a format with several scales in 32 columns multiplies them in octAt and gives (1, 0) as scaleAt)
// shaders/quants/<name>-blocks.wgsl, 32 weights at a time, for GPUs:
//   prepareBlocks(lane, threads), blockAt(n, b, K) -> Quads, scaleAt(n, s, K, block) -> vec2f, const hasOffset,
//   const span: columns under one scaleAt, 32 or 16;  s counts spans along the row
// A format may have faster forms for kernels whose lanes have rows of their own: <name>-eights.wgsl (shaders/lib/eights.wgsl
// says what it gives) and <name>-words.wgsl (lib/words.wgsl); without them those read <name>.wgsl. Where codes are whole
// numbers, <name>-ints.wgsl may give them for integer dot products (`ints`):
//   codesAt(n, b, K) -> Codes (lib/codes.wgsl), scaleAt(n, b, K, block) -> vec2f     W = scaleAt.x * code + scaleAt.y
//
// Knows no file and no device; errors are the encoder's only.

/** Which files a dtype is read from. */
export type FileKind = 'safetensors' | 'gguf'

/**
 * How a code becomes the level that is scaled: the code is a float itself · looked up in `book` · a signed whole number ·
 * a whole number less half its range · a whole number from 0.
 */
export type Coding = 'float' | 'book' | 'signed' | 'centered' | 'counted'

/** A matrix's size: all that the lengths of its planes depend on. */
export interface Shape {
  /** N, output features */
  rows: number
  /** K, input features */
  cols: number
  /** elements per scale, as the file has it; 0 for plain floats */
  block: number
}

/** A matrix with its planes in memory. */
export interface Matrix extends Shape {
  codes: Uint32Array
  /** raw words; f32 scales are read through Float32Array views */
  scales: Uint32Array
}

/** Memory that a stream uses again for every chunk: bytes of any content, until the same name is asked for again. */
export interface Workspace {
  bytes(name: string, length: number): Uint8Array
  floats(name: string, count: number): Float32Array
}

/** What one step of reading adds to the planes; valid until the next step. */
export interface Planes {
  codes?: Uint8Array
  scales?: Uint8Array
}

/** Turns a tensor's values, pushed in file order, into planes piece by piece. Throws NUMERIC on Inf and NaN. */
export interface Encoder {
  push(values: Float32Array): Planes
  end(): Planes
}

/** One weight taken apart: value = level * scale + offset, rounded to f32. */
export interface Element {
  code: number
  level: number
  scale: number
  offset: number
}

/**
 * How the processor's kernels read a matrix: some bytes of codes at a time, a "strip" of its columns, through a table of
 * what each value of each byte comes to (runtime/processor/kernels/strips.ts). Strip q of row n is number n Q + q of the
 * codes plane, where Q strips make a row.
 *
 *   weight = scale * (the sum of its levels in all parts + centre) + min
 */
export interface Strips {
  /** columns of a strip */
  readonly columns: 32 | 16
  /** a strip's bytes from the first to the last: 4, 6, 12, 16 or 20 of them */
  readonly parts: readonly StripPart[]
  /** scales are f32 · f16 · pairs, scale and min, or the code that stands for 0 · numbers within super-blocks */
  readonly scales: 'float' | 'half' | 'half and min' | 'float and min' | 'float and zero' | SuperScales
  /** the scale of strip q of row n is number (n * step + q) >> shift of the plane; of super-blocks their own business */
  readonly step: number
  readonly shift: number
  /** what was taken off the levels so that they lie around 0, which gains digits where two tokens share a number */
  readonly centre: number
}

/** Bytes of a strip that hold codes, or the same bits of all of them: 1, 2, 4 or 8 columns to a byte. */
export interface StripPart {
  readonly bytes: number
  readonly bits: 8 | 4 | 2 | 1
  /** what each value of so many bits comes to; of 8 bits: levels[b] = levels[b & 240] + levels[b & 15], or `mirrored` */
  readonly levels: Float64Array
  /** levels of 8 bits that are no such sums, and levels[b + 128] = -levels[b] */
  readonly mirrored?: true
  /** the columns within the strip: byte after byte, lowest bits first */
  readonly columns: Uint8Array
}

/**
 * Scales of small whole numbers under f16 that belong to 256 columns: scale = d * number, min = -(second d) * number.
 */
export interface SuperScales {
  /** words of a super-block in the scales plane; strips under it */
  readonly words: number
  readonly strips: number
  /** the word that d stands in: in its low half, that of the mins in its high one */
  readonly d: number
  /** by strip of the super-block: where the number stands, and what is taken off it */
  readonly scale: readonly Field[]
  readonly centre: number
  readonly min: readonly Field[] | null
}

/** Bits of a super-block's words: ((word[w] >> shift) & mask), low ones and, four bits up, high ones. */
export interface Field {
  readonly low: Bits
  readonly high: Bits
}
export type Bits = readonly [word: number, shift: number, mask: number]

/** Blocks of a file: `elements` weights in `bytes`. */
export interface Stored {
  readonly elements: number
  readonly bytes: number
  /** where in a block its f16 factors stand: one that is not finite makes the whole block none */
  readonly halves: readonly number[]
  /** Whole blocks as planes. */
  planes(bytes: Uint8Array, workspace: Workspace): Planes
}

export interface Quant<Name extends string = string> {
  /** in memory, in Plans, recordings and links, and as the name of the snippets in shaders/quants/ */
  readonly name: Name
  /** the dtype that tensors of files carry; null: made by loading only */
  readonly dtype: string | null
  readonly files: readonly FileKind[]
  /** as a sentence names it, where that is more than `dtype` */
  readonly called?: string
  /** elements per scale; 0 for plain floats */
  readonly block: number
  /** files may choose another `block` */
  readonly anyBlock?: true
  /** bits of a code */
  readonly bits: number
  readonly coding: Coding
  /** value per code, for coding 'book' */
  readonly book: Float32Array | null

  /** May rows be this wide? */
  fits(cols: number): boolean
  /** Bytes of each plane, a multiple of 4 (0: the format has none). */
  codesBytes(shape: Shape): number
  scalesBytes(shape: Shape): number
  /** Bytes at the start of the scales plane that belong to all rows (a group for each column): repeated in every part */
  sharedScales?(shape: Pick<Shape, 'cols' | 'block'>): number
  /** Rows after which both planes may be cut or joined: no word and no block straddles the seam. */
  rowUnit(shape: Pick<Shape, 'cols' | 'block'>): number

  /** Row `row` as f32 into out[0..cols): the definition that kernels are tested against, each value rounded once. */
  dequantRow(matrix: Matrix, row: number, out: Float32Array): void
  /** One weight taken apart, for panels. */
  element(matrix: Matrix, row: number, col: number): Element

  /** May kernels read rows 32 columns at a time (octAt, blockAt)? */
  inRuns(shape: Pick<Shape, 'cols' | 'block'>): boolean
  /** shaders/quants/<name>-ints.wgsl gives 32 codes at a time as whole numbers of a byte: shaders/lib/codes.wgsl */
  readonly ints?: true
  /** codes are neighbouring pairs of a 16-value book, the even one in the high nibble; scales one f32 per `block` */
  readonly bytePairs?: true
  /** Of a matrix that can be read in strips; null where a row or a block ends inside one. */
  strips?(shape: Pick<Shape, 'cols' | 'block'>): Strips | null

  /**
   * Bits of whole numbers in a row's order, whose columns each name their group in the lower half of a word at the start of
   * the scales; behind these two f32, scale and zero, for each of a row's groups.
   */
  readonly ordered?: 4 | 8

  /** Plain floats only, whose codes are a file's bytes as they are: those bytes as f32. May share their memory: do not write into it. */
  decode?(bytes: Uint8Array, workspace?: Workspace): Float32Array
  /** The same: the bits of a word's exponents. A number whose exponent is all ones is infinite or none. */
  readonly exponents?: number
  /** How a file stores it in blocks of its own. */
  readonly stored?: Stored
  /** what `encode` makes of scales depends on all values of a tensor, so that rows alone have others (f32 per `block`) */
  readonly wholeScales?: true
  /** Quantizes floats while they stream by. @param tensor its name, for errors */
  encode?(tensor: string, shape: Shape, workspace: Workspace): Encoder

  /** Random words of the planes for known-answer cases, the scales' by their index: every code possible, sums near 1. */
  readonly example: {
    code(random: () => number): number
    scale(random: () => number, index: number): number
    /** the words that `sharedScales` speaks of */
    shared?(random: () => number, shape: Shape): Uint32Array
  }
}
