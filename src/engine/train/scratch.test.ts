// Models all of whose weights learn: every gradient and the weights after three updates as PyTorch's (tools/reference/
// from_scratch.py), and models that have learnt nothing by the engine's own door.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bytesSource, type ModelFiles } from '../formats/bytes.ts'
import { induction, loadEngine, newModel, type Engine, type InductionLook } from '../index.ts'
import { openModel, placeModel } from '../load.ts'
import { diskModel } from '../testing/disk.ts'
import { onProcessor, testMachines } from '../testing/machines.ts'
import { f32Tensors } from '../testing/f32-tensors.ts'
import { prefixMatching, previousToken, repeats } from './repeats.ts'
import { differentiate } from './differentiate.ts'
import { fileTensors } from './peft.ts'
import { TrainSession } from './session.ts'

const keep = { linear: 'keep', embedding: 'keep', context: 64 } as const
const [gpu, , twoThreads] = await testMachines()
const reference = { name: 'reference', where: { device: 'reference' as const }, why: '' }

interface Golden {
  ids: number[][]
  hyper: { lr: number; betas: [number, number]; eps: number; weight_decay: number; clip: number }
  losses: number[]
  grad_norms: number[]
}

/** The largest difference, as a part of the largest number that was expected; of zeros as it is. */
function difference(got: Float32Array, want: Float32Array): number {
  let [worst, peak] = [0, 0]
  want.forEach((v, i) => {
    worst = Math.max(worst, Math.abs(v - got[i]!))
    peak = Math.max(peak, Math.abs(v))
  })
  return worst / (peak || 1)
}

describe.each([reference, gpu!, twoThreads!])('on $name', ({ where, why }) => {
  it.skipIf(where === null).each(['attention', 'lstm', 'gpt2'])(`%s as PyTorch ${where ? '' : why}`, async (name) => {
    const folder = `fixtures/train/${name}`
    const golden = JSON.parse(readFileSync(`${folder}/golden.json`, 'utf8')) as Golden
    const expected = f32Tensors(readFileSync(`${folder}/expected.safetensors`))
    const files = new Map(
      [...diskModel(folder).files].filter(([file]) => /^(config.json|model.safetensors)$/.test(file)),
    )
    const options = { ...keep, context: 16 }
    const { model, runtime, device } = await placeModel(await openModel({ name, files }, options), {
      ...options,
      ...where,
    })
    const { plan } = model
    const training = differentiate(plan, new Set([...Object.keys(plan.weights), ...Object.keys(plan.vectors)]), 12)
    const session = await TrainSession.create(runtime.inspection(), training, 12, { decays: 'all' })
    let count = 0
    const worst = async (kind: 'grad' | 'after3', of: (name: string, at: number) => Promise<Float32Array>) => {
      let most = 0
      const numbers = new Map<string, Float32Array>()
      for (const { name: own, at, count: length } of training.trainables) {
        numbers.set(own, (await of(own, at)).slice(0, length))
      }
      const files = await fileTensors(plan, '', (own) => Promise.resolve(numbers.get(own)!))
      for (const [tensor, { values }] of files) {
        const want = expected.get(`${kind}/${tensor}`)!
        // a bias of keys adds the same to all scores of a query: its gradient is what was rounded, and AdamW divides by it
        const D = values.length / 3
        if (kind === 'after3' && tensor.endsWith('c_attn.bias')) values.set(want.subarray(D, 2 * D), D)
        most = Math.max(most, difference(values, want))
        count++
      }
      return most
    }
    const { lr, betas, eps, weight_decay, clip } = golden.hyper
    for (let step = 0; step < 3; step++) {
      session.clear()
      for (const text of golden.ids) {
        const rows = text.slice(1).map((_, i) => i)
        session.add({ ids: text, rows, targets: text.slice(1), by: rows.map(() => 1 / 22) })
      }
      if (step === 0) {
        const g = (await session.read('g')).slice()
        expect(await worst('grad', (_, at) => Promise.resolve(g.subarray(at)))).toBeLessThan(1e-5)
      }
      const rates = { lr, beta1: betas[0], beta2: betas[1], eps, decay: weight_decay, clip, step: step + 1 }
      const { loss, norm, wrong } = await session.update(rates)
      expect([loss / golden.losses[step]!, norm / golden.grad_norms[step]!, wrong]).toEqual([
        expect.closeTo(1, 5),
        expect.closeTo(1, 5),
        0,
      ])
    }
    expect(await worst('after3', (own) => session.read({ name: own }))).toBeLessThan(1e-5)
    expect(count, 'every tensor was compared').toBe(expected.size)
    runtime.dispose()
    device?.dispose()
  })
})

/** Logarithms of the probabilities of a text's tokens. */
async function said(engine: Engine, ids: readonly number[]): Promise<(number | null)[]> {
  for await (const event of engine.generate({ ids: [...ids] }, { maxTokens: 1, temperature: 0 })) void event
  return (await (await engine.glass()).tokens()).slice(0, ids.length).map(({ logprob }) => logprob)
}
const load = (files: ModelFiles): Promise<Engine> => loadEngine({ name: 'scratch', files }, { ...onProcessor, ...keep })

describe.each([{ kind: 'attention' as const }, { kind: 'decoder' as const }])('$kind from nothing', ({ kind }) => {
  it('learns by the engine itself, and is saved as a model that says the same', async () => {
    const engine = await load(await newModel({ kind, words: 8, hidden: 16, seed: 3 }))
    const rows = repeats(64, 1, 8, 16, 2).map(({ ids }) => ({ ids }))
    const losses: number[] = []
    const set = { adapter: null, rows, steps: 30, batch: 4, lr: 1e-2, heldOut: 0 }
    for await (const event of engine.train(set)) if (event.type === 'step') losses.push(event.loss)
    expect(losses[0]).toBeGreaterThan(Math.log(8) - 0.3)
    expect(losses.slice(-5).reduce((a, b) => a + b) / 5).toBeLessThan(losses[0]! - 0.25)
    const now = await said(engine, rows[0]!.ids)
    const saved = await engine.saveModel()
    engine.dispose()
    const again = await load(new Map(Object.entries(saved).map(([name, bytes]) => [name, bytesSource(name, bytes)])))
    expect(await said(again, rows[0]!.ids)).toEqual(now)
    again.dispose()
    if (kind !== 'attention') return
    const still = [...f32Tensors(saved['model.safetensors']!)].filter(([name]) => name.includes('.mlp.'))
    expect(still.length).toBe(6)
    expect(still.filter(([, numbers]) => numbers.some((v) => v !== 0))).toEqual([])
  })
})

it('is the same with the same seed, and another with another', async () => {
  const weights = async (seed: number) => {
    const file = (await newModel({ kind: 'decoder', hidden: 8, seed })).get('model.safetensors')!
    return f32Tensors(await file.read(0, file.size))
  }
  const [one, same, other] = [await weights(1), await weights(1), await weights(2)]
  expect(same).toEqual(one)
  expect(other.get('lm_head.weight')).not.toEqual(one.get('lm_head.weight'))
})

it('is refused by name where it cannot be', async () => {
  for (const wrong of [
    { hidden: 30, heads: 4 },
    { words: 63 },
    { layers: 0 },
    { seed: NaN },
    { kind: 'gru' as never },
  ]) {
    await expect(newModel({ kind: 'decoder', ...wrong })).rejects.toMatchObject({ code: 'PARAM_INVALID' })
  }
})

it('refuses to teach, or save, what is no model of 32-bit floats', async () => {
  const learn = async (engine: Engine) => {
    for await (const event of engine.train({ adapter: null, rows: [{ ids: [1, 2, 3] }], steps: 1 })) void event
  }
  const source = { name: 'scratch', files: await newModel({ kind: 'attention' }) }
  const packed = await loadEngine(source, { ...onProcessor, ...keep, linear: 'nf4' })
  await expect(learn(packed)).rejects.toMatchObject({ code: 'PARAM_INVALID' })
  await expect(packed.saveModel()).rejects.toMatchObject({ code: 'PARAM_INVALID' })
  packed.dispose()
})

it('texts repeat their block, and a head is scored by where it looks', () => {
  const [{ ids, period }] = repeats(1, 4) as [{ ids: number[]; period: number }]
  expect(new Set(ids.slice(0, period)).size).toBe(period)
  expect(ids.slice(period)).toEqual(ids.slice(0, -period))
  const n = ids.length
  const [behind, before] = [new Float32Array(n * n), new Float32Array(n * n)]
  for (let t = 0; t < n; t++) {
    if (t >= period) behind[t * n + (t % period) + 1] = 1
    if (t > 0) before[t * n + t - 1] = 1
  }
  expect([prefixMatching(behind, n, period), previousToken(before, n)]).toEqual([1, 1])
  expect(prefixMatching(before, n, period)).toBe(0)
  expect(previousToken(behind, n)).toBeLessThan(0.2)
})

it('tells of two layers while they learn to repeat, and gives the model at the end', async () => {
  const looks: InductionLook[] = []
  let files: Record<string, Uint8Array> = {}
  const small = { hidden: 16, words: 8, length: 12, steps: 4, batch: 2, every: 2, load: onProcessor }
  for await (const event of induction(small)) {
    if (event.type === 'look') looks.push(event)
    if (event.type === 'model') files = event.files
  }
  expect(looks.map(({ step }) => step)).toEqual([0, 2, 4])
  const { loss, right, prefix, previous, frame } = looks[0]!
  expect(loss).toBeGreaterThan(1.5)
  expect(right).toBeLessThan(0.5)
  expect([prefix.length, previous.length, frame!.cells.length]).toEqual([4, 4, 4 * 12 * 12])
  // a head that has learnt nothing looks about evenly at what it sees
  for (const score of [...prefix, ...previous]) expect(Math.abs(score - 0.25)).toBeLessThan(0.2)
  expect(looks[2]!.prefix).not.toEqual(prefix)
  expect(Object.keys(files).sort()).toEqual(['config.json', 'model.safetensors', 'tokenizer.json'])
})

it('stopped between two looks, it ends so and gives the model as it is', async () => {
  const stop = new AbortController()
  const heard: string[] = []
  const small = { hidden: 16, words: 8, length: 12, steps: 9, batch: 1, every: 1, load: onProcessor }
  for await (const event of induction({ ...small, signal: stop.signal })) {
    if (event.type === 'look' && event.step === 2) stop.abort()
    heard.push(event.type === 'end' ? `${event.why} ${event.step}` : event.type)
  }
  expect(heard.slice(-4)).toEqual(['look', 'saved', 'asked 2', 'model'])
})

it.each([{ steps: 0 }, { words: 63 }, { length: 7 }, { words: 4 }, { kind: 'gru' as never }, { hidden: 3 }])(
  'an experiment that cannot be is refused by name: %o',
  async (wrong) => {
    await expect(induction({ ...wrong, load: onProcessor }).next()).rejects.toMatchObject({ code: 'PARAM_INVALID' })
  },
)
