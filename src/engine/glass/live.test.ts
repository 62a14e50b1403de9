// What the inspector says of the answer itself: which tokens are its own after a fork, what was drawn, what is read
// once.

import { beforeAll, describe, expect, it, vi } from 'vitest'
import { generate } from '../generate.ts'
import { defaultSampling } from '../sampler/chain.ts'
import { testMachines } from '../testing/machines.ts'
import type { GenerateOptions, TokenEvent } from '../types.ts'
import { Lens } from './lens.ts'
import { storytellerGlass, type StorytellerGlass } from './testing.ts'

const params = { ...defaultSampling, temperature: 0.9, topK: 0, topP: 1, seed: 5 }

describe.each(await testMachines())('the inspector after an answer: $name', ({ where, why }) => {
  if (!where) return it('all', ({ skip }) => skip(why))
  let run: StorytellerGlass
  const answer = async (ids: number[], options: GenerateOptions = {}): Promise<TokenEvent[]> => {
    const events: TokenEvent[] = []
    for await (const event of generate(
      run.context,
      { ids },
      { ...params, maxTokens: 4, logitBias: { 0: -1e4, 2: -1e4 }, ...options },
    )) {
      if (event.type === 'token') events.push(event)
    }
    return events
  }
  const generated = async (): Promise<boolean[]> => (await run.glass.tokens()).map((t) => t.generated)
  beforeAll(async () => {
    run = await storytellerGlass(where, 'Mia had a red ball in the garden. Where was Mia?', 14)
  }, 180_000)

  it('counts a forced token as part of the answer, drawn by nobody, with the model’s own probability', async () => {
    const { ids, glass } = run,
      P = ids.length
    const [a, b, , d] = await answer(ids)
    // the last token of an answer is not read any more
    expect(await generated()).toEqual([...ids.map(() => false), true, true, true])
    expect((await glass.sampling(P + 1, params, 5)).draw).toBe(b!.draw)
    const instead = (b!.id + 7) % run.model.plan.dims.V
    await answer([...ids, a!.id, instead], { continueFrom: P })
    const tokens = await glass.tokens()
    expect(tokens.map((t) => t.generated)).toEqual([...ids.map(() => false), true, true, true, true, true])
    expect(tokens[P + 1]!.id).toBe(instead)
    const view = await glass.sampling(P + 1, params, 5)
    expect([view.draw, view.chosen]).toEqual([null, instead])
    const { values } = await glass.probe({ site: 'logits', position: P })
    const max = Math.max(...values),
      lse = max + Math.log(values.reduce((sum, v) => sum + Math.exp(v - max), 0))
    expect(tokens[P + 1]!.logprob).toBeCloseTo(values[instead]! - lse, 4)
    expect((await glass.tokens())[P]!.logprob).toBeCloseTo(a!.logprob, 6)
    // without a word about where it began, the answer is what was drawn now
    await answer([...ids, a!.id, d!.id])
    expect(await generated()).toEqual([...ids.map(() => false), false, false, true, true, true])
    for (const continueFrom of [-1, P + 1]) {
      await expect(answer(ids, { continueFrom })).rejects.toMatchObject({ code: 'PARAM_INVALID' })
    }
    // put there while it is written: the same, and the log of the sampler says that nobody drew it
    await answer([...ids, a!.id], { continueFrom: P, force: { 1: instead } })
    expect((await glass.tokens())[P + 1]).toMatchObject({
      id: instead,
      generated: true,
      logprob: expect.closeTo(tokens[P + 1]!.logprob!, 4) as number,
    })
    expect((await glass.sampling(P + 1, params, 5)).draw).toBeNull()
  })

  it.each([0, 1, 3, 1000])('says the same of every token whatever the answer listed: top %i', async (top) => {
    const { ids, glass } = run,
      P = ids.length
    await answer(ids)
    const tokens = await glass.tokens()
    const events = await answer(ids, { top })
    for (const { top: listed } of events) expect(listed).toHaveLength(Math.min(top, run.model.plan.dims.V))
    expect(await glass.tokens()).toEqual(tokens)
    expect(tokens[P]!.margin).toBeGreaterThanOrEqual(0)
    expect(tokens[P]!.top).toHaveLength(10)
  })

  it('refuses parameters of a drawing that are out of range, by name', async () => {
    const { ids, glass } = run,
      P = ids.length
    await answer(ids)
    for (const [change, param] of [
      [{ repetitionPenalty: 1e-308 }, 'repetitionPenalty'],
      [{ temperature: NaN }, 'temperature'],
      [{ topP: '1' as never }, 'topP'],
    ] as const) {
      await expect(glass.sampling(P, { ...params, ...change }, 5)).rejects.toMatchObject({
        code: 'PARAM_INVALID',
        facts: { param },
      })
      await expect(glass.draws(P, { ...params, ...change }, 5, 1)).rejects.toMatchObject({
        code: 'PARAM_INVALID',
        facts: { param },
      })
    }
    await expect(glass.sampling(P, null as never, 5)).rejects.toMatchObject({
      code: 'PARAM_INVALID',
      facts: { param: 'params' },
    })
    for (const candidates of [-1, NaN, 1.5, '3' as never]) {
      await expect(glass.sampling(P, params, candidates)).rejects.toMatchObject({
        code: 'PARAM_INVALID',
        facts: { param: 'candidates' },
      })
    }
    for (const count of [0, 1001, NaN]) {
      await expect(glass.draws(P, params, count, 1)).rejects.toMatchObject({
        code: 'PARAM_INVALID',
        facts: { param: 'count' },
      })
    }
    await expect(glass.draws(P, params, 1, 0.5)).rejects.toMatchObject({
      code: 'PARAM_INVALID',
      facts: { param: 'seed' },
    })
    expect((await glass.sampling(P, { ...params, seed: Number.MIN_SAFE_INTEGER }, 0)).rows.length).toBeLessThan(2)
  })

  it('throws the dice that the run threw, and tells the numbers', async () => {
    const { ids, glass } = run,
      P = ids.length
    const [first] = await answer(ids, { logitBias: {} })
    const { counts, uniforms } = await glass.draws(P, params, 100, params.seed)
    expect(uniforms).toHaveLength(100)
    expect(uniforms[0]).toBe(first!.draw)
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(100)
    expect((await glass.draws(P, params, 1, params.seed)).counts).toEqual([
      { id: first!.id, text: expect.any(String) as string, count: 1 },
    ])
    expect(await glass.draws(P, { ...params, temperature: 0 }, 3, 1)).toMatchObject({
      counts: [{ count: 3 }],
      uniforms: [],
    })
  })

  it('knows what was drawn again when edits are undone, as far as the text is the same', async () => {
    const { ids, glass } = run,
      P = ids.length
    const [first, second] = await answer(ids)
    const before = await glass.tokens()
    const draws = async (): Promise<(number | null)[]> => [
      (await glass.sampling(P, params, 3)).draw,
      (await glass.sampling(P + 1, params, 3)).draw,
    ]
    expect(await draws()).toEqual([first!.draw, second!.draw])
    await glass.setEdits([{ kind: 'evict', keys: [2, 4] }])
    await glass.setEdits([{ kind: 'evict', keys: [2, 5] }])
    expect(await draws(), 'the edited model drew nothing').toEqual([null, null])
    expect((await glass.setEdits([])).tokens).toEqual(before)
    expect(await draws()).toEqual([first!.draw, second!.draw])
    await glass.setEdits([{ kind: 'evict', keys: [2, 4] }])
    await answer([...ids, first!.id, (second!.id + 5) % run.model.plan.dims.V])
    await glass.setEdits([])
    expect(await draws(), 'the first is the same; where the second was drawn stands another token').toEqual([
      first!.draw,
      null,
    ])
  })

  it('reads a row of the prompt once for a slider, and again when text or edits changed', async () => {
    const { ids, glass } = run
    const read = vi.spyOn(Lens.prototype, 'row')
    const best = async (position: number): Promise<number> => (await glass.sampling(position, params, 3)).rows[0]!.logit
    const before = await best(5)
    for (const temperature of [0.2, 0.5, 1.4]) await glass.sampling(5, { ...params, temperature }, 10)
    await glass.draws(5, params, 10, 1)
    expect(read).toHaveBeenCalledTimes(1)
    for (const position of [6, 7, 8, 9]) await best(position)
    await best(5)
    expect(read, 'the last four rows are kept').toHaveBeenCalledTimes(6)
    await glass.setEdits([{ kind: 'skip', layer: 1, part: 'mlp' }])
    expect(await best(5)).not.toBe(before)
    await glass.setEdits([])
    expect(await best(5)).toBe(before)
    await answer([...ids.slice(0, 3), ids[3]! + 1, ...ids.slice(4)])
    expect(await best(5), 'another token before it').not.toBe(before)
    read.mockRestore()
  })
})
