// A small trial: how many weights a device multiplies in a second. Both devices run the same Plan, a chain of square
// matrices with a norm before each, so that every step waits for the one before it and a device whose launches are slow
// is judged by what a token takes, not by what it could do at once. Knows neither device: it times their runtimes.

import { checkAborted } from './errors.ts'
import { lifetimesOf } from './model/flow.ts'
import type { Plan } from './model/plan.ts'
import { randomWeight, seeded } from './ops/inputs.ts'
import type { Work } from './machine.ts'
import type { StorageFormat } from './quants/weight.ts'
import type { Runtime } from './runtime/runtime.ts'

/** About what a small model launches: half a million weights for each of two steps. */
const width = 1024,
  deep = 64
/** Every matrix is the same one, the embedding and the head too: it is the work that counts. */
const matrix = 'matrix',
  gain = 'gain'
/** One token of it, in weights. */
const multiplied = (deep + 1) * width ** 2

/** Milliseconds: the best of the runs that fit into `enough`, at least `fewest`; none begins after `longest`. */
const enough = 150,
  longest = 700,
  fewest = 4

function trialPlan(): Plan {
  const square = { K: width, N: width, hasBias: 0, accumulate: 0, yStride: width, yOffset: 0 }
  const steps: Plan['steps'] = []
  const step = (part: 'body' | 'head', op: string, args: Record<string, string>, params: object): void => {
    steps.push({ name: `${op}.${steps.length}`, op, args, params: { ...params }, part, layer: -1 })
  }
  const layer = (part: 'body' | 'head', x: string, h: string, y: string): void => {
    step(part, 'rmsnorm', { x, gain, y: h }, { D: width, eps: 1e-5, R: 1, own: 0 })
    step(part, 'matmul', { x: h, weight: matrix, y }, square)
  }
  step('body', 'gather', { ids: 'ids', weight: matrix, y: 'x' }, { D: width, accumulate: 0 })
  for (let i = 0; i < deep; i++) layer('body', 'x', 'h', 'x')
  step('head', 'rows', { x: 'x', y: 'xRow' }, { D: width })
  layer('head', 'xRow', 'hRow', 'logits')
  const row = { rows: 'R', width } as const,
    token = { rows: 'T', width } as const
  const plan: Plan = {
    family: 'trial',
    dims: { layers: 0, D: width, H: 1, K: 1, d: width, F: width, V: width, maxContext: 1 },
    programs: { decode: { tokens: 'body', rows: 'head' } },
    outputs: [{ name: 'logits', site: 'logits', width, rows: 'each' }],
    steps,
    groups: [],
    weights: { [matrix]: { parts: [], rows: width, cols: width, role: 'linear' } },
    vectors: { [gain]: { parts: [], length: width } },
    tables: {},
    masks: {},
    buffers: { x: token, h: token, xRow: row, hRow: row, logits: row },
    caches: {},
    lifetimes: {},
    sites: { logits: { step: steps.at(-1)!.name, arg: 'y', in: 'row', offset: 0, width, from: [] } },
    blocks: [],
    tied: true,
  }
  return { ...plan, lifetimes: lifetimesOf(plan) }
}

/** The trial as something to be placed on a device. @param format of its weights */
export function trialWork(format: StorageFormat): Work {
  const { codes, scales, ...layout } = randomWeight(format, width, width, seeded(1))
  return {
    plan: trialPlan(),
    size: { context: 1, chunk: 1, logitRows: 1 },
    provider: {
      layout: () => layout,
      async *read() {
        for (const [plane, words] of Object.entries({ codes, scales })) {
          if (words.length) yield { plane: plane as 'codes' | 'scales', offset: 0, bytes: new Uint8Array(words.buffer) }
        }
      },
      vector: ({ length }) => Promise.resolve(new Float32Array(length).fill(1)),
    },
  }
}

/** Weights multiplied in a second, in the best of a few runs. @throws ABORTED, and what the runtime throws */
export async function speedOf(runtime: Runtime, signal?: AbortSignal): Promise<number> {
  const began = performance.now()
  let best = Infinity
  for (let runs = 0, spent = 0; spent < longest && (runs < fewest || spent < enough); runs++) {
    checkAborted(signal)
    runtime.truncate(0)
    const start = performance.now()
    await runtime.forward([1], 'last')
    best = Math.min(best, performance.now() - start)
    spent = performance.now() - began
  }
  return (multiplied * 1000) / best
}
