// The post-processor of a tokenizer.json: which tokens stand before and after a text.
//
// Only what changes ids is kept; offsets and pairs are not. One step may add tokens: the
// Rust library hands a second one the parts of the first, and the text would be lost.

import { asArray, asId, asObject, asString, clip, eachStep, invalid, unsupported, type Json } from './check.ts'
import { plainly } from '../shown.ts'

export interface Around {
  before: number[]
  after: number[]
  /** the template leaves the text itself out */ drops: boolean
}

/** @param idOf of a token the file names without an id */
export function readPostProcessor(node: unknown, idOf: (token: string) => number | undefined): Around {
  const adding = eachStep(node, 'processors', (step, type) => readStep(step, type, idOf))
  if (adding.length > 1) throw unsupported('a Sequence of two post-processors that add tokens')
  return adding[0] ?? { before: [], after: [], drops: false }
}

function readStep(step: Json, type: string, idOf: (token: string) => number | undefined): Around[] {
  switch (type) {
    case 'ByteLevel':
      return []
    case 'BertProcessing':
    case 'RobertaProcessing': {
      const end = (name: string): number => {
        const pair = asArray(step[name], name, 2)
        return asId(pair[1], asString(pair[0], name))
      }
      return [{ before: [end('cls')], after: [end('sep')], drops: false }]
    }
    case 'TemplateProcessing':
      return [template(step, idOf)]
    default:
      throw unsupported(`the post-processor "${clip(type)}"`)
  }
}

function template(step: Json, idOf: (token: string) => number | undefined): Around {
  const tokens = step.special_tokens === undefined ? {} : asObject(step.special_tokens, 'special_tokens')
  const around: Around = { before: [], after: [], drops: true }
  for (const value of asArray(step.single, 'single', 100)) {
    const item = asObject(value, 'single')
    if ('Sequence' in item) {
      const id = asObject(item.Sequence, 'Sequence').id
      if (id !== 'A') throw unsupported(`a template with the sequence "${clip(plainly(id))}"`)
      if (!around.drops) throw unsupported('a template that repeats the text')
      around.drops = false
    } else (around.drops ? around.before : around.after).push(...specialIds(item, tokens, idOf))
  }
  return around
}

/** A template names special tokens by a key that may stand for several ids. */
function specialIds(item: Json, tokens: Json, idOf: (token: string) => number | undefined): number[] {
  const name = asString(asObject(item.SpecialToken, 'SpecialToken').id, 'SpecialToken.id')
  const entry = Object.hasOwn(tokens, name) ? asObject(tokens[name], name) : {}
  if (Array.isArray(entry.ids)) return asArray(entry.ids, name, 100).map((id) => asId(id, name))
  const id = idOf(name)
  if (id === undefined) throw invalid(`its template needs the token "${clip(name)}", which is not in the vocabulary`)
  return [id]
}
