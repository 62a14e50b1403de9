// What edits did to a text: the same tokens scored before and after.

import { toData } from './client.ts'
import type { Edit, Glass, GlassToken, TokenCandidate } from '../worker/protocol.ts'

export interface Moved {
  position: number
  before: number
  after: number
  /** of a blank: what was, or else is now, the likeliest for it; the chances are this token's */
  guess?: { id: number; text: string }
}

/** Every token that both runs scored, as probabilities. @param mask the token of a blank: nobody expects that itself */
export const chances = (
  before: readonly GlassToken[],
  after: readonly GlassToken[],
  mask: number | null = null,
): Moved[] =>
  after.flatMap(({ id, logprob, top }, position) => {
    if (id === mask) {
      const old = before[position]?.top ?? []
      const of = (list: readonly TokenCandidate[], guess: TokenCandidate) => list.find((one) => one.id === guess.id)
      // candidates are the ten best: what fell out of them has no number
      return [old[0], top[0]]
        .flatMap((guess) => {
          const was = guess && of(old, guess),
            now = guess && of(top, guess)
          return was && now ? [{ position, guess, before: Math.exp(was.logprob), after: Math.exp(now.logprob) }] : []
        })
        .slice(0, 1)
    }
    const old = before[position]?.logprob
    return old == null || logprob === null ? [] : [{ position, before: Math.exp(old), after: Math.exp(logprob) }]
  })

/** Tokens whose probability moved most. */
export const mostMoved = (
  before: readonly GlassToken[],
  after: readonly GlassToken[],
  count: number,
  mask: number | null = null,
): Moved[] =>
  chances(before, after, mask)
    .sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before))
    .slice(0, count)

/** The token to come: what was likeliest, before and after; null where it fell out of the candidates. */
export function comeMoved({
  before,
  after,
}: {
  before: readonly TokenCandidate[]
  after: readonly TokenCandidate[]
}): { id: number; text: string; before: number; after: number | null } | null {
  const first = before[0]
  const now = first && after.find(({ id }) => id === first.id)
  return first
    ? { id: first.id, text: first.text, before: Math.exp(first.logprob), after: now ? Math.exp(now.logprob) : null }
    : null
}

/** The likeliest tokens after the last one that the model has read; none where nothing comes, or no token can be read out. */
export async function lookAhead(glass: Glass): Promise<TokenCandidate[] | undefined> {
  const { length, layers, predicts } = await glass.info()
  if (length === 0 || predicts === 'own') return undefined
  try {
    return (await glass.lens({ positions: [length - 1], layers: [layers - 1], part: 'resid', topK: 10 }))[0]?.top
  } catch (error) {
    if (toData(error).code === 'VIEW_ABSENT') return undefined
    throw error
  }
}

/** The old scores are of the same text. */
export const sameText = (before: GlassToken[] | null, tokens: GlassToken[]): boolean =>
  before !== null && before.length === tokens.length && before.every((t, i) => t.id === tokens[i]!.id)

export const sameNumbers = (old: readonly GlassToken[], now: readonly GlassToken[]): boolean =>
  old.length === now.length &&
  now.every((t, i) => t.id === old[i]!.id && t.logprob === old[i]!.logprob && t.generated === old[i]!.generated)

/** The edit is of places in one text; the others change the model whatever it reads. */
export const ofText = ({ kind }: Edit): boolean => kind !== 'scale-head' && kind !== 'skip' && kind !== 'turn'

/** A picture of attention and layers stands at the token that predicts, a picture of a drawing at the token drawn: where the
 *  watched token is to be seen in the other one. @param drawn the picture gone to shows drawings */
export const placeOf = (watched: number | null, position: number | null, drawn: boolean): number | null =>
  watched === null || position !== (drawn ? watched - 1 : watched)
    ? position
    : drawn
      ? watched
      : Math.max(0, watched - 1)
