// The Glass across the wall: every question is one call. The list is checked against the contract by its type.

import type { Glass, Watch } from './protocol.ts'

const methods: Record<keyof Glass, true> = {
  read: true,
  info: true,
  tokens: true,
  probe: true,
  attention: true,
  valueNorms: true,
  thumbnails: true,
  headStats: true,
  lens: true,
  contributions: true,
  direction: true,
  sampling: true,
  draws: true,
  proof: true,
  cosines: true,
  weights: true,
  weightTile: true,
  plan: true,
  timings: true,
  setEdits: true,
}
export const glassMethods = Object.keys(methods) as (keyof Glass)[]

/**
 * Questions whose last argument watches them: it stays on this side, the worker's side makes its own. By how many
 * others come before it.
 */
export const watched: Partial<Record<keyof Glass, number>> = { read: 0, setEdits: 1 }

export function remoteGlass(ask: (method: keyof Glass, args: unknown[], watch?: Watch) => Promise<unknown>): Glass {
  return Object.fromEntries(
    glassMethods.map((method) => {
      const before = watched[method]
      return [
        method,
        (...args: unknown[]) =>
          before === undefined
            ? ask(method, args)
            : ask(method, args.slice(0, before), args[before] as Watch | undefined),
      ]
    }),
  ) as unknown as Glass
}

/** A copy whose arrays own exactly their bytes: a view's whole buffer would cross the wall. */
export function compact<T>(value: T): T {
  if (ArrayBuffer.isView(value)) {
    return (
      value.byteLength < value.buffer.byteLength && 'slice' in value ? (value as unknown as Uint8Array).slice() : value
    ) as T
  }
  if (Array.isArray(value)) return value.map(compact) as T
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, compact(inner)])) as T
  }
  return value
}
