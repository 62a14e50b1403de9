// Models of every family at sizes and flags that no fixture of fixtures/golden has, drawn by chance, and those that a wide
// sweep once found wrong: fixtures/draws.json holds config, names and shapes of the tensors, and transformers' numbers
// (tools/reference/family_draws.py). The weights are made here, from a hash of their names.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { writeSafetensors } from './formats/testing.ts'
import { runGolden, WHOLE_ONLY } from './golden.ts'
import { families } from './model/families/index.ts'
import { floatToBfloat, floatToHalf } from './tensor/half.ts'
import { hashedWeight } from './testing/hashed.ts'
import { sharedGpu } from './testing/shared-gpu.ts'

interface Draw {
  name: string
  dtype: 'float32' | 'bfloat16' | 'float16'
  config: { model_type: string }
  /** [name, shape]; [name with a star, shape, n] for n layers */
  tensors: [name: string, shape: number[], layers?: number][]
  golden: Record<string, unknown>
}
const draws = JSON.parse(readFileSync('fixtures/draws.json', 'utf8')) as Draw[]
const gpu = await sharedGpu()

const stored = { float32: 'F32', bfloat16: 'BF16', float16: 'F16' } as const
function bytesOf(values: Float32Array, dtype: Draw['dtype']): Uint8Array {
  if (dtype === 'float32') return new Uint8Array(values.buffer)
  return new Uint8Array(Uint16Array.from(values, dtype === 'float16' ? floatToHalf : floatToBfloat).buffer)
}

function filesOf({ config, tensors, dtype, golden }: Draw): Map<string, Uint8Array> {
  const named = tensors.flatMap(([star, shape, layers]) =>
    Array.from({ length: layers ?? 1 }, (_, i) => ({ name: layers ? star.replace('*', String(i)) : star, shape })),
  )
  const file = writeSafetensors(
    named.map(({ name, shape }) => ({
      name,
      shape,
      dtype: stored[dtype],
      bytes: bytesOf(hashedWeight(name, shape), dtype),
    })),
  )
  const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
  return new Map([
    ['config.json', text(config)],
    ['golden.json', text(golden)],
    ['model.safetensors', file],
  ])
}

describe('models drawn by chance', () => {
  test('are of every family that transformers has', () => {
    const own = new Set(['rnn', 'lstm', 'baichuan', 'chatglm', 'chatglm2', 't5-encoder'])
    const drawn = new Set(draws.map(({ config }) => config.model_type))
    expect(families.filter(({ name, types }) => !own.has(name) && !types.some((type) => drawn.has(type)))).toEqual([])
  })

  test.each(draws.map((draw) => [draw.name, draw] as const))('%s', async (name, draw) => {
    const run = await runGolden(name, filesOf(draw), { gpu: null, machines: ['reference', 'processor'] })
    expect(run).toMatchObject({ status: 'pass' })
    const ways = Object.keys(run.differences).filter((way) => way.startsWith('processor'))
    // where angles grow with the text, or all of it is seen, it runs whole only
    const isWhole = run.reason?.includes(WHOLE_ONLY) || /"(dynamic|longrope)"/.test(JSON.stringify(draw.config))
    expect(ways.length).toBeGreaterThanOrEqual(isWhole ? 1 : 3)
  })

  // a few; `npm run golden` runs any folders of family_draws.py there
  test.each(draws.filter((_, i) => i % 15 === 0).map((draw) => [draw.name, draw] as const))(
    '%s, on the GPU',
    { timeout: 60_000 },
    async (name, draw) => {
      if (!gpu) return
      expect(await runGolden(name, filesOf(draw), { gpu, machines: ['gpu'] })).toMatchObject({ status: 'pass' })
    },
  )
})
