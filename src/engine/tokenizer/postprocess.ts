// The post-processor of a tokenizer.json: which tokens stand around a text, or around two.
//
// A text is a list of slots, each a token or one of the texts, with its segment (type id);
// offsets are not kept. One step may add tokens: the Rust library hands a second one the
// parts of the first, and the text would be lost. Without any a pair is A in segment 0 and
// B in segment 1.

import { asArray, asId, asObject, asString, clip, eachStep, invalid, unsupported, type Json } from './check.ts'
import { plainly } from '../shown.ts'

export type Slot = { text: 'A' | 'B'; segment: number } | { id: number; segment: number }

export interface Around {
  single: readonly Slot[]
  /** read when first asked for. @throws TOKENIZER_UNSUPPORTED, TOKENIZER_INVALID when the file's is none */
  pair(): readonly Slot[]
}

const token = (id: number, segment = 0): Slot => ({ id, segment })
const textA: Slot = { text: 'A', segment: 0 }
type IdOf = (token: string) => number | undefined

/** @param idOf of a token the file names without an id */
export function readPostProcessor(node: unknown, idOf: IdOf): Around {
  const adding = eachStep(node, 'processors', (step, type) => readStep(step, type, idOf))
  if (adding.length > 1) throw unsupported('a Sequence of two post-processors that add tokens')
  return adding[0] ?? { single: [textA], pair: () => [textA, { text: 'B', segment: 1 }] }
}

function readStep(step: Json, type: string, idOf: IdOf): Around[] {
  switch (type) {
    case 'ByteLevel':
      return []
    case 'BertProcessing':
    case 'RobertaProcessing': {
      const end = (name: string): number => {
        const pair = asArray(step[name], name, 2)
        return asId(pair[1], asString(pair[0], name))
      }
      const cls = end('cls'),
        sep = end('sep'),
        single = [token(cls), textA, token(sep)]
      // RoBERTa has one segment, and two separators between the texts
      const second: Slot[] =
        type === 'BertProcessing'
          ? [{ text: 'B', segment: 1 }, token(sep, 1)]
          : [token(sep), { text: 'B', segment: 0 }, token(sep)]
      return [{ single, pair: () => [...single, ...second] }]
    }
    case 'TemplateProcessing':
      return [{ single: template(step, 'single', ['A'], idOf), pair: () => template(step, 'pair', ['A', 'B'], idOf) }]
    default:
      throw unsupported(`the post-processor "${clip(type)}"`)
  }
}

function template(step: Json, name: 'single' | 'pair', texts: readonly string[], idOf: IdOf): Slot[] {
  const tokens = step.special_tokens === undefined ? {} : asObject(step.special_tokens, 'special_tokens')
  const seen = new Set<unknown>()
  const slots = asArray(step[name], name, 100).flatMap((value): Slot[] => {
    const item = asObject(value, name)
    if (!('Sequence' in item)) {
      const special = asObject(item.SpecialToken, 'SpecialToken')
      return specialIds(special, tokens, idOf).map((id) => token(id, segmentOf(special)))
    }
    const sequence = asObject(item.Sequence, 'Sequence'),
      { id } = sequence
    if (!texts.includes(id as string)) throw unsupported(`a template with the sequence "${clip(plainly(id))}"`)
    if (seen.has(id)) throw unsupported('a template that repeats the text')
    seen.add(id)
    return [{ text: id as 'A' | 'B', segment: segmentOf(sequence) }]
  })
  if (name === 'pair' && seen.size < 2) throw unsupported('a template for pairs that leaves one of the texts out')
  return slots
}

function segmentOf({ type_id: type = 0 }: Json): number {
  if (!(Number.isInteger(type) && (type as number) >= 0 && (type as number) < 256)) {
    throw invalid('"type_id" of its template must be a whole number below 256')
  }
  return type as number
}

/** A template names special tokens by a key that may stand for several ids. */
function specialIds(special: Json, tokens: Json, idOf: IdOf): number[] {
  const name = asString(special.id, 'SpecialToken.id')
  const entry = Object.hasOwn(tokens, name) ? asObject(tokens[name], name) : {}
  if (Array.isArray(entry.ids)) return asArray(entry.ids, name, 100).map((id) => asId(id, name))
  const id = idOf(name)
  if (id === undefined) throw invalid(`its template needs the token "${clip(name)}", which is not in the vocabulary`)
  return [id]
}
