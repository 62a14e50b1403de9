// The selection in the address (#/attention?p=17&l=3&h=5): written when it changes, read when the reader changes it.

import type { Inspected, Selection } from './state.ts'

export function mirror({
  selection: { position, layer, head },
  locked,
  why,
}: Pick<Inspected, 'selection' | 'locked' | 'why'>): void {
  if (typeof location === 'undefined') return
  const [path = ''] = location.hash.split('?')
  const query = new URLSearchParams(location.hash.slice(path.length + 1))
  if (locked && position !== null) query.set('p', String(position))
  else query.delete('p')
  if (why === null) query.delete('why')
  query.set('l', String(layer))
  query.set('h', String(head))
  const hash = `${path || '#/'}?${query.toString()}`
  if (hash !== location.hash) history.replaceState(history.state, '', hash)
}

/**
 * What the address says; null when it says nothing. A position past the end of the text is its last one; without a text
 * it waits.
 */
export function readAddress({
  selection,
  locked,
  tokens,
}: Pick<Inspected, 'selection' | 'locked' | 'tokens'>): {
  selection: Selection
  locked: boolean
  why: number | null
} | null {
  const at = location.hash.indexOf('?')
  if (at < 0) return null
  const query = new URLSearchParams(location.hash.slice(at + 1))
  const number = (name: string): number | undefined =>
    /^\d{1,6}$/.test(query.get(name) ?? '') ? Number(query.get(name)) : undefined
  const given = number('p')
  const position = given === undefined || tokens.length === 0 ? given : Math.min(given, tokens.length - 1)
  return {
    selection: {
      position: position ?? selection.position,
      layer: number('l') ?? selection.layer,
      head: number('h') ?? selection.head,
    },
    locked: position !== undefined || locked,
    why: number('why') ?? null,
  }
}
