// Rewards through the engine's door, on a tiny model: answers are its own, drawn from all that it could say.

import { expect, it } from 'vitest'
import { tinyTokenizer } from '../../worker/testing/tokenizer.ts'
import { bytesSource } from '../formats/bytes.ts'
import { folderFiles } from '../formats/testing.ts'
import { loadEngine, newAdapter, type RewardFunction, type TrainState } from '../index.ts'

it('answers are drawn from all that it could say, the same with the same seed, and learnt from', async () => {
  const letters = Array.from({ length: 121 }, (_, i) => String.fromCodePoint(0x4e00 + i))
  const tokenizer = new TextEncoder().encode(JSON.stringify(tinyTokenizer(letters)))
  const files = new Map([
    ...folderFiles('fixtures/golden/llama'),
    ['tokenizer.json', bytesSource('tokenizer.json', tokenizer)] as const,
  ])
  files.delete('golden.json')
  const source = { name: 'tiny', files }
  const adapters = [{ name: 'a', files: await newAdapter(source, { rank: 2 }) }]
  const run = async (seed: number) => {
    const engine = await loadEngine(source, { device: 'reference', context: 32, selfCheck: false, adapters })
    const answers: number[][] = []
    const reward: RewardFunction = ({ text, ids, isWhole }) => {
      expect(ids.length > 0 && ids.length <= 6 && (isWhole || ids.length === 6)).toBe(true)
      expect(typeof text).toBe('string')
      answers.push([...ids])
      return ids.length + ids[0]!
    }
    const rows = [{ prompt: 'ab' }, { prompt: 'c' }]
    // more than are written side by side
    const set = { adapter: 'a', rows, reward, group: 10, maxTokens: 6, steps: 2, seed, lr: 1e-2 }
    let state: TrainState | null = null
    for await (const event of engine.train(set)) if (event.type === 'saved') ({ state } = event)
    engine.dispose()
    return { answers, weights: state!.weights }
  }
  const [one, again, other] = [await run(1), await run(1), await run(2)]
  expect(one.answers).toHaveLength(20)
  expect(new Set(one.answers.slice(0, 10).map(String)).size).toBeGreaterThan(5)
  expect(again).toEqual(one)
  expect(other.answers).not.toEqual(one.answers)
  const moved = Object.values(one.weights).some((numbers, i) =>
    numbers.some((v, at) => v !== Object.values(other.weights)[i]![at]),
  )
  expect(moved).toBe(true)
})
