// The selected token, layer and head: kept inside what there is, and mirrored in the address.

import type { GlassInfo, GlassToken } from '../../worker/protocol.ts'
import { opensAt } from '../rows.ts'
import { mirror, readAddress } from './address.ts'
import { internal, useInspected, type Inspected, type Selection } from './state.ts'

const { getState: get, setState: set } = useInspected
const clamp = (value: number, count: number): number => Math.max(0, Math.min(value, Math.max(0, count - 1)))

export const mirrored = (): void => {
  if (internal.panels > 0) mirror(get())
}
/** Takes up what the reader changed in the address. */
export const addressed = (): void => {
  const now = readAddress(get())
  if (now) set(now)
}

/** The selection inside a run. */
export function placed(
  { selection: { position, layer, head }, locked }: Inspected,
  info: GlassInfo,
  tokens: GlassToken[],
): Pick<Inspected, 'selection' | 'locked'> {
  const at = { layer: clamp(layer, info.layers), head: clamp(head, info.heads) }
  // an address may wait for its run
  if (tokens.length === 0) return { selection: { position, ...at }, locked }
  const kept = position !== null && position < tokens.length && locked
  return { selection: { position: kept ? position : opensAt(info, tokens), ...at }, locked: kept }
}

export function select(change: Partial<Selection>): void {
  const { selection, tokens, info, locked } = get()
  const next = { ...selection, ...change }
  if (info) {
    next.layer = clamp(next.layer, info.layers)
    next.head = clamp(next.head, info.heads)
  }
  if (next.position !== null) next.position = tokens.length ? clamp(next.position, tokens.length) : next.position
  if (next.position === selection.position && next.layer === selection.layer && next.head === selection.head) return
  set({ selection: next, locked: change.position === undefined ? locked : change.position !== null })
  mirrored()
}

export function follow(): void {
  const { info, tokens, selection } = get()
  set({ locked: false, selection: { ...selection, position: info && tokens.length ? opensAt(info, tokens) : null } })
  mirrored()
}

export function takeWhy(): void {
  set({ why: null })
  mirrored()
}
