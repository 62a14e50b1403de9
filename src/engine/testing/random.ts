// A model with random weights, told as what comes out of it: logits that know nothing of any language, the same for the
// same seed and place. It has a real tokenizer and a real template, so what is held to a form must be held by the form
// alone. Tests only.

import { DecodingContext } from '../context.ts'
import { bytesSource } from '../formats/bytes.ts'
import { openModel } from '../load.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { openText, type ModelText } from '../text.ts'
import { storyteller } from './answers.ts'

interface TokenizerFile {
  model: { vocab: unknown }
  added_tokens?: { id: number; content: string; special: boolean }[]
}

/** @param added tokens of the template's that the file does not have, by whether they are special */
export async function randomModel(
  tokenizer: object,
  template: string,
  added: Readonly<Record<string, boolean>> = {},
): Promise<{ text: ModelText; context: DecodingContext }> {
  const file = tokenizer as TokenizerFile
  const count = Object.keys(file.model.vocab as object).length
  const more = Object.entries(added).map(([content, special], i) => ({
    ...{ id: count + i, content, special, normalized: false, single_word: false, lstrip: false, rstrip: false },
  }))
  const files = {
    'tokenizer.json': { ...file, added_tokens: [...(file.added_tokens ?? []), ...more] },
    'tokenizer_config.json': { chat_template: template },
  }
  const text = await openText({
    files: new Map(
      Object.entries(files).map(([name, value]) => [
        name,
        bytesSource(name, new TextEncoder().encode(JSON.stringify(value))),
      ]),
    ),
    ...{ config: { eos_token_id: 2 }, generationConfig: null, metadata: null, format: 'safetensors' },
    ...{ tensors: new Map(), renamed: null, nameInFile: (name) => name, ignored: [] },
  })
  const { plan } = await openModel({ name: 'storyteller', files: storyteller })
  const V = count + more.length
  const runtime = {
    plan: { ...plan, outputs: [{ ...plan.outputs[0]!, width: V }] },
    ...{ context: 4000, length: 0, prefix: 0, chunk: 64, exactRows: 1, mostStrands: 1, segments: [], lead: null },
    ...{ beginText: () => undefined, setAdapters: () => undefined, setLead: () => undefined, tuner: () => null },
    counters: { forwards: 0, dispatches: 0, passes: 0, submits: 0, writes: 0, readBytes: 0, waits: 0 },
    forward(given: readonly number[]) {
      runtime.length += given.length
      return Promise.resolve([Float32Array.from({ length: V }, (_, id) => noise(id, runtime.length, given.at(-1)!))])
    },
    reusable: (kept: number) => kept,
    findNonFinite: () => Promise.resolve(null),
    truncate: (length: number) => void (runtime.length = length),
    restore: (length: number) => void (runtime.length = length),
    dispose: () => undefined,
  }
  return {
    text,
    context: new DecodingContext({ name: '', planText: '', runtime: runtime as unknown as Runtime, ...text }),
  }
}

/** From -4 to 4, as good as drawn. */
function noise(...from: number[]): number {
  let hash = 0x811c9dc5
  for (const one of from) {
    hash = Math.imul(hash ^ one, 0x01000193)
    hash ^= hash >>> 15
    hash = Math.imul(hash, 0x2c1b3c6d)
    hash ^= hash >>> 12
  }
  return ((hash >>> 0) / 2 ** 32) * 8 - 4
}
