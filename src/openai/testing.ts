// Engines whose answers are known, in front of this API. Tests only.

import { generate } from '../engine/generate.ts'
import { openModel } from '../engine/load.ts'
import { storyteller } from '../engine/testing/answers.ts'
import { scripted, scriptedPrompt } from '../engine/testing/scripted.ts'
import { openText } from '../engine/text.ts'
import type { GenerateOptions, ModelInfo, Prompt } from '../engine/types.ts'
import type { Asked } from './index.ts'

const source = { name: 'storyteller', files: storyteller }
let opened: Promise<{ info: ModelInfo; lab: Asked['lab'] }> | undefined
const open = async (): Promise<{ info: ModelInfo; lab: Asked['lab'] }> => {
  const { checkpoint, info } = await openModel(source)
  return { info, lab: (await openText(checkpoint)).lab }
}

/** Says `text` to whatever it is asked; what it was asked is kept in `asked`. */
export async function says(
  text: string,
  more: GenerateOptions = {},
): Promise<Asked & { asked: [Prompt, GenerateOptions][]; ids: number[] }> {
  const { info, lab } = await (opened ??= open())
  const { context, ids } = await scripted(text)
  const asked: [Prompt, GenerateOptions][] = []
  return {
    info,
    lab,
    ids,
    asked,
    async *generate(input, options = {}) {
      asked.push([input, options])
      context.clear()
      yield* generate(context, { ids: scriptedPrompt }, { temperature: 0, ...options, ...more })
    },
    read: () => Promise.reject(new Error('unused')),
    dispose: () => undefined,
  }
}

/** An engine that counts the tokens that it writes. */
export function counted(engine: Asked): Asked & { written: number } {
  const counting = {
    ...engine,
    written: 0,
    async *generate(...given: Parameters<Asked['generate']>) {
      for await (const event of engine.generate(...given)) {
        if (event.type === 'token') counting.written++
        yield event
      }
    },
  }
  return counting
}
