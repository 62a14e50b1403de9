// Losses, every gradient and the weights after three steps of AdamW against PyTorch: on the plain references, on the processor
// and on a software GPU. Numbers of fixtures/train: transformers 5.24, peft 0.21, torch 2.13, f32.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openModel, placeModel } from '../load.ts'
import type { LoadedModel } from '../load.ts'
import { diskModel } from '../testing/disk.ts'
import { f32Tensors } from '../testing/f32-tensors.ts'
import { testMachines, type Where } from '../testing/machines.ts'
import { farthest, partsOf } from '../testing/tensors.ts'
import { differentiate } from './differentiate.ts'
import { TrainSession, type Sequence } from './session.ts'

const folder = 'fixtures/train'
const { ids, mask, hyper, results } = JSON.parse(readFileSync(`${folder}/train.json`, 'utf8')) as {
  ids: number[][]
  mask: number[][]
  hyper: { lr: number; betas: [number, number]; eps: number; weight_decay: number; clip: number }
  results: Record<string, Run>
}
interface Run {
  losses: number[]
  grad_norms: number[]
  row_weights: number[]
  beta?: number
  reference_logp?: [number, number]
}

const tensors = (file: string): Map<string, Float32Array> => f32Tensors(readFileSync(`${folder}/${file}`))

/** Both texts of the fixture; each target counts as much as every other. @param signs by target, in place of the mean */
function sequences(signs?: readonly number[]): Sequence[] {
  const count = mask.flat().reduce((n, one) => n + one, 0)
  let n = 0
  return ids.map((text, b) => {
    const rows = text.flatMap((_, j) => (j > 0 && mask[b]![j] ? [j - 1] : []))
    return {
      ids: text,
      rows,
      targets: rows.map((row) => text[row + 1]!),
      by: rows.map(() => signs?.[n++] ?? 1 / count),
    }
  })
}

interface TestPlace {
  name: string
  where: Where | { device: 'reference' } | null
  why: string
}
/** Gradients of a step of both ways to use memory. */
async function gradientsOf(where: Where | { device: 'reference' }, run: string): Promise<Float32Array[]> {
  const { base, adapted } = bases[run]!
  const found: Float32Array[] = []
  for (const checkpoints of [false, true]) {
    const { model, runtime, device } = await load(where, base, adapted)
    const { plan } = model
    const learns = Object.keys(plan.weights).filter((name) => adapted === (plan.weights[name]!.role === 'adapter'))
    const training = differentiate(plan, new Set(learns), 12, { checkpoints })
    expect(training.back.some((one) => 'op' in one && one.op === 'attention')).toBe(checkpoints)
    const session = await TrainSession.create(runtime.inspection(), training, 12, { decays: 'all' })
    session.clear()
    for (const one of sequences()) session.add(one)
    found.push((await session.read('g')).slice())
    runtime.dispose()
    device?.dispose()
  }
  return found
}
const machines = await testMachines()
const reference: TestPlace = { name: 'reference', where: { device: 'reference' }, why: '' }
const [gpu, , twoThreads] = machines as [TestPlace, TestPlace, TestPlace]

async function load(where: Where | { device: 'reference' }, base: string, adapted: boolean): Promise<LoadedModel> {
  const options = {
    linear: 'keep' as const,
    embedding: 'keep' as const,
    ...(adapted && { adapters: [{ name: 'a', files: diskModel(`${folder}/adapter`).files }] }),
  }
  return placeModel(await openModel(diskModel(`${folder}/${base}`), options), { ...options, ...where })
}

/** What each target counts in a DPO step (Rafailov et al. 2023): the text chosen is the first, its reference's logarithms are given. */
async function preferences(session: TrainSession, { beta, reference_logp }: Run): Promise<number[]> {
  const logp: number[] = []
  for (const one of sequences()) {
    session.add(one)
    logp.push(-(await session.losses(one.rows.length)).reduce((sum, v) => sum + v, 0))
  }
  session.clear()
  const margin = beta! * (logp[0]! - reference_logp![0]! - (logp[1]! - reference_logp![1]!))
  const by = beta! / (1 + Math.exp(margin))
  return sequences().flatMap(({ rows }, i) => rows.map(() => (i === 0 ? by : -by)))
}

const bases: Record<string, { base: string; adapted: boolean }> = {
  'lora-f32': { base: 'tiny', adapted: true },
  'lora-nf4': { base: 'tiny-nf4', adapted: true },
  'full-f32': { base: 'tiny', adapted: false },
  'dpo-f32': { base: 'tiny', adapted: true },
}
/**
 * A weight whose gradient is next to nothing moves as far as any other: AdamW divides by its size. There, what is rounded otherwise
 * counts: of down_proj's 1,536 numbers one.
 */
const SMALL_GRADIENTS = 5e-5

describe.each([
  { ...reference, runs: Object.keys(bases) },
  { ...gpu, runs: ['lora-nf4', 'full-f32'] },
  { ...twoThreads, runs: ['lora-nf4', 'full-f32', 'dpo-f32'] },
])('on $name', ({ name: place, where, why, runs }) => {
  it.skipIf(where === null).each(runs)(`%s as PyTorch ${where ? '' : why}`, async (run) => {
    const { base, adapted } = bases[run]!
    const { model, runtime, device } = await load(where!, base, adapted)
    const expected = tensors(`expected-${run}.safetensors`)
    const { losses, grad_norms, row_weights } = results[run]!
    const { plan } = model
    const learns = Object.keys(plan.weights).filter((name) => adapted === (plan.weights[name]!.role === 'adapter'))
    const vectors = adapted ? [] : Object.keys(plan.vectors)
    const training = differentiate(plan, new Set([...learns, ...vectors]), 12, { input: true })
    const session = await TrainSession.create(runtime.inspection(), training, 12, { decays: 'all' })
    const isDpo = run === 'dpo-f32'
    const worst = { gradients: 0, weights: 0, losses: 0, input: 0 }
    for (let step = 0; step < 3; step++) {
      session.clear()
      const data = sequences(isDpo ? await preferences(session, results[run]!) : undefined)
      if (isDpo && step === 0) {
        data.flatMap(({ by }) => by).forEach((by, i) => expect(by).toBeCloseTo(row_weights[i]!, 5))
      }
      let loss = 0
      const inputs: Float32Array[] = []
      for (const one of data) {
        session.add(one)
        const nll = await session.losses(one.rows.length)
        one.by.forEach((by, i) => (loss += by * nll[i]!))
        inputs.push(await session.peek(training.input!, 12 * 32))
      }
      const { norm, wrong } = await session.norm()
      expect(wrong).toBe(0)
      expect(norm / grad_norms[step]!).toBeCloseTo(1, 4)
      if (!isDpo) worst.losses = Math.max(worst.losses, Math.abs(loss / losses[step]! - 1))
      if (step === 0) {
        const g = await session.read('g')
        for (const { name, at } of training.trainables) {
          for (const { tensor, from, count } of partsOf(plan, name)) {
            const want = expected.get(`grad/${tensor}`)!
            const own = g.subarray(at + from, at + from + count)
            worst.gradients = Math.max(worst.gradients, farthest(own, want))
          }
        }
        const input = expected.get('dx_embed')
        if (input) worst.input = farthest(Float32Array.from(inputs.flatMap((x) => [...x])), input)
      }
      const { lr, betas, eps, weight_decay, clip } = hyper
      const told = await session.update({
        lr,
        beta1: betas[0],
        beta2: betas[1],
        eps,
        decay: weight_decay,
        clip,
        step: step + 1,
      })
      expect(told).toEqual({ norm, wrong, loss: expect.closeTo(loss, 4) as number })
    }
    for (const { name } of training.trainables) {
      const now = await session.read({ name })
      for (const { tensor, from, count } of partsOf(plan, name)) {
        const want = expected.get(`after3/${tensor}`)!
        worst.weights = Math.max(worst.weights, farthest(now.subarray(from, from + count), want))
      }
    }
    expect(worst.losses).toBeLessThan(1e-5)
    expect(worst.gradients).toBeLessThan(1e-5)
    expect(worst.input).toBeLessThan(1e-5)
    expect(worst.weights).toBeLessThan(place === 'gpu' && run === 'full-f32' ? SMALL_GRADIENTS : 1e-5)
    runtime.dispose()
    device?.dispose()
  })
})

it.each([
  { ...reference, run: 'full-f32' },
  { ...gpu, run: 'lora-f32' },
  { ...twoThreads, run: 'lora-nf4' },
])('with checkpoints the same bits on $name', async ({ where, run }) => {
  if (!where) return
  const [kept, anew] = await gradientsOf(where, run)
  expect(kept!.some((v) => v !== 0)).toBe(true)
  expect(anew).toEqual(kept)
})
