// A chat as a tree of turns: another answer to a question, a question asked otherwise, an answer that went
// another way from one of its tokens are all turns beside the first, and what came after each stays under it. One path
// through the tree is on screen. Pure.

import type { Message } from './chat-data.ts'

type Turns = readonly Message[]
const byId = (turns: Turns): Map<string, Message> => new Map(turns.map((turn) => [turn.id, turn]))
/** Oldest first; rows come from disk in the order of their ids. */
export const inOrder = (turns: Turns): Message[] => turns.toSorted((a, b) => a.at - b.at)

/** From the first turn to `leaf`; [] when it is not there. */
export function pathTo(turns: Turns, leaf: string | null): Message[] {
  const known = byId(turns)
  const path: Message[] = []
  for (
    let turn = leaf === null ? undefined : known.get(leaf);
    turn;
    turn = turn.parent === undefined ? undefined : known.get(turn.parent)
  ) {
    path.push(turn)
  }
  return path.reverse()
}

/** The turns that could stand where this one stands, itself included, oldest first; not those that were put away. */
export const versionsOf = (turns: Turns, { parent, role, id }: Pick<Message, 'id' | 'parent' | 'role'>): Message[] =>
  turns.filter((turn) => turn.parent === parent && turn.role === role && (turn.removed === undefined || turn.id === id))

/** The end of the talk under a turn: at every fork the way that was on screen last, else the newest. */
export function endUnder(turns: Turns, from: string | null, seen?: ReadonlyMap<string, string>): string | null {
  const under = new Map<string, Message[]>()
  for (const turn of turns) {
    if (turn.removed !== undefined) continue
    const beside = under.get(turn.parent ?? '')
    if (beside) beside.push(turn)
    else under.set(turn.parent ?? '', [turn])
  }
  let at = from
  for (;;) {
    const next = under.get(at ?? '')
    if (!next) return at
    at = (
      next.find((turn) => turn.id === seen?.get(at ?? '')) ??
      next.reduce((newest, turn) => (turn.at >= newest.at ? turn : newest))
    ).id
  }
}

export const isUnder = (turns: Turns, id: string, above: string | null): boolean =>
  above === null || pathTo(turns, id).some((turn) => turn.id === above)

/**
 * Turns whose parent is not there, or that are their own ancestors, become first turns: what could be read stays
 * readable.
 * @returns the same list when nothing was wrong, and how many turns were moved
 */
export function repaired(turns: readonly Message[]): { turns: Message[]; moved: number } {
  const known = byId(turns)
  const good = new Set<string>()
  const loose = new Set<string>()
  for (const turn of turns) {
    const walked = new Set<string>()
    let at: Message | undefined = turn
    while (at && !good.has(at.id) && !loose.has(at.id) && !walked.has(at.id)) {
      walked.add(at.id)
      if (at.parent === undefined) break
      const parent = known.get(at.parent)
      if (!parent) {
        loose.add(at.id)
        break
      }
      at = parent
    }
    // a circle is opened where it was met
    if (at && walked.has(at.id) && at.parent !== undefined && !loose.has(at.id)) loose.add(at.id)
    for (const id of walked) good.add(id)
  }
  if (loose.size === 0) return { turns: [...turns], moved: 0 }
  return {
    turns: turns.map((turn) => {
      if (!loose.has(turn.id)) return turn
      const { parent: _, ...first } = turn
      return first
    }),
    moved: loose.size,
  }
}
