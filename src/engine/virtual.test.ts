// Adapters that put something before every text, against peft (fixtures/virtual): on the references, on the processor and
// on the GPU, whole, one by one and in two chunks. And through the engine: switched while people chat, one at a time.

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { writeSafetensors } from './formats/testing.ts'
import { runGolden } from './golden.ts'
import type { Engine } from './index.ts'
import { adapterOf } from './testing/adapters.ts'
import { collect, endless, greedy, load, question } from './testing/answers.ts'
import { sharedGpu } from './testing/shared-gpu.ts'
import { onProcessor } from './testing/machines.ts'
import type { AdapterSource } from './types.ts'

const bases = 'fixtures/golden',
  folder = 'fixtures/virtual'
const gpu = await sharedGpu()
const bytesOf = (path: string): Uint8Array => new Uint8Array(readFileSync(path))

function filesOf(name: string): Map<string, Uint8Array> {
  const golden = bytesOf(`${folder}/${name}/golden.json`)
  const { base } = JSON.parse(new TextDecoder().decode(golden)) as { base: string }
  return new Map([
    ...['config.json', 'model.safetensors'].map((file) => [file, bytesOf(`${bases}/${base}/${file}`)] as const),
    ...readdirSync(`${folder}/${name}`)
      .filter((file) => file !== 'golden.json')
      .map((file) => [`adapter/${file}`, bytesOf(`${folder}/${name}/${file}`)] as const),
    ['golden.json', golden] as const,
  ])
}

/** The tensors of a safetensors file, as a test writes them again. */
function tensorsOf(file: Uint8Array): { name: string; dtype: string; shape: number[]; bytes: Uint8Array }[] {
  const length = new DataView(file.buffer, file.byteOffset).getUint32(0, true)
  type Header = Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length))) as Header
  delete header['__metadata__']
  return Object.entries(header).map(
    ([
      name,
      {
        dtype,
        shape,
        data_offsets: [begin, end],
      },
    ]) => ({ name, dtype, shape, bytes: file.slice(8 + length + begin, 8 + length + end) }),
  )
}

/** compiled on a software GPU, each takes seconds */
const onGpu = new Set(['llama-prompt', 'llama-prefix'])

test.for(readdirSync(folder).sort())('%s gives the logits of peft', { timeout: 120_000 }, async (name) => {
  const found = await runGolden(name, filesOf(name), {
    gpu,
    machines: ['reference', 'processor', ...(onGpu.has(name) ? (['gpu'] as const) : [])],
  })
  expect(found).toMatchObject({ status: 'pass' })
  expect(Object.keys(found.differences).length).toBeGreaterThan(1)
})

test('the comparison sees a prefix that is left out', async () => {
  const files = filesOf('llama-prefix')
  const golden = JSON.parse(new TextDecoder().decode(files.get('golden.json'))) as object
  files.set('golden.json', new TextEncoder().encode(JSON.stringify({ ...golden, adapters: { adapter: 0 } })))
  expect(await runGolden('off', files, { gpu: null, machines: ['reference'] })).toMatchObject({ status: 'fail' })
})

describe('a prefix among the files of its own model', () => {
  const name = 'chatglm2-6b-encoder'
  const own = filesOf(name)
  const [config, prefix, model] = ['adapter/config.json', 'adapter/model.safetensors', 'model.safetensors'].map(
    (file) => own.get(file)!,
  ) as [Uint8Array, Uint8Array, Uint8Array]
  const only = (files: Record<string, Uint8Array>): Map<string, Uint8Array> =>
    new Map([...Object.entries(files), ['golden.json', own.get('golden.json')!]])
  const run = (files: Map<string, Uint8Array>) =>
    runGolden(name, files, { gpu: null, machines: ['reference', 'processor'] })

  test('is read with the weights', async () => {
    const merged = writeSafetensors([...tensorsOf(model), ...tensorsOf(prefix)])
    expect(await run(only({ 'config.json': config, 'model.safetensors': merged }))).toMatchObject({ status: 'pass' })
  })
  test('may lie in a folder of its own, though the config speaks of it', async () => {
    const files = { 'config.json': config, 'model.safetensors': model, 'adapter/config.json': config }
    expect(await run(only({ ...files, 'adapter/model.safetensors': prefix }))).toMatchObject({ status: 'pass' })
  })
  test('must be there where the config speaks of it', async () => {
    const { status, reason } = await run(only({ 'config.json': config, 'model.safetensors': model }))
    expect([status, reason]).toEqual(['fail', expect.stringContaining('transformer.prefix_encoder.embedding.weight')])
  })
  test('is refused beside another that stands before the text', async () => {
    const merged = writeSafetensors([...tensorsOf(model), ...tensorsOf(prefix)])
    const files = { 'config.json': config, 'model.safetensors': merged, 'adapter/config.json': config }
    const { status, reason } = await run(only({ ...files, 'adapter/model.safetensors': prefix }))
    expect([status, reason]).toEqual(['fail', expect.stringContaining('one adapter alone')])
  })
})

describe('switched while people look and chat', { timeout: 60_000 }, () => {
  const prompt = (name: string, scale: number): AdapterSource =>
    adapterOf(
      { peft_type: 'PROMPT_TUNING', num_virtual_tokens: 4 },
      { prompt_embeddings: [4, 256] },
      { name, scale, prefix: '' },
    )
  const prefix = (name: string, scale: number): AdapterSource =>
    adapterOf(
      { peft_type: 'PREFIX_TUNING', num_virtual_tokens: 3, num_layers: 4, num_attention_heads: 4, token_dim: 128 },
      { prompt_embeddings: [3, 4 * 2 * 128] },
      { name, scale, prefix: '' },
    )
  const start = (adapters: AdapterSource[]): Promise<Engine> => load({ ...onProcessor, adapters })
  const answer = async (engine: Engine) => {
    const { tokens, prompt: read } = await collect(engine.generate(question, { ...greedy, ...endless, maxTokens: 8 }))
    return { said: tokens.map(({ id, logprob }) => [id, logprob]), ids: read.ids }
  }
  const scaleRefused = (need: string) => ({ code: 'PARAM_INVALID', facts: { param: 'scale', need } })

  test('on, the answer is another, of the same tokens; off, it is bit for bit what it was', async () => {
    const plain = await start([])
    const alone = await answer(plain)
    plain.dispose()
    const engine = await start([prompt('rows', 0), prefix('keys', 0)])
    expect(engine.info.adapters.map(({ kind, before, parameters }) => [kind, before, parameters])).toEqual([
      ['prompt tuning', 4, 1024],
      ['prefix tuning', 3, 3072],
    ])
    expect(await answer(engine)).toEqual(alone)
    const heard = new Map<string, unknown>()
    for (const name of ['rows', 'keys']) {
      expect((await engine.setAdapter(name, 1)).find((one) => one.name === name)).toMatchObject({ scale: 1 })
      const on = await answer(engine)
      expect(on.ids).toEqual(alone.ids)
      expect(on.said).not.toEqual(alone.said)
      // the cache is kept, and its end runs again alone, where sums are cut otherwise
      expect((await answer(engine)).said.map(([id]) => id)).toEqual(on.said.map(([id]) => id))
      heard.set(name, on.said)
      await engine.setAdapter(name, 0)
      expect(await answer(engine)).toEqual(alone)
    }
    expect(heard.get('rows')).not.toEqual(heard.get('keys'))
    engine.dispose()
    const loaded = await start([prompt('rows', 1)])
    expect((await answer(loaded)).said).toEqual(heard.get('rows'))
    loaded.dispose()
  })

  test('there is nothing between on and off, and room for one alone', async () => {
    const engine = await start([prompt('rows', 1), prefix('keys', 0)])
    await expect(engine.setAdapter('rows', 0.5)).rejects.toMatchObject(
      scaleRefused('0 or 1: what stands before a text is there or it is not'),
    )
    const second = scaleRefused('0 while "rows" is on: one adapter alone can stand before a text')
    await expect(engine.setAdapter('keys', 1)).rejects.toMatchObject(second)
    await engine.setAdapter('rows', 0)
    await engine.setAdapter('keys', 1)
    engine.dispose()
    await expect(start([prompt('a', 1), prefix('b', 1)])).rejects.toMatchObject({ code: 'PARAM_INVALID' })
  })

  test('nobody looks inside while it is on, and nobody puts it on an edited model', async () => {
    const engine = await start([prefix('keys', 1)])
    await answer(engine)
    const glass = await engine.glass()
    const absent = { code: 'VIEW_ABSENT', facts: { why: 'lead' } }
    await expect(glass.info()).rejects.toMatchObject(absent)
    await expect(glass.lens({ part: 'resid' } as never)).rejects.toMatchObject(absent)
    await expect(glass.setEdits([])).rejects.toMatchObject(absent)
    await expect(glass.timings()).rejects.toMatchObject(absent)
    await engine.setAdapter('keys', 0)
    expect((await glass.info()).length).toBeGreaterThan(8)
    await glass.setEdits([{ kind: 'skip', layer: 1, part: 'mlp' }])
    await expect(engine.setAdapter('keys', 1)).rejects.toMatchObject(
      scaleRefused('0 while edits change the model: take them back first'),
    )
    expect((await glass.info()).edits).toHaveLength(1)
    await glass.setEdits([])
    await engine.setAdapter('keys', 1)
    await expect(glass.tokens()).rejects.toMatchObject(absent)
    engine.dispose()
  })
})
