// Pictures of attention against transformers' own (`output_attentions`; tools/reference/attention_maps.py): read both ways,
// in windows, behind a prefix, by distance, between two halves. And what a lost edge does: the reference's numbers, where
// the score of that edge is -∞ and the others of its row add up to 1 again.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { folderFiles } from '../formats/testing.ts'
import { noGpuReason } from '../testing/gpu.ts'
import { sharedGpu } from '../testing/shared-gpu.ts'
import { onProcessor, type Where } from '../testing/machines.ts'
import { glassOf } from './testing.ts'
import type { Edit, Glass } from './types.ts'

/** (heads)(queries)(keys) of each layer */
type Maps = number[][][][]
interface Inputs {
  input_ids: [number[]]
  decoder_input_ids?: [number[]]
  token_type_ids?: [number[]]
}
interface Encoded {
  inputs: Inputs
  attn: Maps
  cut?: [layer: number, head: number, query: number, key: number]
  after?: number[][]
}
interface Halves {
  inputs: Inputs
  encoder: Maps
  decoder: Maps
  cross: Maps
  cuts: Record<'encoder' | 'decoder' | 'cross', { edge: [number, number, number]; after: number[][] }>
}
const { t5, ...whole } = JSON.parse(readFileSync('fixtures/attention.json', 'utf8')) as Record<string, Encoded> & {
  t5: Halves
}
const open = (name: string, { input_ids: [ids], decoder_input_ids, token_type_ids }: Inputs, where: Where) =>
  glassOf(
    name,
    folderFiles(`fixtures/golden/${name}`),
    decoder_input_ids
      ? { ids: decoder_input_ids[0], source: ids }
      : token_type_ids
        ? { ids, segments: token_type_ids[0] }
        : ids,
    where,
  )

/** The largest difference of a layer's pictures, and of each cell that no query sees from being absent. */
async function off(
  glass: Glass,
  layer: number,
  want: number[][][],
  branch: 'attn' | 'cross' = 'attn',
): Promise<number> {
  const [rows, cols] = [want[0]!.length, want[0]![0]!.length]
  const tile = await glass.attention({
    layer,
    branch,
    heads: want.map((_, h) => h),
    rows: [0, rows],
    cols: [0, cols],
    maxRows: rows,
    maxCols: cols,
  })
  let worst = 0
  want.flat(2).forEach((p, i) => {
    const got = tile.values[i]!
    worst = Math.max(worst, Number.isNaN(got) ? p : Math.abs(got - p))
  })
  return worst
}

const gpu = await sharedGpu()
if (!gpu) console.warn(`UNRUN: pictures on a GPU: ${noGpuReason}`)
const machines: [string, Where][] = [
  ['references', { device: 'reference' }],
  ['processor', onProcessor],
  ...(gpu ? [['gpu', { gpu, selfCheck: false }] satisfies [string, Where]] : []),
]
describe.each(machines)('%s', (_, where) => {
  test.each(Object.entries(whole))('%s looks where the reference looks', async (name, { inputs, attn }) => {
    const glass = await open(name, inputs, where)
    const last = inputs.input_ids[0].length - 1
    for (const [layer, want] of attn.entries()) {
      expect(await off(glass, layer, want), `layer ${layer}`).toBeLessThan(1e-5)
      // z comes from a replay of the block, which leaves everything as it was
      for (const position of [0, 3, last]) expect(await glass.attentionError(layer, position)).toBeLessThan(2e-5)
      expect(await off(glass, layer, want), `layer ${layer}, again`).toBeLessThan(1e-5)
      const { values } = await glass.probe({ site: 'probs', layer, head: 1, position: 3 })
      values.forEach((p, key) => expect(Number.isNaN(p) ? 0 : p).toBeCloseTo(want[1]![3]![key]!, 5))
    }
  })

  test.each(Object.entries(whole))('%s: head scores are of the keys in sight', async (name, { inputs, attn }) => {
    const stats = await (await open(name, inputs, where)).headStats()
    attn.flat().forEach((rows, at) => {
      const mean = (of: (p: number[], r: number) => number): number =>
        rows.slice(1).reduce((sum, p, i) => sum + of(p, i + 1), 0) / (rows.length - 1)
      const spread = (p: number[]): number => p.slice(1).reduce((sum, v) => sum - (v > 0 ? v * Math.log(v) : 0), 0)
      const seen = (p: number[]): number => p.filter((v) => v > 0).length
      expect(stats.relativeEntropy[at]).toBeCloseTo(
        mean((p) => (seen(p) > 1 ? spread(p) / Math.log(seen(p)) : 0)),
        4,
      )
      expect(stats.relativeEntropy[at]).toBeLessThanOrEqual(1)
      expect(stats.distance[at]).toBeCloseTo(
        mean((p, r) => p.reduce((sum, v, c) => sum + (c ? v * Math.abs(r - c) : 0), 0)),
        4,
      )
      expect(stats.self[at]).toBeCloseTo(
        mean((p, r) => p[r]!),
        4,
      )
    })
  })

  test.each(Object.entries(whole).filter(([, { cut }]) => cut))(
    '%s without one edge says what the reference says',
    async (name, { inputs, attn, cut, after }) => {
      const glass = await open(name, inputs, where)
      const [layer, head, query, key] = cut!
      const before = await rowsOf(glass, after!.length)
      await glass.setEdits([edge(layer, head, query, key)])
      expect(difference(await rowsOf(glass, after!.length), after!)).toBeLessThan(1e-4)
      const row = attn[layer]![head]![query]!
      const { values } = await glass.probe({ site: 'probs', layer, head, position: query })
      values.forEach((p, c) => {
        if (c === key) expect(p).toBeNaN()
        else if (row[c]! > 0) expect(p).toBeCloseTo(row[c]! / (1 - row[key]!), 5)
      })
      expect(await glass.attentionError(layer, query)).toBeLessThan(2e-5)
      await glass.setEdits([])
      expect(await rowsOf(glass, after!.length)).toEqual(before)
    },
  )

  test('an encoder–decoder: encoder, decoder, and what the one sees of the other', async () => {
    const glass = await open('t5', t5.inputs, where)
    const first = t5.encoder.length
    const parts = [
      ...t5.encoder.map((want, l) => ({ layer: l, branch: 'attn' as const, want })),
      ...t5.decoder.map((want, l) => ({ layer: first + l, branch: 'attn' as const, want })),
      ...t5.cross.map((want, l) => ({ layer: first + l, branch: 'cross' as const, want })),
    ]
    for (const { layer, branch, want } of parts) {
      const name = `${branch} ${layer}`
      expect(await off(glass, layer, want, branch), name).toBeLessThan(1e-5)
      for (const position of [0, 2, want[0]!.length - 1]) {
        expect(await glass.attentionError(layer, position, branch), name).toBeLessThan(5e-5)
      }
      expect(await off(glass, layer, want, branch), name).toBeLessThan(1e-5)
    }
    await expect(glass.attentionError(0, 0, 'cross')).rejects.toMatchObject({ code: 'PARAM_INVALID' })
  })

  test('an encoder–decoder without one edge of each kind, and without cross-attention', async () => {
    const glass = await open('t5', t5.inputs, where)
    const first = t5.encoder.length
    const T = t5.decoder[0]![0]!.length
    const before = await rowsOf(glass, T)
    for (const [kind, { edge: cut, after }] of Object.entries(t5.cuts)) {
      const layer = { encoder: 0, decoder: first, cross: first }[kind]!
      const edit = edge(layer, ...cut)
      await glass.setEdits([kind === 'cross' ? { ...edit, branch: 'cross' } : edit])
      expect(difference(await rowsOf(glass, T), after), kind).toBeLessThan(1e-4)
      const branch = kind === 'cross' ? 'cross' : 'attn'
      const of = (at: number): Promise<number> =>
        glass
          .attention({
            layer,
            branch,
            heads: [at],
            rows: [cut[1], cut[1] + 1],
            cols: [cut[2], cut[2] + 1],
            maxRows: 1,
            maxCols: 1,
          })
          .then(({ values }) => values[0]!)
      expect(await of(cut[0])).toBeNaN()
      expect(await of((cut[0] + 1) % 4)).toBeGreaterThan(0)
      expect(await glass.attentionError(layer, cut[1], branch)).toBeLessThan(5e-5)
    }
    await glass.setEdits([{ kind: 'skip', layer: first, part: 'cross' }])
    expect(await rowsOf(glass, T)).not.toEqual(before)
    await expect(glass.setEdits([{ kind: 'skip', layer: 0, part: 'cross' }])).rejects.toMatchObject({
      code: 'PARAM_INVALID',
      facts: { param: 'part' },
    })
    await expect(glass.setEdits([{ ...edge(0, 0, 0, 0), branch: 'cross' }])).rejects.toMatchObject({
      code: 'PARAM_INVALID',
    })
    await glass.setEdits([])
    expect(await rowsOf(glass, T)).toEqual(before)
  })
})

test('a look that no kernel can cut, and a model without attention, are refused by name', async () => {
  const glass = await open('xlnet', whole['xlnet']!.inputs, { device: 'reference' })
  await expect(glass.setEdits([edge(0, 0, 2, 1)])).rejects.toMatchObject({
    code: 'VIEW_ABSENT',
    facts: { why: 'relative' },
  })
  const recurrent = await glassOf('lstm_lm', folderFiles('fixtures/golden/lstm_lm'), [5, 9, 17, 3])
  const refused = { code: 'VIEW_ABSENT', facts: { why: 'attention' } }
  await expect(recurrent.headStats()).rejects.toMatchObject(refused)
  await expect(recurrent.valueNorms(0)).rejects.toMatchObject(refused)
  await expect(recurrent.thumbnails(8, 0)).rejects.toMatchObject(refused)
  await expect(recurrent.attentionError(0, 1)).rejects.toMatchObject(refused)
  await expect(recurrent.setEdits([{ kind: 'evict', keys: [0, 1] }])).rejects.toMatchObject(refused)
  await expect(recurrent.setEdits([{ kind: 'skip', layer: 0, part: 'attn' }])).rejects.toMatchObject({
    code: 'PARAM_INVALID',
  })
  const { hidden } = await recurrent.info()
  const values = Array.from({ length: hidden }, () => 1)
  expect((await recurrent.setEdits([{ kind: 'patch', layer: 0, position: 2, values }])).edits).toHaveLength(1)
})

const edge = (layer: number, head: number, query: number, key: number): Edit & { kind: 'mask-edges' } => ({
  kind: 'mask-edges',
  layer,
  head,
  queries: [query, query + 1],
  keys: [key, key + 1],
})

async function rowsOf(glass: Glass, count: number): Promise<number[][]> {
  const rows: number[][] = []
  for (let position = 0; position < count; position++) {
    rows.push([...(await glass.probe({ site: 'logits', position })).values])
  }
  return rows
}

/** In parts of the largest logit. */
function difference(got: number[][], want: number[][]): number {
  const peak = Math.max(...want.flat().map(Math.abs))
  return Math.max(...want.flatMap((row, t) => row.map((v, i) => Math.abs(v - got[t]![i]!)))) / peak
}
