// The preference card: each answer is read by the model itself, then with the strengths that are set, which are in force
// again however it ends; what it stands for as a reward.

import { beforeEach, expect, test } from 'vitest'
import { EngineError } from '../engine/errors.ts'
import type { AdapterInfo, GlassToken, ModelInfo } from '../worker/protocol.ts'
import { useAdapters } from './adapters.ts'
import { setClient } from './client.ts'
import { useModels } from './models.ts'
import { impliedReward, preferred, usePreference } from './preference.ts'
import { fakeClient, info, type Fake } from './testing.ts'

const adapter = (scale: number): AdapterInfo => ({
  name: 'x',
  kind: 'LoRA',
  scale,
  rank: 2,
  modules: ['q'],
  parameters: 8,
  ignored: [],
})
let fake: Fake
/** how strong the adapter is in the engine, and what the engine read last */
let strength: number
let read: number[]
const state = () => usePreference.getState()

/** Letters are tokens; one that is `code` has the log-probability -code, a tenth more for all the adapter's strength. */
beforeEach(() => {
  fake = fakeClient()
  strength = 0.5
  fake.client.adapters = {
    ...fake.client.adapters,
    setScale: (_, scale) => {
      strength = scale
      return Promise.resolve([adapter(scale)])
    },
  }
  const letters = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0) - 96)
  fake.client.tokenize = () => Promise.resolve({ ids: [9, 9] }) as never
  fake.client.tokenizer = {
    ...fake.client.tokenizer,
    explain: (_: unknown, text: string) => Promise.resolve({ tokens: letters(text).map((id) => ({ id })) }),
  } as never
  fake.client.generate = async function* (input: { ids: number[] }) {
    read = input.ids
    yield* []
  } as never
  fake.client.glass = {
    ...fake.client.glass,
    tokens: () =>
      Promise.resolve(
        [...read, 7].map((id, position) => ({ id, position, logprob: -id + strength / 10 }) as GlassToken),
      ),
  }
  setClient(fake.client)
  const active = { id: 'm', name: 'M', state: 'ready', progress: null, error: null, options: {} } as const
  useModels.setState({
    active: {
      ...active,
      info: { ...info, does: ['generate'], parts: [], adapters: [adapter(0.5)] } as unknown as ModelInfo,
    },
  })
  state().set({ prompt: 'tell', a: 'ab', b: 'c' })
})

test('each answer is the sum of its own tokens, without the adapter and as strong as it is set', async () => {
  await state().run()
  expect(state().error).toBeNull()
  const { a, b } = state().held!
  expect(a).toEqual({ tokens: 2, base: -3, now: expect.closeTo(-2.9, 9) })
  expect(b).toEqual({ tokens: 1, base: -3, now: expect.closeTo(-2.95, 9) })
  expect(strength).toBe(0.5)
  expect(impliedReward(a, 0.1)).toBeCloseTo(0.01, 9)
  // another text, or another strength, is another question
  state().set({ a: 'abc' })
  expect(state().held).toBeNull()
  await state().run()
  useAdapters.setState({ live: [adapter(1)] })
  expect(state().held).toBeNull()
})

test('where it fails the reason is told, and the strengths are as they were', async () => {
  fake.client.glass.tokens = () => Promise.reject(new EngineError('BUSY', 'It writes.'))
  await state().run()
  expect(state()).toMatchObject({ held: null, running: false, error: { code: 'BUSY' } })
  expect(strength).toBe(0.5)
})

test('the one with more reward is preferred, equal ones evenly', () => {
  expect(preferred(1, 1)).toBe(0.5)
  expect(preferred(2, 1)).toBeCloseTo(1 / (1 + Math.exp(-1)), 12)
  expect(preferred(-1000, 1000)).toBe(0)
})
