// Values that no file should hold, at every place of the small files of adapters that are not PEFT's: every outcome is a
// plan or an EngineError.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { adapterSummary } from './adapters/summary.ts'
import { EngineError } from './errors.ts'
import { filesOf, folderFiles, writeGguf, type GgufValue } from './formats/testing.ts'
import type { ModelFiles } from './formats/bytes.ts'
import { planModel } from './index.ts'
import { deep, hostile, paths, put } from './testing/hostile.ts'

const folder = 'fixtures/adapters/hub_pfeiffer/adapter'
const base = folderFiles('fixtures/golden/bert_labels')
const files = folderFiles(folder)

async function strayOf(what: string, given: ModelFiles, on = base): Promise<string[]> {
  try {
    await adapterSummary(given)
    await planModel({ name: 'base', files: on }, { adapters: [{ name: 'mine', files: given }] })
  } catch (error) {
    if (!(error instanceof EngineError) || error.code === 'INTERNAL') return [`${what}: ${(error as Error).message}`]
  }
  return []
}

test.for(['adapter_config.json', 'head_config.json'])('%s', { timeout: 120_000 }, async (file) => {
  const value: unknown = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8'))
  const found: string[] = []
  for (const path of [...paths(value), ['config', 'reduction_factor', '0'], ['config', 'invertible_adapter']]) {
    for (const [name, make] of Object.entries(hostile)) {
      const made = make()
      let text: string
      try {
        text = JSON.stringify(put(value, path, made === deep ? 'DEEP' : made))
      } catch {
        continue // no such place
      }
      if (made === deep) text = text.replace('"DEEP"', '['.repeat(20_000) + ']'.repeat(20_000))
      const given = new Map([...files, ...filesOf({ [file]: text })])
      found.push(...(await strayOf(`${path.join('.')} = ${name}`, given)))
    }
  }
  expect(found).toEqual([])
})

test('keys of a GGUF', async () => {
  const plain: Record<string, GgufValue> = {
    'general.architecture': 'llama',
    'general.type': 'adapter',
    'adapter.type': 'lora',
    'adapter.lora.alpha': 4,
    'adapter.alora.invocation_tokens': '',
    'general.base_model.0.name': 'base',
    'tokenizer.ggml.tokens': '',
  }
  const values: GgufValue[] = ['', 'x', -1, 1e308, true, { type: 'array', of: 'u64', value: [1, 2] } as never]
  const found: string[] = []
  for (const key of Object.keys(plain)) {
    for (const value of values) {
      let bytes: Uint8Array
      try {
        bytes = writeGguf({ ...plain, [key]: value }, [])
      } catch {
        continue
      }
      found.push(...(await strayOf(key, filesOf({ 'a.gguf': bytes }), folderFiles('fixtures/golden/llama'))))
    }
  }
  expect(found).toEqual([])
})
