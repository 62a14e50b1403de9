// The curve q·k(distance) against turning both vectors one by one in f64, and against the scores of a running model.

import { describe, expect, it } from 'vitest'
import { fastPairs, partAt, productAt, wavesOf } from './distance.ts'
import { tinyGlass } from './testing.ts'

/** Numbers that look like nothing, the same every time. */
const some = (count: number, seed: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(seed + i * 1.7) * 2)

function turned(
  v: Float32Array,
  position: number,
  layout: 'half' | 'interleaved',
  rotary: number,
  inv: number[],
  factor: number,
): number[] {
  const out = [...v]
  for (let j = 0; j < rotary / 2; j++) {
    const [x, y] = layout === 'half' ? [j, j + rotary / 2] : [2 * j, 2 * j + 1]
    const [c, s] = [Math.cos(position * inv[j]!) * factor, Math.sin(position * inv[j]!) * factor]
    out[x] = v[x]! * c - v[y]! * s
    out[y] = v[y]! * c + v[x]! * s
  }
  return out
}

describe('q·k by distance', () => {
  it.each([
    ['half', 16, 16, 1],
    ['interleaved', 16, 16, 1],
    ['half', 16, 8, 1.2],
    ['interleaved', 16, 4, 1],
  ] as const)('%s, %i numbers of which %i turn, factor %f', (layout, d, rotary, factor) => {
    const q = some(d, 1),
      k = some(d, 5),
      inv = Array.from({ length: rotary / 2 }, (_, j) => 100 ** ((-2 * j) / rotary))
    const waves = wavesOf(q, k, { layout, rotary, inv, factor })
    for (const [m, n] of [
      [0, 0],
      [7, 0],
      [40, 3],
      [37, 36],
      [500, 100],
    ] as const) {
      const a = turned(q, m, layout, rotary, inv, factor),
        b = turned(k, n, layout, rotary, inv, factor)
      const want = a.reduce((sum, v, i) => sum + v * b[i]!, 0)
      const got = productAt(waves, m - n, 2)
      expect(got.all).toBeCloseTo(want, 6)
      expect(got.fast + got.slow).toBe(got.all)
      expect(got.fast).toBeCloseTo(partAt(waves, m - n, 0) + partAt(waves, m - n, 1), 9)
    }
  })
  it('counts the pairs that come round at least once', () => {
    expect(fastPairs([1, 0.1, 0.01], 100)).toBe(2)
    expect(fastPairs([1, 0.1], 1000)).toBe(2)
    expect(fastPairs([1, 0.1], 3)).toBe(0)
  })
})

describe('on a running model', () => {
  it.each([
    // a head's own norm before the turning; scaled speeds with a factor; half of the pairs turned, and the others not
    ['qwen3', null],
    ['llama_yarn', null],
    ['llama', { rope_type: 'proportional', rope_theta: 100, partial_rotary_factor: 0.5 }],
  ] as const)('%s: the curve passes through the score of every key', async (name, rope_parameters) => {
    const glass = await tinyGlass(name, 40, (config) => (rope_parameters ? { ...config, rope_parameters } : config))
    const info = await glass.info()
    expect(info.rope.rotary).toBe(info.headDim)
    expect(info.rope.inv.filter((f) => f === 0).length).toBe(rope_parameters ? info.headDim / 4 : 0)
    const layer = info.layers - 1,
      head = info.heads - 1,
      position = 37
    const scale = (await glass.plan()).steps.find((s) => s.op === 'attention' && s.layer === layer)!.params['scale']!
    const { values: scores } = await glass.probe({ site: 'scores', layer, head, position })
    const { values: q } = await glass.probe({ site: 'q', layer, head, position })
    const max = Math.max(...Array.from(scores, Math.abs))
    for (const key of [0, 1, 20, 36, 37]) {
      const { values: k } = await glass.probe({ site: 'k', layer, head, position: key })
      const got = productAt(wavesOf(q, k, info.rope), position - key, 1).all * scale
      expect(Math.abs(got - scores[key]!), `key ${key}: ${got} instead of ${scores[key]}`).toBeLessThan(
        2e-5 * Math.max(1, max),
      )
    }
  })
})
