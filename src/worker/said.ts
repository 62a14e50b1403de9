// Pairs that a page teaches: written by hand, read from a file, or out of a link. What they spell is text, as in a chat of the
// page: an <|im_end|> in an answer would end what is learnt of it there, and one in a question would begin turns of its own.

import type { ChatMessage, TrainOptions, TrainRow } from '../engine/index.ts'

type Row = TrainOptions['rows'][number]
const said = (role: ChatMessage['role'], content: string): ChatMessage => ({ role, content, data: 'special' })

/** A pair as a talk whose special tokens stay text; any other row, and one with more in it, as it is. */
export function asSaid<R extends Row>(row: R): R | TrainRow {
  // rows come from a disk: what is none is refused by whoever learns it
  if (typeof row !== 'object' || row === null || !('completion' in row)) return row
  const { prompt, completion } = row
  if (typeof prompt !== 'string' || typeof completion !== 'string' || Object.keys(row).length !== 2) return row
  return { messages: [said('user', prompt), said('assistant', completion)] }
}

/** What is learnt, and what is only looked at. */
export const saidIn = <O extends Pick<TrainOptions, 'rows' | 'watch'>>(options: O): O => ({
  ...options,
  ...(Array.isArray(options.rows) && { rows: (options.rows as readonly Row[]).map(asSaid) }),
  ...(Array.isArray(options.watch) && { watch: (options.watch as readonly TrainRow[]).map(asSaid) }),
})
