// Complaints about a GGUF in its own words: its names of tensors, and the file itself where a Hugging Face
// folder would have a config.json. What the models room says knows only one set of names.

import { EngineError } from '../errors.ts'
import type { Checkpoint } from './checkpoint.ts'
import { ggufName } from './names.ts'

/** Runs `work`; what it throws about a tensor or a key is said as the file says it. */
export function inOwnWords<T>({ format, tensors }: Pick<Checkpoint, 'format' | 'tensors'>, work: () => T): T {
  if (format !== 'gguf') return work()
  try {
    return work()
  } catch (error) {
    if (!(error instanceof EngineError) || error.facts['gguf'] !== undefined) throw error
    const { tensor } = error.facts
    const file = tensors.values().next().value?.data.source.name ?? 'the file'
    const own = typeof tensor === 'string' ? (ggufName(tensor) ?? tensor) : undefined
    const message = (
      own === undefined ? error.message : error.message.replaceAll(`"${String(tensor)}"`, `"${own}"`)
    ).replaceAll(/"?config\.json"?/g, `"${file}"`)
    throw new EngineError(
      error.code,
      message,
      { file, ...error.facts, gguf: true, ...(own !== undefined && { tensor: own }) },
      { cause: error },
    )
  }
}
