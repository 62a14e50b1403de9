// Complaints about a GGUF in its own words: its names of tensors, and the file itself where a Hugging Face
// folder would have a config.json. What the models room says knows only one set of names.

import { EngineError } from '../errors.ts'
import type { Checkpoint } from './types.ts'

/** Runs `work`; what it throws about a tensor or a key is said as the file says it. */
export function inOwnWords<T>(
  { format, tensors, nameInFile }: Pick<Checkpoint, 'format' | 'tensors' | 'nameInFile'>,
  work: () => T,
): T {
  if (format !== 'gguf') return work()
  try {
    return work()
  } catch (error) {
    if (!(error instanceof EngineError) || error.facts['gguf'] !== undefined) throw error
    const { tensor, names } = error.facts
    const file = tensors.values().next().value?.data.source.name ?? 'the file'
    const list = typeof names === 'string' ? names.split(', ') : []
    const message = [...(typeof tensor === 'string' ? [tensor] : []), ...list]
      .reduce((text, name) => text.replaceAll(`"${name}"`, `"${nameInFile(name)}"`), error.message)
      .replaceAll(/"?config\.json"?/g, `"${file}"`)
    throw new EngineError(
      error.code,
      message,
      {
        file,
        ...error.facts,
        gguf: true,
        ...(typeof tensor === 'string' && { tensor: nameInFile(tensor) }),
        ...(list.length > 0 && { names: list.map(nameInFile).join(', ') }),
      },
      { cause: error },
    )
  }
}
