// Do the edits in force do what is wanted, in whatever pieces the hand made them? An edge of all heads is the edge of each
// one; of states and directions that are put in, where they are put counts.

import type { Edit } from '../../store/inspect.ts'

interface Size {
  layers: number
  heads: number
}
const from = (a: number, b: number): number[] => Array.from({ length: Math.max(0, b - a) }, (_, i) => a + i)
/** -1 stands for all of them. */
const each = (one: number, count: number): number[] => (one < 0 ? from(0, count) : [one])

/** An edit as the smallest things it does. */
function pieces(edit: Edit, { layers, heads }: Size): string[] {
  switch (edit.kind) {
    case 'mask-edges':
      return each(edit.layer, layers).flatMap((layer) =>
        each(edit.head, heads).flatMap((head) =>
          from(...edit.queries).flatMap((query) =>
            from(...edit.keys).map((key) => `${edit.kind} ${edit.branch ?? 'attn'} ${layer} ${head} ${query} ${key}`),
          ),
        ),
      )
    case 'evict':
      return from(...edit.keys).map((key) => `${edit.kind} ${key}`)
    case 'scale-head':
      return [`${edit.kind} ${edit.layer} ${edit.head} ${edit.factor}`]
    case 'skip':
      return [`${edit.kind} ${edit.layer} ${edit.part}`]
    case 'turn':
      return [`${edit.kind} ${edit.by}`]
    case 'patch':
      return [`${edit.kind} ${edit.layer} ${edit.position}`]
    case 'direction':
      return from(...edit.positions).map((position) => `${edit.kind} ${edit.mode} ${edit.layer} ${position}`)
  }
}

/** all: the same things and no others. part: some of them, and no others. @param size of the model */
export function covers(now: readonly Edit[], wanted: readonly Edit[], size: Size): 'all' | 'part' | 'other' {
  const [here, there] = [now, wanted].map((edits) => new Set(edits.flatMap((edit) => pieces(edit, size))))
  if (there!.size === 0 || [...here!].some((piece) => !there!.has(piece))) return 'other'
  return here!.size === there!.size ? 'all' : 'part'
}
