// What stands before a text, where no adapter's file is needed to know the answer: the model's own rows, keys and values
// given as a lead give what the same tokens give as text; and without it every bit is as before.

import { describe, expect, test } from 'vitest'
import { folderFiles } from '../formats/testing.ts'
import { openModel, placeModel } from '../load.ts'
import { ropesOf, type Plan } from '../model/plan.ts'
import { ropeFrequencies } from '../model/rope-table.ts'
import { dequantRow } from '../quants/weight.ts'
import { testMachines, type Where } from '../testing/machines.ts'
import type { LoadOptions } from '../types.ts'
import { leadProblem, planesOf, type KeysLead, type Lead, type LeadProblem, type RowsLead } from './lead.ts'
import type { Runtime } from './runtime.ts'

const machines = await testMachines()
const SIZE = { context: 32, chunk: 8 }
const BEFORE = [7, 3, 22, 41, 15]
const TEXT = [5, 9, 17, 3, 44, 21, 8, 60, 2, 33, 12]

async function start(name: string, where: Where | { device: 'reference' }): Promise<Runtime> {
  const options: LoadOptions = { linear: 'keep', embedding: 'keep', ...SIZE, selfCheck: false, ...where }
  const model = await openModel({ name, files: folderFiles(`fixtures/golden/${name}`) }, options)
  return (await placeModel(model, options)).runtime
}
/** Rows of logits of a text, read whole, one by one, or three at a time. */
async function logitsOf(runtime: Runtime, ids: readonly number[], piece = ids.length): Promise<Float32Array[]> {
  const rows: Float32Array[] = []
  runtime.truncate(0)
  runtime.beginText(ids)
  for (let at = 0; at < ids.length; at += piece) rows.push(...(await runtime.forward(ids.slice(at, at + piece), 'all')))
  return rows.map((row) => row.slice())
}
const far = (got: readonly Float32Array[], want: readonly Float32Array[]): number => {
  const peak = Math.max(...want.flatMap((row) => [...row].map(Math.abs)))
  expect(got).toHaveLength(want.length)
  return Math.max(...got.flatMap((row, i) => [...row].map((v, j) => Math.abs(v - want[i]![j]!)))) / peak
}

/** The embedding's rows of tokens, as the model multiplies them or not. */
async function rowsOf(runtime: Runtime, ids: readonly number[]): Promise<RowsLead> {
  const { plan } = runtime
  const { args } = plan.steps.find(({ op, ofTokens }) => ofTokens && op === 'gather')!
  const by = plan.steps.find(({ op, ofTokens }) => ofTokens && op === 'scale')?.params['by'] ?? 1
  const { cols } = plan.weights[args['weight']!]!
  const rows = new Float32Array(ids.length * cols)
  for (const [i, id] of ids.entries()) {
    const { weight, from } = await runtime.inspection().weightRows(args['weight']!, id)
    dequantRow(weight, id - from, rows.subarray(i * cols, (i + 1) * cols))
  }
  return { kind: 'rows', count: ids.length, rows: rows.map((v) => Math.fround(v * by)) }
}

/** The first `count` entries of the caches, as (n, K, d) by layer. */
async function cachedOf(runtime: Runtime, count: number): Promise<KeysLead['layers']> {
  const { plan } = runtime,
    { context } = SIZE
  const plane = async (tensor: string): Promise<Float32Array> => {
    const { kvHeads, headDim } = plan.caches[tensor]!
    const pieces = Array.from({ length: count * kvHeads }, (_, i) => ({
      tensor,
      offset: ((i % kvHeads) * context + Math.floor(i / kvHeads)) * headDim,
      count: headDim,
    }))
    const read = await runtime.inspection().readMany(pieces)
    return Float32Array.from(read.flatMap((row) => [...row]))
  }
  const layers: { keys: Float32Array; values: Float32Array }[] = []
  for (const { keys, values } of planesOf(plan)!) layers.push({ keys: await plane(keys), values: await plane(values) })
  return layers
}

/** Turns keys back by `count` positions, in f64. */
function turnedBack(plan: Plan, layers: KeysLead['layers'], count: number): KeysLead['layers'] {
  const [[, spec]] = ropesOf(plan) as [ReturnType<typeof ropesOf>[number]]
  const { inv } = ropeFrequencies(spec, 1)
  return layers.map(({ keys, values }, layer) => {
    const { headDim } = plan.caches[planesOf(plan)![layer]!.keys]!
    const turned = keys.slice()
    for (let head = 0; head < keys.length; head += headDim) {
      for (let j = 0; j < inv.length; j++) {
        const [a, b] = spec.layout === 'half' ? [head + j, head + j + inv.length] : [head + 2 * j, head + 2 * j + 1]
        const [cos, sin] = [Math.cos(-count * inv[j]!), Math.sin(-count * inv[j]!)]
        turned[a] = keys[a]! * cos - keys[b]! * sin
        turned[b] = keys[b]! * cos + keys[a]! * sin
      }
    }
    return { keys: turned, values }
  })
}

const families = [
  'llama',
  'gpt2',
  'bloom_h6_0',
  'mistral_swa',
  'gemma',
  'granite',
  'chatglm2-6b',
  'falcon_rw',
  'lstm_lm',
]

describe.for([...machines, { name: 'references', where: { device: 'reference' as const }, why: '' }])(
  'on the $name',
  { timeout: 120_000 },
  ({ name: machine, where, why }) => {
    test.for(machine === 'references' ? families : machine === 'gpu' ? ['llama'] : ['llama', 'gpt2', 'chatglm2-6b'])(
      '%s: rows, keys and values of its own are the text that they came of; without them every bit is back',
      async (name, { skip }) => {
        if (!where) return skip(why)
        const runtime = await start(name, where)
        const whole = (await logitsOf(runtime, [...BEFORE, ...TEXT])).slice(BEFORE.length)
        const layers = planesOf(runtime.plan) && (await cachedOf(runtime, BEFORE.length))
        const alone = await logitsOf(runtime, TEXT)
        expect(far(alone, whole)).toBeGreaterThan(1e-3)
        const count = BEFORE.length
        const leads: (RowsLead | KeysLead)[] = [await rowsOf(runtime, BEFORE)]
        if (layers) leads.push({ kind: 'keys', count, positions: 'counted', layers })
        if (layers && ['llama', 'mistral_swa', 'chatglm2-6b'].includes(name)) {
          leads.push({ kind: 'keys', count, positions: 'not counted', layers: turnedBack(runtime.plan, layers, count) })
        }
        for (const lead of leads) {
          runtime.setLead(lead)
          expect(runtime.context).toBe(SIZE.context - count)
          for (const piece of [TEXT.length, 3, 1]) {
            expect(far(await logitsOf(runtime, TEXT, piece), whole), `${lead.kind}, ${piece}`).toBeLessThan(1e-5)
          }
          // a part of the text stays, and is read on
          runtime.truncate(4)
          const rest = await runtime.forward(TEXT.slice(4), 'all')
          expect(far(rest, whole.slice(4))).toBeLessThan(1e-5)
          runtime.setLead(null)
          expect(runtime.length).toBe(0)
          expect(await logitsOf(runtime, TEXT)).toEqual(alone)
        }
        runtime.dispose()
      },
    )
  },
)

describe('what cannot stand before a text', () => {
  const problemOf = async (name: string, make: (plan: Plan) => Lead): Promise<LeadProblem | null> => {
    const { plan } = await openModel({ name, files: folderFiles(`fixtures/golden/${name}`) })
    return leadProblem(plan, SIZE.context, make(plan))
  }
  const rows =
    (count: number, width = 32) =>
    (): RowsLead => ({ kind: 'rows', count, rows: new Float32Array(count * width) })
  const keys =
    (count: number, given: Partial<Plan['dims']> = {}, positions: KeysLead['positions'] = 'counted') =>
    ({ dims }: Plan): KeysLead => {
      const { layers, K, d } = { ...dims, ...given }
      const side = (): Float32Array => new Float32Array(count * K * d)
      return {
        kind: 'keys',
        count,
        positions,
        layers: Array.from({ length: layers }, () => ({ keys: side(), values: side() })),
      }
    }
  test.each<[string, string, (plan: Plan) => Lead, LeadProblem | null]>([
    ['rows that fit', 'llama', rows(4), null],
    ['keys that fit', 'llama', keys(4), null],
    ['rows of another width', 'llama', rows(4, 16), 'width'],
    ['as many as the context holds', 'llama', rows(SIZE.context), 'context'],
    ['a layer too many', 'llama', keys(2, { layers: 4 }), 'layers'],
    ['keys of every query head', 'llama', keys(2, { K: 4 }), 'heads'],
    ['an encoder', 'bert', rows(2), 'whole'],
    ['an encoder and a decoder', 't5', keys(2), 'source'],
    ['rows before a marked prefix', 'chatglm-6b', rows(2), 'prefix'],
    ['counted keys before a marked prefix', 'chatglm-6b', keys(2), 'prefix'],
    ['keys before a marked prefix, not counted', 'chatglm-6b', keys(2, {}, 'not counted'), null],
    ['learned positions, not counted', 'gpt2', keys(2, {}, 'not counted'), 'positions'],
    ['ALiBi, not counted', 'bloom_h6_0', keys(2, {}, 'not counted'), 'positions'],
    ['keys of a model without attention', 'lstm_lm', keys(2), 'layers'],
  ])('%s: %s', async (_, name, make, problem) => {
    expect(await problemOf(name, make)).toBe(problem)
  })
  test('a runtime refuses it, and is as it was', async () => {
    const runtime = await start('llama', { device: 'reference' })
    expect(() => runtime.setLead(rows(4, 16)())).toThrow(expect.objectContaining({ code: 'PARAM_INVALID' }))
    expect(runtime.lead).toBeNull()
    expect(runtime.context).toBe(SIZE.context)
  })
})
