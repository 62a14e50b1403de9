// An adapter's tensors by the module they belong to. PEFT writes base_model.model.<module>.<what>, older versions with the
// adapter's own name before the last word.

import type { CheckpointTensor } from '../formats/types.ts'
import type { AdapterFile } from './adapter.ts'
import { missingTensor, unreadTensors } from './errors.ts'
import type { Saved } from './saved.ts'
import { peftPrefix, unwrapped } from './modules.ts'

export interface Member {
  /** in the file */
  name: string
  tensor: CheckpointTensor
}

/**
 * @param words what a kind calls its tensors, e.g. lora_A.weight, lora_E
 * @param saved takes what is no change but a parameter of the model
 * @returns module -> word -> tensor
 * @throws ADAPTER_MISFIT for a tensor of another name
 */
export function membersOf(
  file: AdapterFile,
  words: readonly string[],
  saved: Saved,
): { members: Map<string, Map<string, Member>>; saved: Saved } {
  const modules = new Map<string, Map<string, Member>>()
  const strange: string[] = []
  for (const [name, tensor] of file.tensors) {
    const found = takenApart(unwrapped(name), words)
    const plain = unwrapped(name)
    const isSaved = !found && plain.startsWith(peftPrefix) && saved.take(name, plain.slice(peftPrefix.length), tensor)
    if (isSaved) continue
    if (!found) strange.push(name)
    else {
      const own = modules.get(found.module) ?? new Map<string, Member>()
      if (own.has(found.word)) strange.push(name)
      own.set(found.word, { name, tensor })
      modules.set(found.module, own)
    }
  }
  if (strange.length > 0) throw unreadTensors(file.name, strange)
  if (modules.size === 0) throw missingTensor(file.name, `*.${words[0]!}`)
  return { members: modules, saved }
}

function takenApart(name: string, words: readonly string[]): { module: string; word: string } | null {
  if (!name.startsWith(peftPrefix)) return null
  const path = name.slice(peftPrefix.length)
  for (const word of words) {
    const [first, leaf] = word.split(/\.(?=[^.]+$)/)
    const ends = leaf === undefined ? [`.${word}`, `.${word}.default`] : [`.${word}`, `.${first}.default.${leaf}`]
    const end = ends.find((one) => path.endsWith(one))
    if (end) return { module: path.slice(0, -end.length), word }
  }
  return null
}
