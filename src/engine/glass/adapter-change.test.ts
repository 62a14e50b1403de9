// What adapters change, seen by one engine that has them, against two engines of which one never heard of them. And the
// run afterwards: bit for bit what it was, whoever interrupts.

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { folderFiles } from '../formats/testing.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { adapterOf } from '../testing/adapters.ts'
import { sharedGpu } from '../testing/shared-gpu.ts'
import { onProcessor, type Where } from '../testing/machines.ts'
import type { AdapterSource } from '../types.ts'
import { keptSites, keptTensor } from './activation-cache.ts'
import { runOf, type RunText } from './testing.ts'
import type { AdapterChange, Glass } from './types.ts'

const gpu = await sharedGpu()
const ids = [5, 9, 17, 3, 44, 21, 8, 9, 17]
interface Case {
  base: string
  adapters: AdapterSource[]
  text?: RunText
}

/** Adapters of a fixture at the strengths of its golden. */
function given(folder: string): Case {
  const { base, adapters: scales = {} } = JSON.parse(readFileSync(`${folder}/golden.json`, 'utf8')) as {
    base: string
    adapters?: Record<string, number>
  }
  const files = [...folderFiles(folder)]
  const parts = readdirSync(folder).filter((part) => /^adapter(-\d)?$/.test(part))
  const adapters = (parts.length > 0 ? parts : ['']).map((part) => ({
    name: part || 'adapter',
    files: new Map(files.filter(([path]) => path.startsWith(part && `${part}/`))),
    scale: scales[part] ?? 1,
  }))
  return { base, adapters }
}
const low = (at: string, out: number, into: number): Record<string, number[]> => ({
  [`${at}.lora_A.weight`]: [2, into],
  [`${at}.lora_B.weight`]: [out, 2],
})
const lora = (target_modules: string | string[], shapes: Record<string, number[]>): AdapterSource =>
  adapterOf({ peft_type: 'LORA', r: 2, lora_alpha: 1, target_modules }, shapes)

const open = async (
  { base, adapters, text = ids }: Case,
  where: Where = { device: 'reference' },
  isBusy?: () => boolean,
): Promise<{ glass: Glass; runtime: Runtime }> => {
  const files = folderFiles(`fixtures/golden/${base}`)
  return runOf(base, files, text, { ...where, adapters }, [], isBusy)
}

/** Every bit that a text leaves behind. */
async function state(runtime: Runtime): Promise<Uint32Array[]> {
  const inside = runtime.inspection()
  const { plan } = runtime
  const caches = Object.entries(plan.caches).map(([tensor, { kvHeads, headDim }]) => ({
    tensor,
    offset: 0,
    count: kvHeads * headDim * inside.context,
  }))
  const kept = keptSites(plan).map((site) => ({ tensor: keptTensor(site), offset: 0, count: plan.sites[site]!.width }))
  const found = await inside.readMany([...caches, ...kept])
  return [Uint32Array.of(runtime.length, runtime.prefix), ...found.map((values) => new Uint32Array(values.buffer))]
}

const logProbs = (logits: ArrayLike<number>): Float64Array => {
  const max = Math.max(...Array.from(logits))
  const lse = max + Math.log(Array.from(logits).reduce((sum, v) => sum + Math.exp(v - max), 0))
  return Float64Array.from(logits, (v) => v - lse)
}
const close = (got: ArrayLike<number>, want: ArrayLike<number>, tolerance: number): void => {
  expect(got.length).toBe(want.length)
  const peak = Math.max(1e-3, ...Array.from(want).filter(Number.isFinite).map(Math.abs))
  for (let i = 0; i < want.length; i++) {
    if (Number.isNaN(want[i])) expect(got[i]).toBeNaN()
    else if (!(Math.abs(got[i]! - want[i]!) / peak < tolerance)) expect.fail(`${i}: ${got[i]} instead of ${want[i]}`)
  }
}
/** A residual's difference, by two engines' probes. */
async function residuals(on: Glass, off: Glass, layer: number, length: number): Promise<number[]> {
  const found: number[] = []
  for (let position = 0; position < length; position++) {
    const at = { site: layer < 0 ? 'embed' : 'resid_post', layer: Math.max(0, layer), position } as const
    const [is, was] = [(await on.probe(at)).values, (await off.probe(at)).values]
    found.push(Math.hypot(...is.map((v, i) => v - was[i]!)) / Math.hypot(...was))
  }
  return found
}
async function pictures(on: Glass, off: Glass, layer: number, branch: 'attn' | 'cross', rows: number, cols: number) {
  const { heads } = await on.info()
  const ask = {
    layer,
    branch,
    heads: Array.from({ length: heads }, (_, h) => h),
    rows: [0, rows] as [number, number],
    cols: [0, cols] as [number, number],
    maxRows: rows,
    maxCols: cols,
  }
  const [is, was] = [(await on.attention(ask)).values, (await off.attention(ask)).values]
  return Array.from({ length: heads }, (_, h) => {
    const cells = Array.from({ length: rows * cols }, (__, i) => is[h * rows * cols + i]! - was[h * rows * cols + i]!)
    const moved = cells.reduce((sum, v) => sum + (Number.isNaN(v) ? 0 : Math.abs(v)), 0) / 2
    return { cells, moved: moved / rows }
  })
}

const cases: Record<string, Case> = {
  'two LoRAs, one of them on the head': given('fixtures/adapters/lora_two'),
  'trained norms, head and embedding': given('fixtures/adapters/lora_saved'),
  DoRA: given('fixtures/adapters/dora'),
  'IA³ on GPT-2': given('fixtures/adapters/ia3_gpt2'),
  'an encoder beside a decoder': {
    base: 't5',
    adapters: [
      lora('(encoder.*SelfAttention|decoder.block.[01].*EncDecAttention).q', {
        ...Object.assign(
          {},
          ...[0, 1].flatMap((i) => [
            low(`encoder.block.${i}.layer.0.SelfAttention.q`, 24, 32),
            low(`decoder.block.${i}.layer.1.EncDecAttention.q`, 24, 32),
          ]),
        ),
      }),
    ],
    text: { ids: [0, 7, 11, 4], source: [5, 9, 17, 3, 1] },
  },
}
const machines: [string, Where][] = [
  ['reference', { device: 'reference' }],
  ['processor', onProcessor],
  ...(gpu ? [['gpu', { gpu, selfCheck: false }] as [string, Where]] : []),
]

describe.each(machines)('on the %s', (machine, where) => {
  const tolerance = machine === 'reference' ? 1e-4 : 2e-3
  const some = Object.entries(cases).filter(([name]) => machine !== 'gpu' || name.startsWith('trained'))
  test.for(some)('%s', { timeout: 120_000 }, async ([, one]) => {
    const { glass, runtime } = await open(one, where)
    const alone = await open({ ...one, adapters: [] }, where)
    await glass.read()
    const before = await state(runtime)
    const found = await glass.adapterChange({ topK: 3 })
    expect(await state(runtime)).toEqual(before)

    const { layers } = await glass.info()
    const texts = await glass.tokens()
    const source = (await glass.info()).encoder
    const T = texts.length
    expect(found).toMatchObject({ from: 0, without: one.adapters.map(({ name }) => name), absent: [] })
    for (const { position, kl, said, ...of } of found.tokens!) {
      const rows = []
      for (const { glass: of1 } of [{ glass }, alone]) rows.push((await of1.probe({ site: 'logits', position })).values)
      const [is, was] = rows.map(logProbs) as [Float64Array, Float64Array]
      const want = is.reduce((sum, v, i) => sum + Math.exp(v) * (v - was[i]!), 0)
      expect(kl).toBeGreaterThan(0)
      expect(Math.abs(kl - want)).toBeLessThan(tolerance * Math.max(want, 0.01))
      for (const [top, row] of [
        [of.with, is],
        [of.without, was],
      ] as const) {
        const order = [...row.keys()].sort((a, b) => row[b]! - row[a]!)
        expect(top.map(({ id }) => id)).toEqual(order.slice(0, 3))
        close(
          top.map(({ logprob }) => logprob),
          order.slice(0, 3).map((id) => row[id]!),
          tolerance,
        )
      }
      const next = texts[position + 1]?.id
      if (next === undefined) expect(said).toBeNull()
      else close([said!.id, said!.with, said!.without], [next, is[next]!, was[next]!], tolerance)
    }
    expect(found.tokens!.map(({ position }) => position)).toEqual([...Array(T).keys()])
    for (const { layer, values } of found.residual) {
      const length = source && layer < source.layers ? source.tokens.length : T
      close(values, await residuals(glass, alone.glass, layer, length), tolerance)
    }
    for (const { branch, values } of found.heads) {
      const H = values.length / layers
      for (let layer = 0; layer < layers; layer++) {
        const own = values.subarray(layer * H, (layer + 1) * H)
        const isEncoder = source !== null && layer < source.layers
        if (branch === 'cross' && isEncoder) {
          expect([...own]).toEqual(Array(H).fill(NaN))
          continue
        }
        const [rows, cols] = isEncoder ? [5, 5] : [T, branch === 'cross' ? source!.tokens.length : T]
        const want = await pictures(glass, alone.glass, layer, branch, rows, cols)
        close(
          own,
          want.map(({ moved }) => moved),
          tolerance,
        )
        const tile = await glass.adapterAttention({
          layer,
          branch,
          head: 1,
          rows: [0, rows],
          cols: [0, cols],
          maxRows: 64,
          maxCols: 64,
        })
        close(tile.values, want[1]!.cells, tolerance)
      }
    }
    expect(await state(runtime)).toEqual(before)
    const lens = await glass.adapterLens({ position: T - 1, topK: 2 })
    const ask = { positions: [T - 1], layers: lens.map(({ layer }) => layer), part: 'resid' as const, topK: 2 }
    const [is, was] = [await glass.lens(ask), await alone.glass.lens(ask)]
    for (const [i, { with: on, without: off }] of lens.entries()) {
      for (const [got, want] of [
        [on, is[i]!.top],
        [off, was[i]!.top],
      ] as const) {
        expect(got.map(({ id }) => id)).toEqual(want.map(({ id }) => id))
        close(
          got.map(({ logprob }) => logprob),
          want.map(({ logprob }) => logprob),
          tolerance,
        )
      }
    }
    expect(await state(runtime)).toEqual(before)
    const next = async (of: Runtime): Promise<Float32Array> => (await of.forward([3], 'last'))[0]!.slice()
    const fresh = await open(one, where)
    await fresh.glass.read()
    expect(await next(runtime)).toEqual(await next(fresh.runtime))
    for (const { runtime: each } of [{ runtime }, alone, fresh]) each.dispose()
  })
})

const klOf = ({ tokens }: AdapterChange): number[] => tokens!.map(({ kl }) => kl)

test('one of two is left out; all off, nothing differs; a strength moves it; edits stay in force', async () => {
  const one = cases['two LoRAs, one of them on the head']!
  const { glass, runtime } = await open(one)
  const [first, second] = one.adapters as [AdapterSource, AdapterSource]
  const found = await glass.adapterChange({ without: first.name, topK: 1 })
  expect(found.without).toEqual([first.name])
  const beside = await open({ ...one, adapters: [second] })
  const all = await open({ base: one.base, adapters: [] })
  const rows = async (of: Glass, position: number) => logProbs((await of.probe({ site: 'logits', position })).values)
  const want = async (was: Glass): Promise<number[]> => {
    const kl: number[] = []
    for (let position = 0; position < ids.length; position++) {
      const [p, q] = [await rows(glass, position), await rows(was, position)]
      kl.push(p.reduce((sum, v, i) => sum + Math.exp(v) * (v - q[i]!), 0))
    }
    return kl
  }
  close(klOf(found), await want(beside.glass), 1e-4)
  // under the same edits
  const edits = [{ kind: 'scale-head', layer: 0, head: 1, factor: 0 } as const]
  await glass.setEdits(edits)
  await all.glass.setEdits(edits)
  const before = await state(runtime)
  close(klOf(await glass.adapterChange({ topK: 1 })), await want(all.glass), 1e-4)
  expect(await state(runtime)).toEqual(before)
  expect((await glass.info()).edits).toEqual(edits)

  const off = await open({ ...one, adapters: one.adapters.map((adapter) => ({ ...adapter, scale: 0 })) })
  const same = await off.glass.adapterChange({ topK: 1 })
  expect(same.without).toEqual([])
  expect([...klOf(same), ...same.residual.flatMap(({ values }) => [...values])].every((v) => v === 0)).toBe(true)
  expect(same.heads[0]!.values.every((v) => v === 0)).toBe(true)
})

test('pooled, a cell shows the largest difference among its own', async () => {
  const { glass } = await open(cases['DoRA']!)
  const ask = { layer: 1, head: 0, rows: [0, 9] as [number, number], cols: [0, 9] as [number, number] }
  const { values: whole } = await glass.adapterAttention({ ...ask, maxRows: 9, maxCols: 9 })
  const { values, pool, rows, cols } = await glass.adapterAttention({ ...ask, maxRows: 3, maxCols: 5 })
  expect([pool, rows, cols]).toEqual([[3, 2], 3, 5])
  const of = (r: number, c: number): number => {
    const cells = [0, 1, 2].flatMap((i) =>
      [0, 1].map((j) => (c * 2 + j < 9 ? whole[(r * 3 + i) * 9 + c * 2 + j]! : NaN)),
    )
    return cells.reduce((a, b) => (Number.isNaN(b) || Math.abs(a) >= Math.abs(b) ? a : b), NaN)
  }
  expect([...values]).toEqual(Array.from({ length: 15 }, (_, i) => of(Math.floor(i / 5), i % 5)))
})

describe('what is not there is refused by name, the rest is answered', () => {
  test('a model without a head over tokens', async () => {
    const { glass } = await open({
      ...given('fixtures/adapters/lora_labels'),
      text: { ids, segments: ids.map(() => 0) },
    })
    const { tokens, absent, heads, residual } = await glass.adapterChange({ topK: 1 })
    expect([tokens, absent]).toEqual([null, [{ view: 'tokens', reason: 'tokens' }]])
    expect(heads[0]!.values.every((v) => v > 0)).toBe(true)
    expect(residual.at(-1)!.values.every((v) => v > 0)).toBe(true)
    await expect(glass.adapterLens({ position: 1, topK: 1 })).rejects.toMatchObject({ facts: { why: 'tokens' } })
  })
  test('a model whose scores are made of distances, too', async () => {
    const { n_layer: layers } = JSON.parse(readFileSync('fixtures/golden/xlnet/config.json', 'utf8')) as {
      n_layer: number
    }
    const shapes = Object.assign(
      {},
      ...Array.from({ length: layers }, (_, i) => low(`transformer.layer.${i}.ff.layer_1`, 48, 32)),
    ) as Record<string, number[]>
    const one = { base: 'xlnet', adapters: [lora(['layer_1'], shapes)], text: { ids, segments: ids.map(() => 0) } }
    const { glass, runtime } = await open(one)
    const alone = await open({ ...one, adapters: [] })
    await glass.read()
    const before = await state(runtime)
    const { heads, absent } = await glass.adapterChange({ topK: 1 })
    expect(await state(runtime)).toEqual(before)
    expect(absent).toEqual([{ view: 'tokens', reason: 'streams' }])
    const H = heads[0]!.values.length / layers
    for (let layer = 0; layer < layers; layer++) {
      const want = await pictures(glass, alone.glass, layer, 'attn', ids.length, ids.length)
      close(
        heads[0]!.values.subarray(layer * H, (layer + 1) * H),
        want.map(({ moved }) => moved),
        1e-4,
      )
    }
  })
  test.each(['llama-prompt', 'llama-prefix', 'chatglm2-6b-encoder', 'llama_dynamic-prompt'])(
    'something that stands before the text: %s',
    async (name) => {
      const one = given(`fixtures/virtual/${name}`)
      const text = [...ids, 2, 6, 14]
      const { glass, runtime } = await open({ ...one, text })
      const alone = await open({ ...one, text, adapters: one.adapters.map((adapter) => ({ ...adapter, scale: 0 })) })
      await glass.read()
      const before = await state(runtime)
      const found = await glass.adapterChange({ topK: 2 })
      expect(await state(runtime)).toEqual(before)
      expect([found.heads, found.absent]).toEqual([[], [{ view: 'heads', reason: 'lead' }]])
      const on = await open({ ...one, text: [] })
      const rows = [await on.runtime.forward(text, 'all'), [] as Float32Array[]]
      for (let position = 0; position < text.length; position++) {
        rows[1]!.push((await alone.glass.probe({ site: 'logits', position })).values)
      }
      const want = text.map((_, i) => {
        const [p, q] = rows.map((of) => logProbs(of[i]!)) as [Float64Array, Float64Array]
        return p.reduce((sum, v, n) => sum + Math.exp(v) * (v - q[n]!), 0)
      })
      close(klOf(found), want, 1e-3)
      expect(found.residual.at(-1)!.values.every((v) => v > 0)).toBe(true)
      const lens = await glass.adapterLens({ position: 4, topK: 1 })
      expect(lens.at(-1)).toMatchObject({ with: found.tokens![4]!.with.slice(0, 1) })
      await expect(
        glass.adapterAttention({ layer: 0, head: 0, rows: [0, 2], cols: [0, 2], maxRows: 2, maxCols: 2 }),
      ).rejects.toMatchObject({ code: 'VIEW_ABSENT', facts: { why: 'lead' } })
      expect((await runtime.forward([3], 'last'))[0]).toEqual((await on.runtime.forward([3], 'last'))[0])
    },
  )
  test('what is added beside the matrices', async () => {
    const one = given('fixtures/adapters/hub_llama')
    const { glass, runtime } = await open(one)
    const [norms] = await glass.adapterNorms()
    expect(norms).toMatchObject({ why: 'function' })
    expect(norms!.modules.every(({ delta }) => delta === null)).toBe(true)
    await glass.read()
    const before = await state(runtime)
    const { residual } = await glass.adapterChange({ topK: 1 })
    expect(residual.at(-1)!.values.every((v) => v > 0)).toBe(true)
    expect(await state(runtime)).toEqual(before)
  })
  test('a model without an adapter, one of another name', async () => {
    const { glass } = await open({ base: 'llama', adapters: [] })
    expect(await glass.adapterNorms()).toEqual([])
    await expect(glass.adapterChange({ topK: 1 })).rejects.toMatchObject({ facts: { why: 'unadapted' } })
    const { glass: own } = await open(cases['DoRA']!)
    await expect(own.adapterChange({ without: 'x', topK: 1 })).rejects.toMatchObject({ facts: { param: 'without' } })
  })
})

test.each([1, 2, 4, 6])('an answer that begins in between finds everything as it was (%i)', async (turns) => {
  let left = Infinity
  const one = { ...cases['trained norms, head and embedding']!, text: Array.from({ length: 28 }, (_, i) => 3 + i) }
  const { glass, runtime } = await open(one, onProcessor, () => left-- <= 0)
  await glass.read()
  const before = await state(runtime)
  left = turns
  await expect(glass.adapterChange({ topK: 1 })).rejects.toMatchObject({ code: 'BUSY' })
  expect(await state(runtime)).toEqual(before)
  const fresh = await open(one, onProcessor)
  await fresh.glass.read()
  expect((await runtime.forward([3], 'last'))[0]).toEqual((await fresh.runtime.forward([3], 'last'))[0])
})
