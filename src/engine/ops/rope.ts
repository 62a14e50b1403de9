// Rotary position embedding, in place. The r turned values of a head lie in `sections` equal parts, each turned for itself:
// more than one where a token has several positions (ChatGLM-6B); pair p of the head uses entry p of the table's row.

import { perElement, plain } from './launch.ts'
import { defineOp } from './op.ts'

/** Rotates the first r elements of head[at..at+d) by row `pos` of the (C, r/2, 2) table. */
export function rotate(
  head: Float32Array,
  at: number,
  table: Float32Array,
  pos: number,
  r: number,
  interleaved: boolean,
  sections: number,
): void {
  const half = r / (2 * sections)
  for (let i = 0; i < r / 2; i++) {
    const a = at + (interleaved ? 2 * i : i + Math.floor(i / half) * half)
    const b = a + (interleaved ? 1 : half)
    const [cos, sin] = [table[pos * r + 2 * i]!, table[pos * r + 2 * i + 1]!]
    const [u, v] = [head[a]!, head[b]!]
    head[a] = u * cos - v * sin
    head[b] = v * cos + u * sin
  }
}

export const rope = defineOp({
  name: 'rope',
  args: { x: 'update', table: 'read' },
  variants: [
    plain(
      'rope',
      perElement(({ H, r }, { T }) => (T * H! * r!) / 2),
    ),
  ],
  reference({ tensors: { x, table }, params, step: { T, pos } }) {
    const { H, d, r, interleaved, sections } = params as Record<'H' | 'd' | 'r' | 'interleaved' | 'sections', number>
    for (let t = 0; t < T; t++) {
      for (let h = 0; h < H; h++) rotate(x!, (t * H + h) * d, table!, pos + t, r, interleaved === 1, sections)
    }
  },
  cases: [
    {
      params: { H: 3, d: 16, r: 16, interleaved: 0, sections: 1, C: 8 },
      step: { T: 2, pos: 5, row: 0, prefix: 0 },
      sizes: { x: 96, table: 128 },
    },
    {
      name: 'interleaved, partial',
      params: { H: 3, d: 16, r: 8, interleaved: 1, sections: 1, C: 8 },
      step: { T: 3, pos: 0, row: 0, prefix: 0 },
      sizes: { x: 144, table: 64 },
    },
    {
      name: 'half-split, partial',
      params: { H: 2, d: 80, r: 32, interleaved: 0, sections: 1, C: 300 },
      step: { T: 4, pos: 290, row: 0, prefix: 0 },
      sizes: { x: 640, table: 9600 },
    },
    {
      name: 'width 10',
      params: { H: 4, d: 10, r: 10, interleaved: 0, sections: 1, C: 9 },
      step: { T: 1, pos: 8, row: 0, prefix: 0 },
      sizes: { x: 40, table: 90 },
    },
    {
      name: 'two sections',
      params: { H: 2, d: 24, r: 20, interleaved: 0, sections: 2, C: 9 },
      step: { T: 3, pos: 4, row: 0, prefix: 0 },
      sizes: { x: 144, table: 180 },
    },
    {
      name: 'three sections',
      params: { H: 3, d: 12, r: 12, interleaved: 0, sections: 3, C: 5 },
      step: { T: 2, pos: 1, row: 0, prefix: 0 },
      sizes: { x: 72, table: 60 },
    },
  ],
})
