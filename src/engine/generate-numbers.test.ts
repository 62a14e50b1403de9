// What a token's event says of it, against the logits computed here once more.

import { expect, test, vi } from 'vitest'
import { DecodingContext } from './context.ts'
import { generate } from './generate.ts'
import type { LoadOptions } from './index.ts'
import { openModel, placeModel } from './load.ts'
import { collect, endless, question, storyteller } from './testing/answers.ts'
import { onProcessor } from './testing/machines.ts'
import { openText } from './text.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 })

test('logprob, rank, entropy and the best candidates are those of the logits, before any sampling', async () => {
  const options: LoadOptions = { ...onProcessor, context: 128 }
  const model = await openModel({ name: 'storyteller', files: storyteller }, options)
  const { runtime } = await placeModel(model, options)
  const rows: Float32Array[] = []
  const forward = runtime.forward.bind(runtime)
  runtime.forward = async (...args) => {
    const got = await forward(...args)
    rows.push(...got)
    return got
  }
  const context = new DecodingContext({ name: '', planText: '', runtime, ...(await openText(model.checkpoint)) })
  const { tokens } = await collect(
    generate(context, question, {
      temperature: 1.7,
      topK: 30,
      topP: 0.9,
      repetitionPenalty: 1.3,
      ...endless,
      seed: 4,
      maxTokens: 8,
      top: 7,
    }),
  )
  expect(rows.length).toBe(8)
  tokens.forEach((token, i) => {
    const logits = [...rows[i]!]
    const max = Math.max(...logits)
    const sum = logits.reduce((s, l) => s + Math.exp(l - max), 0)
    const p = logits.map((l) => Math.exp(l - max) / sum)
    expect(token.logprob).toBeCloseTo(Math.log(p[token.id]!), 6)
    expect(token.rank).toBe(logits.filter((l) => l > logits[token.id]!).length)
    expect(token.entropy).toBeCloseTo(-p.reduce((s, q) => s + (q > 0 ? q * Math.log(q) : 0), 0), 6)
    const best = p
      .map((q, id) => [q, id] as const)
      .sort(([a, x], [b, y]) => b - a || x - y)
      .slice(0, 7)
    expect(token.top.map(({ id }) => id)).toEqual(best.map(([, id]) => id))
    token.top.forEach(({ logprob, text, id }, k) => {
      expect(logprob).toBeCloseTo(Math.log(best[k]![0]), 6)
      expect(text).toBe(context.model.tokenizer.tokenText(id))
    })
    if (token.rank < 7) expect(token.top[token.rank]!.id).toBe(token.id)
    expect(token.stages.at(-1)).toMatchObject({ stage: 'pick', kept: 1 })
  })
  expect(tokens.some(({ rank }) => rank > 0)).toBe(true)
})
