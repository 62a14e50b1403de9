// A drop is a model, adapters, or both: told by the names of the files, and by the panel it falls on.

import { expect, test } from 'vitest'
import { sorted } from './dropped.ts'

const files = (...names: string[]): File[] => names.map((name) => new File(['x'], name))
const names = ({ adapters, model }: ReturnType<typeof sorted>) =>
  [adapters, model].map((list) => list.map((f) => f.name))

test('folders of adapters are told from a model beside them', () => {
  const lora = ['a/adapter_config.json', 'a/adapter_model.safetensors', 'a/README.md']
  const base = ['m/config.json', 'm/model.safetensors']
  expect(names(sorted(files(...lora), false))).toEqual([lora, []])
  expect(names(sorted(files(...lora, ...base), false))).toEqual([lora, base])
  expect(names(sorted(files(...base), false))).toEqual([[], base])
  // a model that brings its adapter
  expect(
    names(sorted(files('config.json', 'model-00001-of-00002.safetensors', 'adapter_config.json'), false))[1],
  ).toEqual(['config.json', 'model-00001-of-00002.safetensors'])
  // papers beside adapters are no model
  expect(names(sorted(files(...lora, 'notes.txt'), false))).toEqual([lora, []])
  // without folders; weights without their config, for the sentence that says what is missing
  expect(names(sorted(files('adapter_config.json', 'adapter_model.safetensors'), false))[1]).toEqual([])
  expect(names(sorted(files('adapter_model.bin'), false))).toEqual([['adapter_model.bin'], []])
})

test('on the panel of adapters everything is meant for it', () => {
  expect(names(sorted(files('lora.gguf'), true))).toEqual([['lora.gguf'], []])
  expect(names(sorted(files('lora.gguf'), false))).toEqual([[], ['lora.gguf']])
})
