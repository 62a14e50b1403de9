// Which token a row of the head is about, and which tokens were guesses: what a panel needs so that it can show every
// kind of model without knowing any. The facts themselves are the engine's (GlassInfo).

import type { ErrorData, GlassInfo, GlassToken } from '../worker/protocol.ts'

type Facts = Pick<GlassInfo, 'predicts' | 'seen' | 'mask'>
type Placed = Pick<GlassToken, 'id' | 'position'>

/** The place of the token that the head's row at `position` is about; it may be the one still to come. */
export const aboutOf = ({ predicts }: Pick<GlassInfo, 'predicts'>, position: number): number =>
  predicts === 'own' ? position : position + 1

export const isBlank = ({ mask }: Pick<GlassInfo, 'mask'>, { id }: Pick<GlassToken, 'id'>): boolean => id === mask

/** The model had not seen this token when it gave it odds. */
export const wasGuessed = (info: Facts, token: Placed): boolean => isBlank(info, token) || token.position >= info.seen

/** Places of the blanks. */
export const blanksOf = (info: Pick<GlassInfo, 'mask'>, tokens: readonly Placed[]): number[] =>
  tokens.flatMap((token) => (isBlank(info, token) ? [token.position] : []))

/** Where a text is looked at first: its end, where it goes on; of one that is read whole the first blank, else a word. */
export function opensAt(
  info: Pick<GlassInfo, 'predicts' | 'mask'>,
  tokens: readonly Pick<GlassToken, 'id' | 'position' | 'special'>[],
): number {
  const last = tokens.length - 1
  if (info.predicts !== 'own') return last
  return blanksOf(info, tokens)[0] ?? tokens.find(({ special }) => !special)?.position ?? last
}

/** Why a question has no answer in this run, as an error that can be explained; null: it has one. */
export function absentHere({ unsupported }: Pick<GlassInfo, 'unsupported'>, question: string): ErrorData | null {
  const found = unsupported.find(({ view }) => view === question)
  return found ? { code: 'VIEW_ABSENT', message: '', facts: { why: found.reason } } : null
}
