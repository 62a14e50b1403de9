// The dot products of int8 rows with one question, as whole numbers: what the exact search over stored vectors is made of.
// Which of them are the best is chosen where they are read: a number per row is little beside the rows.

import { defineOp, type Case, type Variant } from './op.ts'

/** Threads that share a row read neighbouring bytes; a processor that plays a GPU would only wait at their barrier. */
const variant = (lanes: 1 | 8, packed: boolean): Variant => ({
  name: `scan-rows${lanes > 1 ? '-lanes' : ''}${packed ? '-packed' : ''}`,
  fits: ({ features, kind }) => (features.dot4 || !packed) && (kind === 'gpu' || lanes === 1),
  accepts: () => true,
  passes: () => [
    {
      shader: 'scan-rows',
      overrides: { lanes },
      ...(packed && { parts: { 'code-dots': 'code-dots-packed' } }),
      workgroups: ({ rows }) => Math.ceil((rows! * lanes) / 64),
    },
  ],
})

/** Codes of all kinds, in words; or one code everywhere. */
const codes = (words: number, all?: number) => (): Uint32Array =>
  Uint32Array.from({ length: words }, (_, i) => (all === undefined ? Math.imul(i + 1, 0x9e3779b1) : all * 0x01010101))

const scanCase = (name: string, rows: number, quads: number, row?: number, question?: number): Case => ({
  name,
  params: { rows, quads },
  step: { T: 1, pos: 0, row: 0, prefix: 0 },
  sizes: { packed: rows * quads * 4, question: quads * 4, dots: rows },
  words: { packed: codes(rows * quads * 4, row), question: codes(quads * 4, question) },
  nmse: 0,
})

export const scanRows = defineOp({
  name: 'scan-rows',
  args: { packed: 'read', question: 'read', dots: 'write' },
  variants: [variant(8, true), variant(8, false), variant(1, true), variant(1, false)],
  numbers: { dots: (words) => new Int32Array(words.buffer, words.byteOffset, words.length) },
  reference({ tensors, params }) {
    const { rows, quads } = params as Record<'rows' | 'quads', number>
    const [packed, question] = [tensors['packed']!, tensors['question']!].map((one) => new Int8Array(one.buffer))
    const dots = new Int32Array(tensors['dots']!.buffer)
    for (let r = 0; r < rows; r++) {
      let sum = 0
      for (let i = 0; i < quads * 16; i++) sum += packed![r * quads * 16 + i]! * question![i]!
      dots[r] = sum
    }
  },
  cases: [
    scanCase('a few rows', 5, 3),
    scanCase('one row', 1, 1),
    scanCase('a real width, more rows than a workgroup', 150, 24),
    scanCase('more threads than 16 bytes of a row, and not as many rows as a workgroup has', 71, 2),
    scanCase('the largest sums there are', 3, 64, 0x80, 0x80),
    scanCase('the smallest', 3, 64, 0x7f, 0x80),
    scanCase('zeros', 9, 24, 0),
  ],
})
