// The way back through rope-append: gradients of queries, keys and values as attention read them -> of the one projection.

import { perElement, plain } from '../launch.ts'
import { defineOp, type Case } from '../op.ts'
import { rotate } from '../rope.ts'
import { negated } from './rope-back.ts'

type Shape = Record<'H' | 'K' | 'd' | 'r' | 'interleaved' | 'sections' | 'C', number>

const backCase = (name: string, T: number, pos: number, shape: Shape): Case => {
  const { H, K, d, r, C } = shape
  return {
    name,
    params: { ...shape },
    step: { T, pos, row: 0, prefix: 0 },
    sizes: { dq: T * H * d, dkv: T * 2 * K * d, table: Math.max(C * r, 4), dqkv: T * (H + 2 * K) * d },
  }
}

export const ropeAppendBack = defineOp({
  name: 'rope-append-back',
  args: { dq: 'read', dkv: 'read', table: 'read', dqkv: 'write' },
  variants: [
    {
      ...plain(
        'training/rope-append-back',
        perElement(({ H, K, d }, { T }) => T * (H! + 2 * K!) * d!),
      ),
      name: 'rope-append-back',
    },
  ],
  reference({ tensors: { dq, dkv, table, dqkv }, params, step: { T, pos } }) {
    const { H, K, d, r, interleaved, sections } = params as unknown as Shape
    const back = r ? negated(table!) : table! // where nothing is turned there is none
    for (let t = 0; t < T; t++) {
      for (let h = 0; h < H + 2 * K; h++) {
        const at = (h < H ? t * H + h : t * 2 * K + h - H) * d
        const head = (h < H ? dq! : dkv!).slice(at, at + d)
        if (h < H + K) rotate(head, 0, back, pos + t, r, interleaved === 1, sections)
        dqkv!.set(head, (t * (H + 2 * K) + h) * d)
      }
    }
  },
  cases: [
    backCase('small', 2, 5, { H: 4, K: 2, d: 8, r: 8, interleaved: 0, sections: 1, C: 9 }),
    backCase('interleaved, partial', 3, 1, { H: 3, K: 3, d: 12, r: 4, interleaved: 1, sections: 1, C: 5 }),
    backCase('odd width, half-split, partial', 4, 2, { H: 2, K: 1, d: 7, r: 4, interleaved: 0, sections: 1, C: 6 }),
    backCase('two sections', 3, 1, { H: 2, K: 1, d: 11, r: 8, interleaved: 0, sections: 2, C: 6 }),
    backCase('not turned', 3, 2, { H: 3, K: 2, d: 10, r: 0, interleaved: 0, sections: 1, C: 7 }),
  ],
})
