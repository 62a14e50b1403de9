// A lesson's edits in the glass's own words: places become positions, "all heads" every head, other runs' states vectors.

import type { Edit } from '../../engine/glass/types.ts'
import type { EditSpec, Head, Language, Place } from '../types.ts'
import type { Range } from './places.ts'

/** What an edit is made of, asked of who measures. */
export interface Sources {
  heads(): Promise<number>
  /** tokens that this layer reads: those of the source, in an encoder */
  tokens(layer: number): Promise<number>
  range(place: Place, side?: 'source'): Promise<Range>
  /** the residual after block `layer` of another run of the step */
  state(run: string, layer: number, at: Place): Promise<readonly number[]>
  /** length of that state of this run's own text, before any edit */
  length(layer: number, at: Place): Promise<number>
  /** unit vector towards a token, from another one */
  direction(towards: string, from?: string): Promise<readonly number[]>
  /** what a word of the lesson reads: people see it */
  word(name: string): string
}

const every = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

/** A head may be another one in each language. */
export const headOf = (head: Head, language: Language): number => (typeof head === 'number' ? head : head[language])

export async function editsOf(specs: readonly EditSpec[], language: Language, sources: Sources): Promise<Edit[]> {
  const edits: Edit[] = []
  for (const spec of specs) edits.push(...(await editOf(spec, language, sources)))
  return edits
}

async function editOf(spec: EditSpec, language: Language, sources: Sources): Promise<Edit[]> {
  switch (spec.kind) {
    case 'cut': {
      const edits: Edit[] = []
      for (const query of spec.queries) {
        for (const key of spec.keys) {
          edits.push({
            kind: 'mask-edges',
            layer: spec.layer === 'all' ? -1 : spec.layer,
            head: spec.head === 'all' ? -1 : headOf(spec.head, language),
            queries: [...(await sources.range(query))],
            keys: [...(await sources.range(key, spec.branch && 'source'))],
            ...(spec.branch && { branch: spec.branch }),
          })
        }
      }
      return edits
    }
    case 'causal': {
      const { layer } = spec
      const count = await sources.tokens(layer)
      return every(count - 1).map((query) => ({
        kind: 'mask-edges',
        layer,
        head: -1,
        queries: [query, query + 1],
        keys: [query + 1, count],
      }))
    }
    case 'scale-head': {
      const { kind, layer, factor } = spec
      const heads = spec.head === 'all' ? every(await sources.heads()) : [headOf(spec.head, language)]
      return heads.map((head) => ({ kind, layer, head, factor }))
    }
    case 'skip': {
      const { kind, layer } = spec
      return (spec.part === 'block' ? (['attn', 'mlp'] as const) : [spec.part]).map((part) => ({ kind, layer, part }))
    }
    case 'turn':
      return [spec]
    case 'drop':
      return Promise.all(
        spec.keys.map(async (key): Promise<Edit> => ({ kind: 'evict', keys: [...(await sources.range(key))] })),
      )
    case 'patch': {
      const [position] = await sources.range(spec.at)
      const values = [...(await sources.state(spec.from.run, spec.layer, spec.from.at))]
      return [{ kind: 'patch', layer: spec.layer, position, values }]
    }
    case 'direction': {
      const { kind, layer, towards, from, at, strength } = spec
      const direction = [...(await sources.direction(towards, from))]
      const positions: [number, number] = [...(await sources.range(at))]
      const factor = strength * (await sources.length(layer, at))
      return [
        { kind, layer, positions, mode: 'add', factor, direction, label: `${strength} × ${sources.word(towards)}` },
      ]
    }
  }
}
