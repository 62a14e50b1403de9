// Measures a loaded model from below: kernels one by one, the memory's own speed, what a token has to move. Clocks are the
// wall's, around many runs of one thing: browsers round GPU timestamps to tens of microseconds.

import type { Device } from '../gpu/device.ts'
import { tokenTraffic } from '../model/traffic.ts'
import type { PlanStep } from '../model/plan.ts'
import { SWEEP, sweepGroups } from '../ops/sweep.ts'
import type { Inspection, Prepared } from '../runtime/inspect.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { checkNumber } from '../sampler/params.ts'
import type { Bench, KernelTime } from './types.ts'

/** milliseconds that one batch of runs may take, and batches */
const [PATIENCE, BATCHES] = [60, 3]
/** bytes that are swept: no cache of a chip holds them; less where a binding may not be so large */
const SWEPT = 64 * 2 ** 20
/** words that are written at a time */
const PIECE = 2 ** 18

/** The fastest of some batches of as many runs as fit, less what an empty submit takes: [microseconds, runs]. */
async function timed(inside: Inspection, prepared: Prepared, rows: number, length: number): Promise<[number, number]> {
  const values = { T: rows, pos: length, row: 0, prefix: inside.prefix }
  let empty = Infinity
  for (let i = 0; i < BATCHES; i++) empty = Math.min(empty, await inside.time(null, values, 0))
  await inside.time(prepared, values, 1) // drivers compile at the first run
  const once = await inside.time(prepared, values, 1)
  const runs = Math.max(1, Math.min(50, Math.floor(PATIENCE / Math.max(once - empty, 0.01))))
  let best = Infinity
  for (let i = 0; i < BATCHES; i++) best = Math.min(best, await inside.time(prepared, values, runs))
  return [Math.max(0, ((best - empty) * 1000) / runs), runs]
}

/**
 * @param forget called after caches were written over: what stands in them is no text any more
 * @param device null where the processor computes
 */
export function createBench(
  runtime: Runtime,
  forget: () => void,
  device: Pick<Device, 'compiled' | 'facts'> | null,
): Omit<Bench, 'choices' | 'tune'> {
  const { plan } = runtime
  const inside = runtime.inspection()
  const layoutOf = (weight: string) => {
    const layouts = inside.layouts(weight)
    return { ...layouts[0]!, rows: layouts.reduce((sum, { rows }) => sum + rows, 0) }
  }
  const kindOf = ({ op, params, args, mask }: PlanStep): { shape: KernelTime['shape']; key: string } => {
    const weight = plan.weights[args['weight'] ?? '']
    const shape = weight ? ([weight.rows, weight.cols] as const) : null
    const format = weight ? layoutOf(args['weight']!).format : null
    return { shape, key: JSON.stringify([op, params, mask, shape, format]) }
  }
  const checkLength = (length: number): void => {
    const high = inside.context - 1
    checkNumber('measure', 'length', length, { low: 0, high, whole: true, need: `a whole number from 0 to ${high}` })
  }
  return {
    async traffic(length) {
      checkLength(length)
      return tokenTraffic(plan, layoutOf, length, inside.context, inside.prefix)
    },
    compiled: () => Promise.resolve([...(device?.compiled ?? [])]),

    async bandwidth() {
      if (!device) return null
      const n = Math.min(SWEPT, device.facts.limits['maxStorageBufferBindingSize'] ?? SWEPT) / 16
      inside.tensor('bench.x', n * 4)
      inside.tensor('bench.y', 64 * sweepGroups(n) * 4)
      // numbers of every size that no chip can pack; zeros it could
      const words = new Uint32Array(PIECE)
      for (let at = 0; at < n * 4; at += PIECE) {
        for (let i = 0; i < PIECE; i++) words[i] = (Math.imul(at + i, 0x9e3779b1) & 0x3fffffff) | 0x10000000
        inside.write('bench.x', words.subarray(0, Math.min(PIECE, n * 4 - at)), at)
      }
      const args = { x: 'bench.x', y: 'bench.y' }
      const [prepared] = await inside.prepare([
        { name: 'bench.sweep', op: 'sweep', args, params: { n }, part: 'body', layer: -1 },
      ])
      const [microseconds] = await timed(inside, prepared!, 1, 0)
      return microseconds > 0 ? (n * 16 * (1 + 1 / SWEEP)) / (microseconds / 1e6) : null
    },

    async kernels(asked, length) {
      checkNumber('measure', 'rows', asked, { low: 1, high: 4096, whole: true, need: 'a whole number from 1 to 4096' })
      const rows = Math.min(asked, inside.size.chunk)
      checkLength(length)
      const pos = Math.max(0, Math.min(length, inside.context - rows))
      const { tokens, rows: head } = plan.programs.decode
      const kinds = new Map<string, { prepared: Prepared; count: number }>()
      for (const prepared of inside.steps) {
        if (prepared.step.part !== tokens && prepared.step.part !== head) continue
        const { key } = kindOf(prepared.step)
        const kind = kinds.get(key)
        if (kind) kind.count++
        else kinds.set(key, { prepared, count: 1 })
      }
      const times: KernelTime[] = []
      try {
        for (const { prepared, count } of kinds.values()) {
          const { step } = prepared
          const own = step.part === head ? 1 : rows
          const [microseconds, runs] = await timed(inside, prepared, own, pos)
          const format = step.args['weight'] ? layoutOf(step.args['weight']).format : null
          times.push({ op: step.op, shape: kindOf(step).shape, format, count, microseconds, runs })
        }
      } finally {
        forget()
      }
      return { rows, times }
    },
  }
}
