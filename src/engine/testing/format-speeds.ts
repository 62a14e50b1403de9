// How fast each weight format is beside NF4, in a page that scripts/bench-formats.mjs opens: one matrix, in turns with
// an NF4 one of its size, so that whatever else the machine does slows both. On the processor by the kernels that its
// threads call, on the GPU by a session of a small Plan.

import { openMachine, type Machine } from '../load.ts'
import { lifetimesOf } from '../model/flow.ts'
import type { Plan, PlanStep } from '../model/plan.ts'
import { randomWeight, seeded } from '../ops/inputs.ts'
import { quantOf, storageFormats, type StorageFormat, type WeightData } from '../quants/weight.ts'
import { createSession } from '../runtime/session.ts'
import { createMatrices } from '../runtime/processor/kernels/matrices.ts'

const BASE: StorageFormat = 'nf4'
/** tokens of a prompt */
const TOKENS = 16
/** rows and columns: SmolLM2's widest matrix, in which every format has whole blocks, and one of a model of a billion */
export const SHAPES = [
  { N: 576, K: 1536 },
  { N: 2048, K: 2048 },
] as const

export interface Kind {
  format: StorageFormat
  /** as people call it */
  called: string
}
export const kinds: readonly Kind[] = storageFormats.map((format) => {
  const { called, dtype } = quantOf(format)
  return { format, called: called ?? dtype ?? format }
})

/** Milliseconds of one pass: [NF4's, the format's] of each turn. */
type Turns = [base: number, own: number][]
export interface Speed {
  N: number
  K: number
  bytes: { base: number; own: number }
  decode: Turns
  prefill: Turns
}

const weightOf = (format: StorageFormat, N: number, K: number): WeightData => {
  const { anyBlock, files } = quantOf(format)
  // groups of 128 where a file chooses: what GPTQ, AWQ and FP8 models have
  return randomWeight(format, N, K, seeded(1), anyBlock && files.length === 0 ? 128 : undefined)
}
const bytesOf = ({ codes, scales }: WeightData): number => codes.byteLength + scales.byteLength
const now = async (run: () => unknown): Promise<number> => {
  const start = performance.now()
  await run()
  return performance.now() - start
}
type Pass = () => unknown

/** One pass of each is thrown away; short ones are run several times for one number. */
async function inTurns(base: Pass, own: Pass, rounds: number, atLeast: number): Promise<Turns> {
  await base()
  await own()
  const timed = async (pass: Pass): Promise<() => Promise<number>> => {
    const times = Math.max(1, Math.ceil(atLeast / Math.max(0.05, await now(pass))))
    return async () =>
      (await now(async () => {
        for (let i = 0; i < times; i++) await pass()
      })) / times
  }
  const [first, second] = [await timed(base), await timed(own)]
  const turns: Turns = []
  for (let i = 0; i < rounds; i++) turns.push([await first(), await second()])
  return turns
}

interface Passes {
  decode: Pass
  prefill: Pass
}
type Compare = (N: number, K: number, base: WeightData, own: WeightData) => Promise<[Passes, Passes]>

async function compare(format: StorageFormat, rounds: number, atLeast: number, passes: Compare): Promise<Speed[]> {
  const speeds: Speed[] = []
  for (const { N, K } of SHAPES) {
    const [base, own] = [weightOf(BASE, N, K), weightOf(format, N, K)]
    const [first, second] = await passes(N, K, base, own)
    const decode = await inTurns(first.decode, second.decode, rounds, atLeast)
    const prefill = await inTurns(first.prefill, second.prefill, rounds, atLeast)
    speeds.push({ N, K, bytes: { base: bytesOf(base), own: bytesOf(own) }, decode, prefill })
  }
  return speeds
}

/** The arena's words, made once per page: kernels are made once per thread. */
const WORDS = 2 ** 24
let arena: ReturnType<typeof openArena> | null = null
function openArena() {
  const memory = globalThis.crossOriginIsolated ? new SharedArrayBuffer(4 * WORDS) : new ArrayBuffer(4 * WORDS)
  return { memory, matrixOf: createMatrices(memory) }
}

/** On the processor, one thread. */
export function onProcessor(format: StorageFormat, rounds: number): Promise<Speed[]> {
  const { memory, matrixOf } = (arena ??= openArena())
  const words = new Uint32Array(memory)
  return compare(format, rounds, 2, (N, K, ...weights) => {
    const X = 16
    const Y = Math.ceil((X + TOKENS * K) / 16) * 8 // f64
    const random = seeded(2)
    new Float32Array(memory, 4 * X, TOKENS * K).forEach((_, i, x) => (x[i] = random() - 0.5))
    const sums = new Float64Array(memory)
    let at = 2 * Y + 2 * TOKENS * N + 16
    const place = (plane: Uint32Array): number => {
      words.set(plane, at)
      const from = at
      at += Math.ceil(plane.length / 16) * 16 + 16
      return from
    }
    const xs = Int32Array.from({ length: TOKENS }, (_, t) => X + t * K)
    const ys = Int32Array.from({ length: TOKENS }, (_, t) => Y + t * N)
    const [first, second] = weights.map(({ codes, scales, ...layout }): Passes => {
      const matrix = matrixOf({ layout, codes: place(codes), scales: place(scales) })
      const empty = (): unknown => sums.fill(0, Y, Y + TOKENS * N)
      return {
        decode: () => (empty(), matrix.one(X, 0, matrix.units, 0, N, Y)),
        prefill: () => (empty(), matrix.many(xs, ys, TOKENS, 0, N)),
      }
    })
    return Promise.resolve([first!, second!])
  })
}

/** The same matrix so many times: y = W x, of T tokens. */
function planOf(N: number, K: number, times: number): Plan {
  const step = (part: 'body' | 'head', op: string, args: Record<string, string>, params: object, i = 0): PlanStep => ({
    ...{ name: `${op}.${i}`, op, args, params: { ...params }, part, layer: -1 },
  })
  const square = { K, N, hasBias: 0, accumulate: 0, yStride: N, yOffset: 0 }
  const steps: Plan['steps'] = [
    step('body', 'gather', { ids: 'ids', weight: 'table', y: 'x' }, { D: K, accumulate: 0 }),
    ...Array.from({ length: times }, (_, i) => step('body', 'matmul', { x: 'x', weight: 'matrix', y: 'y' }, square, i)),
    step('head', 'rows', { x: 'y', y: 'logits' }, { D: N }),
  ]
  const token = (width: number) => ({ rows: 'T', width }) as const
  const plan: Plan = {
    family: 'speeds',
    dims: { layers: 0, D: K, H: 1, K: 1, d: K, F: K, V: N, maxContext: TOKENS },
    programs: { decode: { tokens: 'body', rows: 'head' } },
    outputs: [{ name: 'logits', site: 'logits', width: N, rows: 'each' }],
    steps,
    weights: {
      table: { parts: [], rows: 2, cols: K, role: 'embedding' },
      matrix: { parts: [], rows: N, cols: K, role: 'linear' },
    },
    ...{ groups: [], vectors: {}, tables: {}, masks: {}, caches: {}, lifetimes: {}, blocks: [], tied: false },
    buffers: { x: token(K), y: token(N), logits: { rows: 'R', width: N } },
    sites: { logits: { step: steps.at(-1)!.name, arg: 'y', in: 'row', offset: 0, width: N, from: [] } },
  }
  return { ...plan, lifetimes: lifetimesOf(plan) }
}

let opened: Promise<Machine> | null = null

/** On the GPU; null where there is none. */
export async function onGpu(format: StorageFormat, rounds: number): Promise<Speed[]> {
  const { device, kernels } = await (opened ??= openMachine({}))
  const times = device.facts.kind === 'software' ? 2 : 32
  const end: (() => void)[] = []
  const speeds = await compare(format, rounds, 0, async (N, K, ...weights) => {
    const passes: Passes[] = []
    for (const weight of weights) {
      const table = randomWeight('f32', 2, K, seeded(3))
      const held = (rows: number): WeightData => (rows === 2 ? table : weight)
      const session = await createSession(
        device,
        kernels,
        planOf(N, K, times),
        {
          layout: ({ rows }) => {
            const { codes: _c, scales: _s, ...layout } = held(rows)
            return layout
          },
          async *read({ rows }) {
            for (const plane of ['codes', 'scales'] as const) {
              const bytes = new Uint8Array(held(rows)[plane].buffer)
              if (bytes.length) yield { plane, offset: 0, bytes }
            }
          },
          vector: ({ length }) => Promise.resolve(new Float32Array(length)),
        },
        { size: { context: TOKENS, chunk: TOKENS, logitRows: 1 } },
      )
      end.push(() => session.dispose())
      const pass =
        (ids: number[]): Pass =>
        () => (session.truncate(0), session.forward(ids, 'last'))
      passes.push({ decode: pass([1]), prefill: pass(Array.from({ length: TOKENS }, (_, t) => t & 1)) })
    }
    return passes as [Passes, Passes]
  })
  for (const one of end) one()
  return speeds
}
