// Every family that writes, and has a way back through all of its steps: what its loss does when its weights move a little along
// their gradient is what the gradient says, and it falls with every update. On the plain references, tiny models of fixtures/golden, a LoRA in every linear layer; experts that are of
// floats learn themselves.

import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { openModel, placeModel } from '../load.ts'
import type { Plan, PlanStep } from '../model/plan.ts'
import type { Inspection } from '../runtime/inspect.ts'
import { diskModel } from '../testing/disk.ts'
import { goldens } from '../testing/goldens.ts'
import { differentiate } from './differentiate.ts'
import { freshLora } from './fresh.ts'
import { TrainSession } from './session.ts'

/** Models without a linear layer in their blocks: an adapter has no place there, all that they are made of learns. */
const recurrent: ReadonlySet<string> = new Set(['lstm', 'rnn'])
/** All of these learns: norms that take off a mean, of heads, with biases, and tables of positions among it. */
const whole: ReadonlySet<string> = new Set(['gpt2', 'qwen3', 'phi_odd', 'olmo2', 'opt'])
/** Its GGUF has queries, keys and values apart, its checkpoint has not: no adapter of PEFT's fits both. */
const ROWS_ELSEWHERE = 'baichuan-7b_gguf'
/** writers that do not */
const found: string[] = []
const writes = ({ programs: { decode, encode }, outputs, prefix }: Plan): boolean =>
  !encode && !decode.whole && !decode.ahead && !prefix && outputs.length === 1 && outputs[0]!.name === 'logits'

for (const name of goldens) {
  it(name, async () => {
    const folder = `fixtures/golden/${name}`
    const source = diskModel(existsSync(`${folder}/config.json`) ? folder : `${folder}/model.gguf`)
    const { input_ids } = JSON.parse(readFileSync(`fixtures/golden/${name}/golden.json`, 'utf8')) as {
      input_ids?: number[]
    }
    const keep = { linear: 'keep', embedding: 'keep', context: 16, device: 'reference' } as const
    const plain = await openModel(source, keep)
    if (!writes(plain.plan)) {
      expect(() => differentiate(plain.plan, new Set(), 12)).toThrow(/^Cannot train this model/)
      return
    }
    const isWhole = recurrent.has(plain.plan.family) || whole.has(name)
    const adapters = isWhole ? [] : [{ name: 'a', files: freshLora(plain.plan, name, { rank: 2, seed: 3 }) }]
    const opening = openModel(source, { ...keep, adapters })
    if (name === ROWS_ELSEWHERE) {
      await expect(opening).rejects.toThrow(/rows do not divide/)
      return
    }
    const adapted = await opening
    const { runtime } = await placeModel(adapted, keep)
    const { weights, vectors } = adapted.plan
    const isFloat = (weight: string): boolean =>
      weights[weight]!.parts.every(({ tensor }) => plain.checkpoint.tensors.get(tensor)!.dtype === 'F32')
    const ofExperts = adapted.plan.steps.flatMap(({ op, args }) => (op === 'expert-matmul' ? [args['weight']!] : []))
    const learns = isWhole
      ? [...Object.keys(weights).filter(isFloat), ...Object.keys(vectors)]
      : [...Object.keys(weights).filter((weight) => weights[weight]!.role === 'adapter'), ...ofExperts.filter(isFloat)]
    const session = await begin(runtime.inspection(), adapted.plan, learns).catch((error: unknown) => {
      expect(error).toMatchObject({ code: 'TRAIN_UNSUPPORTED' })
      found.push(name)
    })
    if (!session) return
    const ids = (input_ids ?? []).slice(0, 10).map((id) => id % adapted.plan.dims.V)
    while (ids.length < 10) ids.push((ids.length * 7) % adapted.plan.dims.V)
    const rows = [0, 3, 4, 7, 8]
    const sequence = {
      ids,
      rows,
      targets: rows.map((row) => ids[row + 1]!),
      by: rows.map((row) => (row === 3 ? -0.2 : 0.3)),
    }
    const loss = async (): Promise<number> => {
      session.look(sequence)
      return (await session.losses(rows.length)).reduce((sum, nll, i) => sum + nll * sequence.by[i]!, 0)
    }
    // B is no longer zero: both matrices count
    const start = new Map<string, Float32Array>()
    for (const { name: weight } of session.plan.trainables) {
      const numbers = (await session.read({ name: weight })).map((v, i) => v + 0.05 * Math.sin(i + weight.length))
      start.set(weight, numbers)
      session.write({ name: weight }, numbers)
    }
    session.clear()
    session.add(sequence)
    const g = await session.read('g')
    const anew = await begin(runtime.inspection(), adapted.plan, learns, true)
    anew.clear()
    anew.add(sequence)
    expect(await anew.read('g'), 'with checkpoints').toEqual(g)
    const { norm } = await session.norm()
    const along = async (by: number): Promise<number> => {
      for (const { name: weight, at } of session.plan.trainables) {
        session.write(
          { name: weight },
          start.get(weight)!.map((v, i) => v + (by * g[at + i]!) / norm),
        )
      }
      return loss()
    }
    /** by how much the loss moves otherwise than the gradient says, a little way along it */
    const apart = async (step: number): Promise<number> =>
      Math.abs(((await along(step)) - (await along(-step))) / (2 * step * norm) - 1)
    let off = await apart(2e-3)
    // nearer: a token of a mixture may have gone to other experts
    if (off > 1e-3) off = await apart(5e-4)
    expect(norm).toBeGreaterThan(0)
    await along(0)
    const losses = [await loss()]
    for (let update = 1; update <= 3; update++) {
      session.clear()
      session.add(sequence)
      expect((await session.norm()).wrong).toBe(0)
      await session.update({ lr: 1e-3, beta1: 0.9, beta2: 0.99, eps: 1e-8, decay: 0, clip: 1, step: update })
      losses.push(await loss())
    }
    expect(losses, 'learns').toEqual(losses.toSorted((a, b) => b - a))
    expect(losses[3]).toBeLessThan(losses[0]!)
    expect(off).toBeLessThan(1e-3)
    runtime.dispose()
  })
}

const begin = async (
  inside: Inspection,
  plan: Plan,
  learns: readonly string[],
  checkpoints = false,
): Promise<TrainSession> => TrainSession.create(inside, differentiate(plan, new Set(learns), 12, { checkpoints }), 12)

it('refuses a weight that nothing here would teach', async () => {
  const { plan } = await openModel(diskModel('fixtures/golden/gemma2'), { linear: 'keep', embedding: 'keep' })
  const gain = Object.keys(plan.vectors).find((name) => plan.vectors[name]!.make)!
  expect(() => differentiate(plan, new Set([gain]), 8)).toThrow(/made of others/)
  expect(() => differentiate(plan, new Set(['none']), 8)).toThrow(/no such weight \(none\)/)
})

it('every one that writes learns', () => expect(found).toEqual([]))

it('refuses by name what has no way back, before anything is allocated', async () => {
  const { plan } = await openModel(diskModel('fixtures/golden/llama'), { linear: 'keep', embedding: 'keep' })
  const learns = new Set([plan.steps.find(({ op }) => op === 'gather')!.args['weight']!])
  const changed: [string, string, (step: PlanStep) => PlanStep, string][] = [
    ['attention', 'op', (step) => ({ ...step, op: 'attention-relative' }), 'one of its steps'],
    ['attention', 'mask', (step) => ({ ...step, params: { ...step.params, causal: 0 } }), 'not causal'],
    ['attention', 'wide', (step) => ({ ...step, params: { ...step.params, d: 512 } }), 'wider than 256'],
    ['rmsnorm', 'place', (step) => ({ ...step, args: { ...step.args, y: step.args['x']! } }), 'in place'],
  ]
  for (const [op, why, change, text] of changed) {
    const at = plan.steps.findIndex((step) => step.op === op)
    const steps = plan.steps.map((step, i) => (i === at ? change(step) : step))
    const attempt = () => differentiate({ ...plan, steps }, learns, 8)
    expect(attempt).toThrow(new RegExp(`^Cannot train this model: .*${text}.* \\(${steps[at]!.name}\\)`))
    expect(attempt).toThrow(expect.objectContaining({ code: 'TRAIN_UNSUPPORTED', facts: { why, at: steps[at]!.name } }))
  }
})
