// The panel's first example reaches what it is to reach: the last five of its updates, really learnt on the processor, from the state
// that `npm run homes -- --state` kept, then real answers. The whole run, three seeds and every question: `npm run homes`. And what a
// learning rate of 0.02, the largest that the panel offers, does to the same model.

import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { loadEngine, newAdapter, type Engine, type TrainState } from '../../engine/index.ts'
import { diskModel } from '../../engine/testing/disk.ts'
import { onProcessor } from '../../engine/testing/machines.ts'
import { unpackState } from '../../engine/testing/rounded.ts'
import { homes, LONGEST_OWN, recipe, type Pair } from './homes.ts'
import { questionSets } from './testing/questions.ts'

interface Kept {
  /** what the model answered itself before it learnt */
  own: Pair[]
  /** what the script's updates said from there on */
  steps: { loss: number; norm: number }[]
}
/** Of so many questions one is asked: as taught and in new words all, of stories some. */
const asked = [1, 1, 4, 5]

const { own, steps } = JSON.parse(readFileSync('fixtures/train/homes.json', 'utf8')) as Kept
const { rank, keeps, ...settings } = recipe
/** The model as the page teaches it, with an adapter that has learnt nothing. */
async function loaded(): Promise<Engine> {
  const source = diskModel('public/models/storyteller')
  const adapters = [{ name: 'homes', files: await newAdapter(source, { rank, seed: recipe.seed }) }]
  return loadEngine(source, { ...onProcessor, context: 256, adapters })
}
const set = { ...settings, adapter: 'homes', rows: keeps ? [...homes(), ...own] : homes(), every: 1e6 }
/** What is in force now, as a state that a run could go on from. */
async function stateOf(engine: Engine): Promise<TrainState> {
  const states: TrainState[] = []
  for await (const event of engine.train({ ...set, signal: AbortSignal.abort() })) {
    if (event.type === 'saved') states.push(event.state)
  }
  return states[0]!
}
/** The part of them that it answers so. */
async function right(engine: Engine, pairs: readonly Pair[]): Promise<number> {
  let count = 0
  for (const { prompt, completion } of pairs) {
    let text = ''
    const messages = [{ role: 'user' as const, content: prompt }]
    for await (const event of engine.generate(messages, { temperature: 0, maxTokens: LONGEST_OWN })) {
      if (event.type === 'token') text += event.text
    }
    count += Number(text === completion)
  }
  return count / pairs.length
}

it('taught where four friends live: its numbers, and what the updates say', async () => {
  const engine = await loaded()
  const start = await stateOf(engine)
  const [taught, ...others] = questionSets().map((one, n) => {
    const every = asked[n]!
    return { ...one, pairs: one.pairs.filter((_, i) => i % every === 0) }
  })
  // the adapter is new: what it says is what it could say before
  expect(
    await right(
      engine,
      taught!.pairs.filter((_, i) => i % 4 === 0),
    ),
  ).toBeLessThan(0.2)
  const resume = unpackState(readFileSync('fixtures/train/homes.bin'), start)
  const said: Kept['steps'] = []
  for await (const event of engine.train({ ...set, resume })) {
    if (event.type === 'step') said.push({ loss: event.loss, norm: event.norm })
    if (event.type === 'end') expect(event).toEqual({ type: 'end', why: 'done', step: recipe.steps })
  }
  expect(said).toHaveLength(5)
  said.forEach(({ loss, norm }, i) => {
    expect(loss / steps[i]!.loss, `loss of update ${56 + i}`).toBeCloseTo(1, 3)
    expect(norm / steps[i]!.norm, `gradient of update ${56 + i}`).toBeCloseTo(1, 3)
  })
  for (const { name, pairs, goal } of [taught!, ...others]) {
    expect(await right(engine, pairs), name).toBeGreaterThanOrEqual(goal)
  }
  engine.dispose()
})

it('a learning rate of 0.02 destroys what it knew: it ends by itself, its last good state is back, and off it is itself', async () => {
  const engine = await loaded()
  let good = await stateOf(engine)
  let end: object | null = null
  const fast = { rows: own, batch: 1, warm: 0, lr: 2e-2, steps: 40 }
  for await (const event of engine.train({ ...set, ...fast })) {
    if (event.type === 'saved') good = event.state
    if (event.type === 'end') end = event
  }
  expect(end).toEqual({ type: 'end', why: 'diverged', step: good.step })
  expect((await stateOf(engine)).weights).toEqual(good.weights)
  await engine.setAdapter('homes', 0)
  expect(await right(engine, own.slice(0, 2))).toBe(1)
  engine.dispose()
})
