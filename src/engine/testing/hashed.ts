// Weights that no fixture has to hold: uniform numbers from a hash of the tensor's name and the element's index, the same
// in f32 as tools/reference/configs.py makes them.

/** A matrix has about the spread of a trained one; a bias lies about 0, any other vector about 1/2. */
export function hashedWeight(name: string, shape: readonly number[]): Float32Array {
  let seed = 0x811c9dc5
  for (const byte of new TextEncoder().encode(name)) seed = Math.imul(seed ^ byte, 0x01000193)
  const bias = name.endsWith('.bias'),
    scale = name.includes('embed') ? 0.5 : 3 / Math.sqrt(shape[1] ?? 1)
  return Float32Array.from({ length: shape.reduce((n, s) => n * s, 1) }, (_, i) => {
    let h = (Math.imul(i, 0x9e3779b9) + seed) >>> 0
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
    h ^= h >>> 16
    const u = (h >>> 8) / 2 ** 23 - 1
    return shape.length === 1 ? (bias ? 0.2 * u : 0.5 + 0.4 * u) : u * scale
  })
}
