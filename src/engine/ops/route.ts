// Which experts a token goes to (Shazeer et al. 2017, arXiv 1701.06538): softmax over all, the largest few, their weights.
// `chosen` holds whole numbers as f32. With renorm the weights are those of a softmax over the chosen ones alone.

import { defineOp, type Case } from './op.ts'
import { plain } from './launch.ts'

const routeCase = (T: number, E: number, top: number, renorm: number, more: Partial<Case> = {}): Case => ({
  name: `T=${T} ${top} of ${E}${renorm ? ' renorm' : ''}${more.name ? `, ${more.name}` : ''}`,
  params: { E, top, renorm },
  step: { T, pos: 3, row: 0, prefix: 0 },
  sizes: { scores: T * E, probs: T * E, chosen: T * top, weights: T * top },
  ...(more.scale !== undefined && { scale: more.scale }),
})

export const route = defineOp({
  name: 'route',
  args: { scores: 'read', probs: 'write', chosen: 'write', weights: 'write' },
  variants: [plain('route', (_, { T }) => T)],
  reference({ tensors: { scores, probs, chosen, weights }, params, step: { T } }) {
    const { E, top, renorm } = params as Record<'E' | 'top' | 'renorm', number>
    for (let t = 0; t < T; t++) {
      const row = Array.from(scores!.subarray(t * E, (t + 1) * E))
      const most = Math.max(...row)
      const parts = row.map((s) => Math.exp(s - most))
      const total = parts.reduce((a, b) => a + b)
      probs!.set(
        parts.map((p) => p / total),
        t * E,
      )
      const order = [...row.keys()].sort((a, b) => row[b]! - row[a]! || a - b).slice(0, top)
      const share = renorm ? order.reduce((sum, e) => sum + parts[e]!, 0) : total
      chosen!.set(order, t * top)
      weights!.set(
        order.map((e) => parts[e]! / share),
        t * top,
      )
    }
  },
  cases: [
    routeCase(3, 8, 2, 1),
    routeCase(5, 5, 2, 0),
    routeCase(1, 64, 8, 0),
    routeCase(7, 128, 8, 1),
    routeCase(2, 130, 9, 1, { name: 'more experts than threads' }),
    routeCase(2, 3, 3, 0, { name: 'all of them' }),
    routeCase(1, 60, 1, 1, { name: 'one' }),
    routeCase(4, 70, 6, 1, { name: 'all alike', scale: 0 }),
    routeCase(3, 16, 4, 0, { name: 'far apart', scale: 300 }),
  ],
})
