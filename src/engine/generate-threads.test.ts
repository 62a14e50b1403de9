// The same seed gives the same text, whatever the number of threads.

import { expect, test, vi } from 'vitest'
import { collect, load, question } from './testing/answers.ts'
import { nodeThreads } from './testing/node-threads.ts'

vi.setConfig({ testTimeout: 120_000 })

test('the same seed gives the same tokens and probabilities on one thread, on two and on three', async () => {
  const { start } = await nodeThreads()
  const answers = []
  for (const threads of [1, 2, 3]) {
    const engine = await load({ device: 'cpu', threads, startThread: start })
    expect(engine.info.device).toMatchObject({ kind: 'cpu', threads })
    const { tokens } = await collect(
      engine.generate(question, {
        temperature: 1.5,
        topK: 0,
        topP: 1,
        seed: 11,
        maxTokens: 24,
        logitBias: { 2: -100 },
      }),
    )
    answers.push(tokens.map(({ id, logprob, entropy }) => ({ id, logprob, entropy })))
    engine.dispose()
  }
  expect(answers[0]!.length).toBe(24)
  expect(answers[1]).toEqual(answers[0])
  expect(answers[2]).toEqual(answers[0])
})
