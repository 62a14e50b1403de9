// The glass without a GPU: every question asked of a run on the CPU references, held against the same question to the
// GPU's run (glass.test.ts holds that one against plain arithmetic) and to the processor's, and against what the run itself
// computed.

import { describe, expect, it } from 'vitest'
import { noGpuReason } from '../testing/gpu.ts'
import { sharedGpu } from '../testing/shared-gpu.ts'
import type { Where } from '../testing/machines.ts'
import { nodeThreads } from '../testing/node-threads.ts'
import { defaultSampling } from '../sampler/chain.ts'
import { storytellerGlass } from './testing.ts'
import { sites, type Edit, type Glass } from './types.ts'

const TEXT = 'Mia was in the garden. Tom had a blue kite. Where was Mia?'
const gpu = await sharedGpu()
const { start } = await nodeThreads()

/** Everything alike: numbers up to a share of the largest in their array, all else exactly. */
function alike(a: unknown, b: unknown, path: string, tolerance = 2e-3): void {
  const numbers = (v: unknown): v is ArrayLike<number> =>
    ArrayBuffer.isView(v) || (Array.isArray(v) && v.length > 0 && v.every((n) => typeof n === 'number'))
  if (numbers(a) && numbers(b)) {
    expect(a.length, path).toBe(b.length)
    const list = Array.from(a),
      peak = Math.max(1e-3, ...list.filter(Number.isFinite).map(Math.abs))
    list.forEach((v, i) => {
      const none = Number.isNaN(v) && Number.isNaN(b[i]!)
      if (!none && !(Math.abs(v - b[i]!) / peak <= tolerance)) expect.fail(`${path}[${i}]: ${v} and ${b[i]}`)
    })
  } else if (typeof a === 'number' && typeof b === 'number') {
    expect(Math.abs(a - b) / Math.max(1, Math.abs(a)), `${path}: ${a} and ${b}`).toBeLessThanOrEqual(tolerance)
  } else if (typeof a === 'object' && a !== null) {
    expect(Object.keys(a).sort(), path).toEqual(Object.keys(b as object).sort())
    for (const key of Object.keys(a)) {
      alike((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], `${path}.${key}`, tolerance)
    }
  } else expect(a, path).toEqual(b)
}

describe('looking inside a run on the processor', () => {
  it('needs no GPU: the picture is the run, and edits come and go', async () => {
    const { glass, session, ids } = await storytellerGlass({ device: 'reference' }, TEXT, 20)
    const told: number[] = []
    await glass.read({
      onProgress: ({ done }) => {
        told.push(done)
      },
    })
    const { layers, length } = await glass.info()
    expect(length).toBe(ids.length)
    for (let layer = 0; layer < layers; layer++) {
      expect(await glass.attentionError(layer, length - 1)).toBeLessThan(1e-4)
    }
    const { values } = await glass.probe({ site: 'logits', position: length - 1 })
    session.truncate(length - 1)
    const [row] = await session.forward([ids.at(-1)!], 'last')
    alike(values, row, 'logits', 1e-4)
    const before = (await glass.tokens()).map((t) => t.logprob)
    const { tokens } = await glass.setEdits([{ kind: 'skip', layer: 1, part: 'attn' }])
    expect(tokens.some((t, i) => Math.abs((t.logprob ?? 0) - (before[i] ?? 0)) > 0.1)).toBe(true)
    expect((await glass.setEdits([])).tokens.map((t) => t.logprob)).toEqual(before)
    expect((await glass.timings()).every(({ microseconds, runs }) => microseconds >= 0 && runs >= 1)).toBe(true)
  })

  it.skipIf(!gpu)(
    `answers as the GPU does${gpu ? '' : ` UNRUN: ${noGpuReason}`}`,
    () => answersAs({ gpu: gpu!, selfCheck: false }, 2e-3),
    180_000,
  )
  it.each([1, 3])('answers as the processor does on so many threads: %i', (threads) =>
    answersAs({ device: 'cpu', threads, startThread: start }, 1e-5),
  )

  async function answersAs(where: Where, near: number): Promise<void> {
    const here = await storytellerGlass({ device: 'reference' }, TEXT, 18),
      there = await storytellerGlass(where, TEXT, 18)
    const both = async (name: string, ask: (glass: Glass) => Promise<unknown>, tolerance = near): Promise<void> => {
      const [a, b] = [await ask(here.glass), await ask(there.glass)]
      alike(a, b, name, tolerance)
    }
    const everything = async (): Promise<void> => {
      const { layers, heads, length } = await there.glass.info()
      const all = Array.from({ length: heads }, (_, h) => h)
      await both('tokens', async (g) =>
        (await g.tokens()).map(({ top, ...token }) => ({ ...token, top: top.slice(0, 3) })),
      )
      for (const layer of [0, layers - 1]) {
        for (const what of ['probs', 'scores'] as const) {
          await both(`${what} ${layer}`, (g) =>
            g.attention({ layer, heads: all, rows: [0, length], cols: [0, length], maxRows: 12, maxCols: 99, what }),
          )
        }
        await both(`values ${layer}`, (g) => g.valueNorms(layer))
        // a mixture's and a recurrent cell's sites are other models'
        const computed = sites.filter((site) => !['router', 'chosen', 'gates'].includes(site))
        for (const site of computed) {
          await both(`${site} ${layer}`, (g) => g.probe({ site, layer, position: length - 2 }))
        }
      }
      await both('stats', (g) => g.headStats(), 2.5 * near)
      await both('lens', (g) =>
        g.lens({ positions: [3, length - 1], layers: [-1, 1, layers - 1], part: 'mlp', topK: 2, targets: [40] }),
      )
      await both('pushes', (g) => g.contributions(length - 2, here.ids.at(-1)!))
      await both('direction', (g) => g.direction(7))
      await both('sampling', async (g) =>
        (await g.sampling(length, { ...defaultSampling, temperature: 0 }, 3)).rows.map(({ id, logit }) => ({
          id,
          logit,
        })),
      )
    }
    await everything()
    await both('cosines', (g) => g.cosines(50, [40, 90]))
    const { plan } = here.model
    for (const { tensor } of (await there.glass.weights()).slice(0, 4)) {
      await both(tensor, (g) => g.weightTile(tensor, 65, 3, 2, 5), 0)
    }
    await both('weights', (g) => g.weights(), 0)
    await both('plan', (g) => g.plan(), 0)
    // under every kind of edit
    const edits: Edit[] = [
      { kind: 'mask-edges', layer: 1, head: 2, queries: [9, 20], keys: [3, 6] },
      { kind: 'scale-head', layer: 0, head: 1, factor: 0.5 },
      { kind: 'evict', keys: [4, 5] },
      {
        kind: 'direction',
        layer: 1,
        positions: [5, 40],
        mode: 'add',
        factor: 0.5,
        direction: Array.from({ length: plan.dims.D }, (_, i) => Math.sin(i)),
      },
      { kind: 'skip', layer: 2, part: 'mlp' },
    ]
    await here.glass.setEdits(edits)
    await there.glass.setEdits(edits)
    await everything()
    there.session.dispose()
  }

  it('says how far it is while it reads again, and can be stopped and taken up', async () => {
    const { glass, context, ids } = await storytellerGlass({ device: 'reference' }, TEXT, 20)
    const stop = new AbortController(),
      told: { done: number; total: number }[] = []
    stop.abort()
    await expect(
      glass.read({
        onProgress: (p) => {
          told.push(p)
        },
        signal: stop.signal,
      }),
    ).rejects.toMatchObject({ code: 'ABORTED' })
    expect(told).toEqual([{ done: 0, total: ids.length }])
    expect([context.ids, context.text]).toEqual([[], ids])
    expect((await glass.tokens()).map((t) => t.id)).toEqual(ids)
    // edits that are stopped leave the ones before in force
    await expect(
      glass.setEdits([{ kind: 'skip', layer: 0, part: 'mlp' }], { signal: stop.signal }),
    ).rejects.toMatchObject({ code: 'ABORTED' })
    expect((await glass.info()).edits).toEqual([])
    expect((await glass.tokens()).map((t) => t.id)).toEqual(ids)
  })
})
