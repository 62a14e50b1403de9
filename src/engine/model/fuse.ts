// Plan -> a Plan with fewer steps and the same numbers: every rewrite is provable against the plain Plan.
//   q, k, v matmuls + two ropes + append  ->  one stacked matmul + rope-append
//   gate, up matmuls + glu             ->  one stacked matmul + glu-packed
//   matmul + add                          ->  a matmul that accumulates into the residual
// A norm stays a step of its own: in the matmul that reads it, every thread would norm the row again. Measured on the
// software adapter, that costs more (11 to 15 % of a SmolLM2 token) than all norms together (3 to 7 %).
// Names that fusion swallows (blocks.3.attn.q) are recomputed by the plain steps when a probe asks for them.

import type { Plan, PlanStep, WeightSpec } from './plan.ts'

/**
 * May these weights be stacked by rows into one matrix? Formats decide (same format, blocks do not straddle the seam).
 */
export type CanStack = (tensors: string[], cols: number) => boolean

export function fuse(plan: Plan, canStack: CanStack): Plan {
  const fused: Plan = {
    ...plan,
    weights: { ...plan.weights },
    vectors: { ...plan.vectors },
    buffers: { ...plan.buffers },
    steps: [],
  }
  const { H, K, d, F } = plan.dims
  const steps = plan.steps
  const ops = (from: number, count: number): string =>
    steps
      .slice(from, from + count)
      .map((s) => s.op)
      .join(' ')

  const stack = (parts: PlanStep[], name: string, y: string): PlanStep | null => {
    const weights = parts.map((s) => plan.weights[s.args['weight']!]!)
    if (
      !canStack(
        weights.flatMap((w) => w.parts.map((p) => p.tensor)),
        weights[0]!.cols,
      )
    ) {
      return null
    }
    const biases = parts.map((s) => s.args['bias'])
    if (biases.some(Boolean) && !biases.every(Boolean)) return null
    const key = weights.flatMap((w) => w.parts.map((p) => p.tensor)).join('+')
    const rows = weights.reduce((n, w) => n + w.rows, 0)
    fused.weights[key] = {
      parts: weights.flatMap((w) => w.parts),
      rows,
      cols: weights[0]!.cols,
      role: 'linear',
    } satisfies WeightSpec
    for (const s of parts) delete fused.weights[s.args['weight']!]
    const args: Record<string, string> = { x: parts[0]!.args['x']!, weight: key, y }
    if (biases[0]) {
      const vectors = biases.map((b) => plan.vectors[b!]!)
      args['bias'] = biases.join('+')
      fused.vectors[args['bias']] = { parts: vectors.flatMap((v) => v.parts), length: rows }
      for (const b of biases) delete fused.vectors[b!]
    }
    return { ...parts[0]!, name, args, params: { ...parts[0]!.params, N: rows, yStride: rows } }
  }

  for (let i = 0; i < steps.length;) {
    const s = steps[i]!
    const prefix = s.name.slice(0, s.name.lastIndexOf('.'))
    if (ops(i, 6) === 'matmul matmul matmul rope rope append') {
      const qkv = stack(steps.slice(i, i + 3), `${prefix}.qkv`, 'qkv')
      if (qkv) {
        fused.buffers['qkv'] = { rows: 'T', width: (H + 2 * K) * d }
        const [rope, append] = [steps[i + 3]!, steps[i + 5]!]
        fused.steps.push(qkv, {
          ...append,
          name: `${prefix}.rope_append`,
          op: 'rope-append',
          args: {
            qkv: 'qkv',
            table: rope.args['table']!,
            q: 'q',
            kCache: append.args['kCache']!,
            vCache: append.args['vCache']!,
          },
          params: { ...rope.params, ...append.params, H },
        })
        i += 6
        continue
      }
    }
    if (ops(i, 3) === 'matmul matmul glu') {
      const gateUp = stack(steps.slice(i, i + 2), `${prefix}.gate_up`, 'gateUp')
      if (gateUp) {
        fused.buffers['gateUp'] = { rows: 'T', width: 2 * F }
        const act = steps[i + 2]!
        fused.steps.push(gateUp, { ...act, op: 'glu-packed', args: { x: 'gateUp', y: act.args['y']! } })
        i += 3
        continue
      }
    }
    if (ops(i, 2) === 'matmul add' && steps[i + 1]!.args['delta'] === s.args['y']) {
      fused.steps.push({
        ...s,
        args: { ...s.args, y: steps[i + 1]!.args['x']! },
        params: { ...s.params, accumulate: 1 },
      })
      i += 2
      continue
    }
    fused.steps.push(s)
    i++
  }
  const used = new Set(fused.steps.flatMap((s) => Object.values(s.args)))
  for (const name of Object.keys(fused.buffers)) if (!used.has(name)) delete fused.buffers[name]
  return fused
}
