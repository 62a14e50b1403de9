// A model that wants to say exactly the tokens it is given, so that the text around them can be watched. Tests only.

import { DecodingContext } from '../context.ts'
import { openModel } from '../load.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { openText } from '../text.ts'
import { storyteller } from './answers.ts'

type Mutable<T> = { -readonly [key in keyof T]: T[key] }

/** After these two tokens it says `text`, and ends. */
export const scriptedPrompt = [7, 8]

/** @returns ids: the tokens of the text, and the one that ends it */
export async function scripted(text: string): Promise<{ context: DecodingContext; ids: number[] }> {
  const { checkpoint, plan } = await openModel({ name: 'storyteller', files: storyteller })
  const { tokenizer, template, stopIds } = await openText(checkpoint)
  const ids = [...tokenizer.encode(text), 2]
  const runtime: Mutable<Runtime> = {
    plan,
    context: 100,
    length: 0,
    prefix: 0,
    beginText: () => undefined,
    setAdapters: () => undefined,
    chunk: 64,
    exactRows: 1,
    mostStrands: 1,
    runStrands() {
      throw new Error('unused')
    },
    segments: [],
    lead: null,
    setLead: () => undefined,
    encode() {
      throw new Error('unused')
    },
    inspection() {
      throw new Error('unused')
    },
    tuner: () => null,
    counters: { forwards: 0, dispatches: 0, passes: 0, submits: 0, writes: 0, readBytes: 0, waits: 0 },
    forward(given: readonly number[]) {
      this.length += given.length
      const next = ids[this.length - scriptedPrompt.length] ?? 2
      return Promise.resolve([new Float32Array(plan.dims.V).with(next, 9)])
    },
    reusable: (count: number) => count,
    findNonFinite: () => Promise.resolve(null),
    restore(length: number) {
      this.length = length
    },
    truncate(length: number) {
      this.length = length
    },
    dispose() {
      /* holds nothing */
    },
  }
  return { ids, context: new DecodingContext({ name: '', planText: '', runtime, tokenizer, template, stopIds }) }
}
