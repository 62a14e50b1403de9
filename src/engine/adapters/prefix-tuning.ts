// Prefix tuning (Li & Liang 2021): keys and values of n entries before a text, for every layer; (n, L 2 K d), the keys of a
// layer before its values. Nothing turns them; the text's positions begin at n. With a projection the file holds what
// came of it.

import type { Plan } from '../model/plan.ts'
import { planesOf, type LeadLayer } from '../runtime/lead.ts'
import type { AdapterKind } from './adapter.ts'
import { notBefore, wrongSize } from './errors.ts'
import { beforeText } from './lead.ts'

/** Key heads and width of each, the same in every layer; null where they differ or a layer has none. */
export function headsOf(plan: Plan): { kvHeads: number; headDim: number } | null {
  const caches = planesOf(plan)?.flatMap(({ keys, values }) => [plan.caches[keys]!, plan.caches[values]!])
  const [first] = caches ?? []
  if (!first || !caches!.every((c) => c.kvHeads === first.kvHeads && c.headDim === first.headDim)) return null
  return first
}

/** (n, L, 2, width) as each layer's (n, width) */
export function layersOf(values: Float32Array, count: number, layers: number): LeadLayer[] {
  const width = values.length / (count * layers * 2)
  const side = (n: number): Float32Array => {
    const out = new Float32Array(count * width)
    for (let i = 0; i < count; i++) {
      const from = (i * layers * 2 + n) * width
      out.set(values.subarray(from, from + width), i * width)
    }
    return out
  }
  return Array.from({ length: layers }, (_, layer) => ({ keys: side(2 * layer), values: side(2 * layer + 1) }))
}

export const prefixTuning: AdapterKind = {
  type: 'PREFIX_TUNING',
  open(file) {
    const { name, config } = file
    const heads = config.number('num_attention_heads', 1),
      layers = config.number('num_layers', 1),
      width = config.number('token_dim', 1)
    return beforeText(
      file,
      'prefix tuning',
      ['prefix_projection', 'encoder_hidden_size'],
      (plan) => {
        const { kvHeads, headDim } = headsOf(plan) ?? {}
        if (kvHeads === undefined || headDim === undefined) throw notBefore(name)
        const want = (key: string, value: number, need: number): void => {
          if (value !== need) throw wrongSize(name, key, need, value)
        }
        want('num_layers', layers, plan.blocks.length)
        want('num_attention_heads', heads, kvHeads)
        want('token_dim', width, kvHeads * headDim)
        return plan.blocks.length * 2 * kvHeads * headDim
      },
      (values, count, plan) => ({
        kind: 'keys',
        count,
        positions: 'counted',
        layers: layersOf(values, count, plan.blocks.length),
      }),
    )
  },
}
