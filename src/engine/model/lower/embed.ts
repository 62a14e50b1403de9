// Tokens -> the residual before the first block: rows of the embedding, factor, positions, segments, norm, projection.

import type { PlanBuilder, Value } from '../build.ts'
import type { Embed } from '../describe.ts'

/** Words of the runs' own input, one for each token: kinds of segments. */
export const TYPES = 'types'
/** Likewise: rows of the table of positions, where they depend on the tokens. */
export const POSITIONS = 'positions'

/**
 * Writes the residual into the buffer `x`.
 * @param name of the site: 'embed', or 'encoder.embed'
 * @returns the residual, and the weight that the rows come from
 */
export function embed(build: PlanBuilder, name: string, e: Embed, V: number, D: number): { x: Value; table: string } {
  const width = e.width ?? D
  const first = e.project?.when === 'first' ? e.project : null,
    last = e.project?.when === 'last' ? e.project : null
  const inner = first ? D : width
  /** steps that are still to come and write a buffer of their own */
  let left = Number(Boolean(first)) + Number(Boolean(e.norm)) + Number(Boolean(last))
  const next = (): string => (left-- === 0 ? 'x' : `e${left + 1}`)

  const more = Boolean(e.by ?? e.positions ?? e.types ?? e.norm ?? e.project)
  const table = build.weight({ at: e.at, ...(e.weightAt && { weightAt: e.weightAt }) }, V, width, 'embedding')
  let y = build.buffer(next(), width)
  build.step(name, 'gather', { ids: 'ids', weight: table, y }, { D: width, accumulate: 0 }, { ofTokens: true })
  let x: Value = build.site(more ? `${name}.tokens` : name, 'y', width, [])
  if (e.by !== undefined) {
    const params = { N: width, by: e.by, each: 0, cap: 0, limit: 0 }
    build.step(`${name}.scale`, 'scale', { x: y }, params, e.scalesAll ? {} : { ofTokens: true })
    x = build.site(`${name}.scale`, 'x', width, [x])
  }
  if (first) {
    x = build.linear(`${name}.project`, first, x, next(), D)
    y = x.buffer
  }
  if (e.positions) {
    const { at, rows, offset, pad } = e.positions
    const weight = build.weight({ at }, rows, inner, 'embedding')
    if (pad === undefined) build.step(`${name}.positions`, 'add-positions', { weight, y }, { D: inner, offset })
    else {
      build.plan.positions = { first: offset, pad }
      const args = { ids: build.buffer(POSITIONS, 1), weight, y }
      build.step(`${name}.positions`, 'gather', args, { D: inner, accumulate: 1 })
    }
    x = build.site(`${name}.positions`, 'y', inner, [x])
  }
  if (e.types) {
    const weight = build.weight({ at: e.types.at }, e.types.rows, inner, 'embedding')
    build.step(`${name}.types`, 'gather', { ids: build.buffer(TYPES, 1), weight, y }, { D: inner, accumulate: 1 })
    x = build.site(`${name}.types`, 'y', inner, [x])
  }
  if (e.norm) {
    x = build.norm(`${name}.norm`, e.norm, x, next())
  }
  if (last) {
    x = build.linear(`${name}.last`, last, x, next(), D)
  }
  return { x: more ? build.alias(name, x) : x, table }
}
