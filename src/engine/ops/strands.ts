// Several texts that go on from one beginning ("strands") in one cache: behind the beginning, `from` entries, theirs stand
// in turn, entry from + i count + s holding token i of strand s. So a forward of one token each writes neighbouring
// entries, as any chunk does, and only who asks for positions must know: masks, what is added by distance, learned
// positions. Tables of angles are read by entry: the runtime writes the rows of those positions there (rope-rows.ts).
// shaders/lib/strands.wgsl is the same in WGSL.

import type { StepValues } from './op.ts'

/** The position, in its text, of the token at this entry of the cache. */
export const strandPosition = ({ strands }: Pick<StepValues, 'strands'>, entry: number): number =>
  !strands || entry < strands.from ? entry : strands.from + Math.floor((entry - strands.from) / strands.count)

/** The entry of position `p` in the text that the token at entry `own` belongs to. */
export const strandEntry = ({ strands }: Pick<StepValues, 'strands'>, own: number, p: number): number =>
  !strands || p < strands.from
    ? p
    : strands.from + (p - strands.from) * strands.count + ((own - strands.from) % strands.count)
