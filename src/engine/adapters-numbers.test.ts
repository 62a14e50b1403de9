// A NaN or an infinity in one number of one tensor, of an adapter or of a model that is kept as its file has it: refused
// with that tensor's name before a step runs, whether the adapter is on or off, and where its files are added.

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readAdapter } from './adapters/read.ts'
import { adapterSummary } from './adapters/summary.ts'
import { EngineError } from './errors.ts'
import type { ModelFiles } from './formats/bytes.ts'
import { filesOf, folderFiles, namesIn, openModelFiles } from './formats/testing.ts'
import type { CheckpointTensor } from './formats/types.ts'
import { openModel, placeModel } from './load.ts'
import type { LoadOptions } from './types.ts'

const exact: LoadOptions = { linear: 'keep', embedding: 'keep', device: 'reference', context: 16 }
/** by dtype: NaN, either infinity; of blocks their first factor */
const none: Readonly<Record<string, readonly (readonly number[])[]>> = {
  F32: [
    [0, 0, 0xc0, 0x7f],
    [0, 0, 0x80, 0xff],
  ],
  F16: [
    [1, 0x7c],
    [0, 0xfc],
  ],
  BF16: [
    [0xc0, 0xff],
    [0x80, 0x7f],
  ],
  F64: [[0, 0, 0, 0, 0, 0, 0xf0, 0x7f]],
  Q8_0: [[0, 0x7c]],
  Q4_0: [[1, 0xfc]],
}
const blocks: Readonly<Record<string, number>> = { Q8_0: 34, Q4_0: 18 }

/** The files with one number of a tensor changed: the first, the last or one between. */
function but(files: ReadonlyMap<string, Uint8Array>, { dtype, data }: CheckpointTensor, seed: number): ModelFiles {
  const kinds = none[dtype]!
  const bytes = kinds[seed % kinds.length]!
  const size = blocks[dtype] ?? bytes.length
  const last = (data.end - data.begin) / size - 1
  const at = data.begin + [0, last, Math.floor(last / 3)][seed % 3]! * size
  return filesOf(
    Object.fromEntries(
      [...files].map(([name, whole]) => {
        if (!name.endsWith(data.source.name)) return [name, whole]
        const copy = whole.slice()
        copy.set(bytes, at)
        return [name, copy]
      }),
    ),
  )
}
const bytesIn = (folder: string): Map<string, Uint8Array> =>
  new Map(namesIn(folder).map((name) => [name, new Uint8Array(readFileSync(`${folder}/${name}`))]))

async function load(files: ModelFiles, options: LoadOptions): Promise<EngineError | string> {
  try {
    const { runtime } = await placeModel(await openModel({ name: 'm', files }, options), options)
    runtime.dispose()
  } catch (error) {
    if (error instanceof EngineError) return error
    throw error
  }
  return 'was loaded'
}

/** further copies of what is computed with: of a tied table or head, and of biases that PEFT saves under two names */
const unread = /\.(lm_head\.decoder\.bias|shared\.lora_embedding_[AB]|original_module\.\w+|modules_to_save\.bias)$/

describe('an adapter', () => {
  const folders = readdirSync('fixtures/adapters').flatMap((name) =>
    readdirSync(`fixtures/adapters/${name}`).flatMap((at) => (at === 'adapter' ? [name] : [])),
  )
  test.for(folders)('%s', { timeout: 60_000 }, async (name) => {
    const { base } = JSON.parse(readFileSync(`fixtures/adapters/${name}/golden.json`, 'utf8')) as { base: string }
    const model = folderFiles(`fixtures/golden/${base}`)
    const whole = bytesIn(`fixtures/adapters/${name}/adapter`)
    const { file } = await readAdapter('mine', filesOf(Object.fromEntries(whole)))
    const tensors = [...file.tensors.values()]
    // all tensors of the same last word behave alike: one of each, and the last
    const words = new Map(tensors.map((tensor) => [tensor.name.replace(/\d+/g, ''), tensor]))
    for (const [i, tensor] of [...words.values()].entries()) {
      const given = but(whole, tensor, i)
      expect(await adapterSummary(given)).toMatchObject({
        code: 'NUMERIC',
        facts: { tensor: tensor.name, adapter: expect.any(String) as string },
      })
      const adapters = [{ name: 'mine', files: given, scale: i % 2 }]
      // adapter-hub's LoRA and prefix go on under PEFT's names
      const own = name.startsWith('hub_') ? (expect.any(String) as string) : tensor.name
      const facts = { tensor: own, adapter: 'mine' }
      const said = await load(model, { ...exact, adapters })
      if (said === 'was loaded' && unread.test(tensor.name)) continue
      expect(said, tensor.name).toMatchObject({ code: 'NUMERIC', facts })
    }
  })
})

describe('a model as its file has it', () => {
  const folders = ['llama', 'llama_f16', 'gguf_bf16', 'gguf_f16', 'gguf_f32', 'gguf_q8_0', 'gpt2', 'mixtral', 't5']
  test.for(folders)('%s', { timeout: 60_000 }, async (name) => {
    const whole = bytesIn(`fixtures/golden/${name}`)
    const { tensors, nameInFile } = await openModelFiles(filesOf(Object.fromEntries(whole)))
    const words = new Map([...tensors.values()].map((tensor) => [tensor.name.replace(/\d+/g, ''), tensor]))
    for (const [i, tensor] of [...words.values()].entries()) {
      if (!none[tensor.dtype]) continue
      const said = await load(but(whole, tensor, i), exact)
      expect(said, `${tensor.name} ${nameInFile(tensor.name)}`).toMatchObject({ code: 'NUMERIC' })
    }
  })
})
