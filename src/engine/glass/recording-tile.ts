// A recording holds one corner of each weight. A question for less than that is answered with what it asks for.

import type { WeightTile } from './types.ts'

/** Elements `asked` of the weight; null where some of them do not lie in the tile. */
export function partOf(given: WeightTile, asked: WeightTile['tile']): WeightTile | null {
  const { tile, block } = given
  const [down, right] = [asked.row - tile.row, asked.col - tile.col]
  if (down < 0 || right < 0 || !(asked.rows > 0 && asked.cols > 0)) return null
  if (down + asked.rows > tile.rows || right + asked.cols > tile.cols) return null
  const placeOf = (i: number): number => (down + Math.floor(i / asked.cols)) * tile.cols + right + (i % asked.cols)
  const places = Array.from({ length: asked.rows * asked.cols }, (_, i) => placeOf(i))
  const cut = (values: Float32Array | null): Float32Array | null =>
    values && Float32Array.from(places, (at) => values[at]!)
  const blocks = new Set(
    places.map((_, i) => {
      const element = (asked.row + Math.floor(i / asked.cols)) * given.cols + asked.col + (i % asked.cols)
      return Math.floor(element / block)
    }),
  )
  return {
    ...given,
    tile: asked,
    values: cut(given.values)!,
    codes: given.codes && Uint8Array.from(places, (at) => given.codes![at]!),
    scales: cut(given.scales),
    offsets: cut(given.offsets),
    nested: given.nested?.filter((step) => blocks.has(step.block)) ?? null,
    source: cut(given.source),
  }
}
