// Whose runs a lesson's recordings are: a reader's own copy of the model is known, wherever it came from.

import { expect, test } from 'vitest'
import { useModels, type ActiveModel } from '../models.ts'
import { liveId } from './load.ts'

const named = (id: string, name: string, file: string) => {
  const stored = { id, name, files: [{ name: file, size: 1, stored: 1, sha256: null }] }
  useModels.setState({ active: { id } as ActiveModel, stored: [stored] as never })
  return liveId('smollm2')
}

test('a copy of the recorded model is known by its id, its name or its file, and no other model is taken for it', () => {
  const hub = 'hf:HuggingFaceTB/SmolLM2-135M-Instruct'
  expect(named(hub, 'SmolLM2 135M', 'model.safetensors')).toBe(hub)
  expect(named('file:a', 'SmolLM2-135M-Instruct.Q4_1', 'model.gguf')).toBe('file:a')
  // a folder beside the page is called as its owner likes
  expect(named('local:smollm2', 'smollm2', 'SmolLM2-135M-Instruct.Q4_1.gguf')).toBe('local:smollm2')
  expect(named('local:smollm2', 'smollm2', 'SmolLM2-360M-Instruct.Q4_1.gguf')).toBeNull()
  expect(named('storyteller', 'Storyteller', 'model.safetensors')).toBeNull()
  useModels.setState({ active: null, stored: [] })
  expect(liveId('smollm2')).toBeNull()
})
