// Answers with a form: what is written has it, whoever asks how; and what was taken out is told.

import { beforeAll, describe, expect, test, vi } from 'vitest'
import { generate } from './generate.ts'
import { openRecording } from './glass/recording.ts'
import { sliceRun } from './glass/recording-slice.ts'
import type { Constraint, Engine, GenerateOptions } from './index.ts'
import { defaultSampling, Sampler } from './sampler/chain.ts'
import { traceSampling } from './sampler/trace.ts'
import { collect, failure, load, question } from './testing/answers.ts'
import { onProcessor } from './testing/machines.ts'
import { scripted, scriptedPrompt } from './testing/scripted.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 })

const schema = {
  type: 'object',
  properties: {
    who: { enum: ['Tom', 'Mia', 'Lily'] },
    count: { type: 'integer', minimum: 1, maximum: 40 },
    said: { type: 'string', maxLength: 3 },
  },
  required: ['who', 'count', 'said'],
  additionalProperties: false,
}
const constraint: Constraint = { schema }
const hot = { temperature: 1.5, topK: 0, topP: 1, seed: 5, maxTokens: 90, top: 5 }

describe('with the model that ships', () => {
  let engine: Engine
  beforeAll(async () => {
    engine = await load(onProcessor)
  })
  const ask = (options: GenerateOptions) => collect(engine.generate(question, { ...hot, constraint, ...options }))

  test('every answer is a value of the schema, and ends when it is whole', async () => {
    for (const seed of [1, 2]) {
      const { done, joined, tokens } = await ask({ seed })
      const value = JSON.parse(done.text) as Record<string, unknown>
      expect(Object.keys(value).sort()).toEqual(['count', 'said', 'who'])
      expect(schema.properties.who.enum).toContain(value['who'])
      expect(value['count']).toSatisfy((n: number) => Number.isInteger(n) && n >= 1 && n <= 40)
      expect([...(value['said'] as string)].length).toBeLessThanOrEqual(3)
      expect(done).toMatchObject({ reason: 'stop', fits: true })
      expect(joined).toBe(done.text)
      for (const { stages, top, id } of tokens) {
        const [form] = stages
        expect(form).toMatchObject({ stage: 'form', removed: engine.info.vocab - form!.kept })
        expect(form!.kept).toBeGreaterThan(0)
        expect(top.find((one) => one.id === id)?.barred).toBeUndefined()
        // what was taken out weighs at least what is seen of it among the best
        const seen = top.reduce((sum, one) => sum + (one.barred ? Math.exp(one.logprob) : 0), 0)
        expect(form!.removedMass).toBeGreaterThanOrEqual(seen - 1e-6)
        expect(form!.removedMass).toBeLessThanOrEqual(1)
      }
    }
  })

  test('a bias chooses among what the form allows, and opens nothing that it forbids', async () => {
    const named = { constraint: { pattern: 'Tom|Mia|Lily' } }
    const free = await ask(named)
    const [first] = free.ids
    const other = await ask({ ...named, logitBias: { [first!]: -1e4 } })
    expect(other.ids[0]).not.toBe(first)
    expect(other.done).toMatchObject({ reason: 'stop', fits: true })
    for (const speculation of ['off', 4] as const) {
      const raised = await ask({ ...named, speculation, logitBias: { [other.ids[0]!]: 100 } })
      expect(raised.ids).toEqual(other.ids)
      const forbidden = Array.from({ length: 300 }, (_, id) => id).find(
        (id) => ![...free.ids, ...other.ids].includes(id) && id > 100,
      )!
      const useless = await ask({ ...named, speculation, logitBias: { [forbidden]: 100 } })
      expect(useless.ids).toEqual(free.ids)
    }
  })

  test('guesses, a cut and a token that is put there change nothing', async () => {
    const whole = await ask({ speculation: 'off' })
    const guessed = await ask({ speculation: 4 })
    expect(guessed.ids).toEqual(whole.ids)
    expect(guessed.done.text).toBe(whole.done.text)
    const continueFrom = whole.prompt.ids.length
    for (const cut of [3, whole.ids.length - 1]) {
      const ids = [...whole.prompt.ids, ...whole.ids.slice(0, cut)]
      const rest = await collect(engine.generate({ ids }, { ...hot, constraint, continueFrom }))
      expect(rest.ids).toEqual(whole.ids.slice(cut))
      expect(rest.done).toMatchObject({ reason: 'stop', fits: true })
    }
    const put = await ask({ force: { 2: whole.ids[2]! } })
    expect(put.ids).toEqual(whole.ids)
    expect(put.tokens[2]).toMatchObject({ draw: null, stages: [] })
  })

  test('what does not fit is refused: a token to be put there, an answer to go on with', async () => {
    const whole = await ask({ maxTokens: 4 })
    expect(whole.done).toMatchObject({ reason: 'length', fits: false })
    expect(await failure(ask({ force: { 1: whole.ids[0]! } }))).toMatchObject({
      code: 'PARAM_INVALID',
      facts: { param: 'force[1]' },
    })
    const ids = [...whole.prompt.ids, whole.ids[0]!, whole.ids[0]!]
    const again = collect(engine.generate({ ids }, { constraint, continueFrom: whole.prompt.ids.length }))
    expect(await failure(again)).toMatchObject({ code: 'CONSTRAINT_INVALID', facts: { problem: 'text', index: 2 } })
    expect(await failure(ask({ constraint: { schema: { typ: 'object' } } }))).toMatchObject({
      code: 'CONSTRAINT_INVALID',
      facts: { problem: 'keyword', found: 'typ' },
    })
  })

  test('a stop text ends it as any answer, and it is told not to be whole', async () => {
    const { done } = await ask({ stop: [':'] })
    expect(done).toMatchObject({ reason: 'stop', fits: false })
    expect(done.text).not.toContain(':')
  })

  test('what a schema says beyond its form is listed', async () => {
    const { prompt, done } = await ask({ constraint: { schema: { type: 'string', maxLength: 3, format: 'email' } } })
    expect(prompt.ignored).toEqual(['/format: "email"'])
    expect(JSON.parse(done.text)).toSatisfy((text: string) => [...text].length <= 3)
  })

  test('who looks inside sees what could be drawn there, and so does who opens a recording', async () => {
    // asked for when the answer is there: nobody looked inside while it was written
    const { tokens } = await ask({ constraint: { pattern: '(Tom|Mia){2}' } })
    const glass = await engine.glass()
    const params = { ...defaultSampling, temperature: hot.temperature, topK: 0, topP: 1 }
    const { position, stages } = tokens[0]!
    const live = await glass.sampling(position, params, 12)
    // its logits are computed once more
    const { removedMass } = stages[0]!
    expect(live.stages[0]).toEqual({ ...stages[0], removedMass: expect.closeTo(removedMass, 4) as number })
    expect(live.rows.filter(({ removedBy }) => removedBy === 'form').length).toBeGreaterThan(5)
    const { bytes } = await sliceRun(glass, { panel: 'probabilities', layer: 0, position, maxBytes: 2 ** 20 })
    const opened = await openRecording(new Blob([bytes]))
    const again = await opened.sampling(position, params, 12)
    expect(again.rows.map(({ id, removedBy }) => [id, removedBy])).toEqual(
      live.rows.map(({ id, removedBy }) => [id, removedBy]),
    )
    expect(again.stages[0]).toMatchObject({ stage: 'form', kept: live.stages[0]!.kept })
    const drawn = await opened.draws(position, params, 50, 1)
    expect(drawn.counts.every(({ text }) => /^(T|M|To|Tom|Mi|Mia)/.test(text))).toBe(true)
  })
})

test('what the model wants to say is said as far as the form has it', async () => {
  const { context, ids } = await scripted('{"a": 1}')
  const say = (options: GenerateOptions) =>
    collect(generate(context, { ids: scriptedPrompt }, { temperature: 0, ...options }))
  const free = await say({ constraint: 'json' })
  // the token that ends it is not needed: nothing can come after the last bracket
  expect(free.ids).toEqual(ids.slice(0, -1))
  expect(free.done).toMatchObject({ text: '{"a": 1}', reason: 'stop', fits: true })
  expect(free.tokens[0]!.stages[0]!.removedMass).toBeLessThan(0.5)
  context.clear()
  const other = await say({ constraint: { pattern: '[ab]{3}' }, maxTokens: 9 })
  expect(other.done.text).toMatch(/^[ab]{3}$/)
  expect(other.tokens[0]!.stages[0]!.removedMass).toBeGreaterThan(0.8)
  expect(other.tokens[0]!.top[0]!.barred).toBe(true)
})

test('a tool and a form, or a form inside a thought, are not to be had at once', async () => {
  const { context } = await scripted('x')
  const tools = [{ type: 'function', function: { name: 'f' } }]
  const prompt = { ids: scriptedPrompt }
  expect(await failure(collect(generate(context, prompt, { constraint, tools })))).toMatchObject({
    code: 'CONSTRAINT_INVALID',
    facts: { problem: 'tools' },
  })
  context.model.template = '{% for m in messages %}{{ m.content }}{% endfor %}<think>\n'
  const thinking = generate(context, [{ role: 'user', content: 'x' }], { constraint })
  expect(await failure(collect(thinking))).toMatchObject({ code: 'CONSTRAINT_INVALID', facts: { problem: 'thinks' } })
})

test('the form acts before every stage: what comes is drawn as if the others had no logit', () => {
  const logits = Float32Array.from({ length: 70 }, (_, i) => Math.sin(i * 12.9898) * 4)
  const form = new Uint32Array(3)
  for (const id of [3, 20, 33, 40, 64, 69]) form[id >> 5]! |= 1 << (id & 31)
  const masked = logits.map((logit, id) => ((form[id >> 5]! >>> (id & 31)) & 1 ? logit : -Infinity))
  const params = { ...defaultSampling, temperature: 1.2, topK: 4, topP: 0.9, seed: 3, repetitionPenalty: 1.3 }
  const [a, b] = [new Sampler(params), new Sampler(params)]
  for (let i = 0; i < 20; i++) {
    const [formed, plain] = [a.sample(logits, { top: 3, form }), b.sample(masked, { top: 3 })]
    expect(formed.id).toBe(plain.id)
    expect(formed.stages.slice(1)).toEqual(plain.stages)
    a.observe(formed.id)
    b.observe(plain.id)
  }
  const odds = logits.map((logit) => Math.exp(logit))
  const sum = (of: Float32Array): number => of.reduce((all, one) => all + one, 0)
  const kept = sum(odds.filter((_, id) => masked[id] !== -Infinity)) / sum(odds)
  const [report] = a.sample(logits, { top: 3, form }).stages
  expect(report).toMatchObject({ stage: 'form', kept: 6, removed: 64 })
  expect(report!.removedMass).toBeCloseTo(1 - kept, 5)
  const trace = traceSampling(logits, params, [], { form })
  expect(trace.stages[0]).toEqual(report)
  expect(trace.rows.filter(({ removedBy }) => removedBy === 'form').length).toBeGreaterThan(3)
  expect(trace.rows.every(({ id, removedBy }) => (removedBy === 'form') === (masked[id] === -Infinity))).toBe(true)
})
