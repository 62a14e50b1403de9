// What a person should know of a model before it runs: keys and tensors that are not computed with, names that were
// read without their prefix, a context beyond the trained one. Plain data; the page says it in its own languages.

import type { ModelNotice } from '../types.ts'
import type { IgnoredKey } from './keys.ts'
import { ropesOf, type Plan } from './plan.ts'
import type { UnusedTensors } from './unused.ts'

interface NoteFacts {
  ignored: readonly IgnoredKey[]
  unused: readonly UnusedTensors[]
  /** as in formats/checkpoint.ts */
  renamed: { prefix: string; added: boolean } | null
  context: number
  trained: number
  tables: Plan['tables']
}

/** keys named in one sentence; the count tells of the rest */
const shown = 24

const keyCodes = [
  ['overruled', 'KEYS_OVERRULED'],
  ['family', 'KEYS_UNREAD'],
  ['unknown', 'KEYS_UNKNOWN'],
  ['activations', 'ACTIVATIONS_KEPT'],
] as const

export function planNotices({ ignored, unused, renamed, context, trained, tables }: NoteFacts): ModelNotice[] {
  const scaling = ropesOf({ tables })[0]?.[1].scaling.type ?? 'default'
  const beyond: ModelNotice[] =
    context > trained ? [{ code: 'CONTEXT_BEYOND', facts: { context, trained, scaling } }] : []
  const names: ModelNotice[] = renamed ? [{ code: 'NAMES_PREFIX', facts: { ...renamed }, quiet: true }] : []
  return [
    ...beyond,
    ...names,
    ...unused.map(({ why, count, names: list }): ModelNotice => ({
      code: why === 'layers' ? 'LAYERS_UNREAD' : 'TENSORS_UNREAD',
      facts: { count, names: list.join(', '), more: count > list.length },
      ...(why === 'beside' && { quiet: true }),
    })),
    ...keyCodes.flatMap(([why, code]): ModelNotice[] => {
      const keys = ignored.filter((k) => k.why === why)
      return keys.length
        ? [
            {
              code,
              facts: {
                count: keys.length,
                keys: `${keys
                  .slice(0, shown)
                  .map(({ key, value }) => `${key.slice(0, 80)} = ${value}`)
                  .join(', ')}${keys.length > shown ? ', …' : ''}`,
              },
              quiet: true,
            },
          ]
        : []
    }),
  ]
}

/** The notices as lines under a printed Plan. */
export function printNotices(notices: readonly ModelNotice[]): string {
  return notices
    .map(({ code, facts: f }) => {
      switch (code) {
        case 'PRE_ASSUMED':
          return `pre-tokenizer "${f['pre']}" assumed: the file names none, and its vocabulary is none of the known ones\n`
        case 'CONTEXT_BEYOND':
          return `context of ${f['context']} tokens, ${f['trained']} were trained (rope: ${f['scaling']})\n`
        case 'NAMES_PREFIX':
          return `names read ${f['added'] ? 'with' : 'without'} "${f['prefix']}"\n`
        case 'HEAD_ABSENT':
          return `no head: the files are those of ${f['class']}, which gives vectors\n`
        case 'HEAD_ASSUMED':
          return `no head: the files are those of ${f['class']}; the embedding serves as one\n`
        case 'POOLING_ASSUMED':
          return `vector of a text: ${f['mode']} of its tokens', no file says it\n`
        case 'LAYERS_UNREAD':
          return `not read, layers beyond num_hidden_layers: ${f['count']} tensors: ${f['names']}${f['more'] ? ', …' : ''}\n`
        case 'TENSORS_UNREAD':
          return `not read, beside the decoder: ${f['count']} tensors: ${f['names']}${f['more'] ? ', …' : ''}\n`
        case 'KEYS_OVERRULED':
          return `not computed with, another key wins: ${f['keys']}\n`
        case 'KEYS_UNREAD':
          return `not computed with, this family does not read them: ${f['keys']}\n`
        case 'KEYS_UNKNOWN':
          return `not computed with, no family here knows them: ${f['keys']}\n`
        case 'ACTIVATIONS_KEPT':
          return `activations are not rounded, though the files ask for it: ${f['keys']}\n`
        case 'SAMPLING_UNREAD':
          return `not computed with when sampling: ${f['keys']}\n`
        case 'FORMAT_STAYS':
          return `kept as in the file, though something else was chosen: ${f['count']} tensors: ${f['names']}${f['more'] ? ', …' : ''}\n`
        default:
          return ''
      }
    })
    .join('')
}
