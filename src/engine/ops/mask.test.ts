// What each mask shows, drawn: a row per query, a column per key; # is seen.

import { describe, expect, it } from 'vitest'
import { biasAt, biasLength, maskEnd, maskOf, maskOverrides, maskParams, maskStart, type Mask } from './mask.ts'

const total = 6
const drawn = (mask: Partial<Mask>, prefix = total, C = 99): string[] =>
  Array.from({ length: total }, (_, i) => {
    const params = { ...maskParams(mask), C }
    const [start, end] = [maskStart(params, i), maskEnd(params, i, prefix)]
    return Array.from({ length: total }, (__, j) => (j >= start && j < end ? '#' : '.')).join('')
  })

describe('mask', () => {
  it.each<[Partial<Mask>, string[], number?]>([
    [{}, ['#.....', '##....', '###...', '####..', '#####.', '######']],
    [{ window: 2 }, ['#.....', '##....', '.##...', '..##..', '...##.', '....##']],
    [{ causal: false }, ['######', '######', '######', '######', '######', '######']],
    [{ causal: false, window: 2 }, ['##....', '###...', '.###..', '..###.', '...###', '....##']],
    [{ causal: false }, ['###...', '###...', '###...', '###...', '###...', '###...'], 3],
    [{ causal: false, window: 2 }, ['##....', '##....', '.#....', '......', '......', '......'], 2],
    [{ prefixed: true }, ['###...', '###...', '###...', '####..', '#####.', '######'], 3],
    [{ prefixed: true }, ['######', '######', '######', '######', '######', '######'], 9],
    [{ prefixed: true, window: 3 }, ['###...', '####..', '####..', '.###..', '..###.', '...###'], 4],
  ])('%o', (mask, picture, prefix) => {
    expect(drawn(mask, prefix)).toEqual(picture)
  })

  it('shows nothing that the cache cannot hold', () => {
    expect(drawn({ causal: false }, total, 4)).toEqual(Array.from({ length: total }, () => '####..'))
  })

  it('is compiled apart only where it is not plain causal, whatever the window', () => {
    expect([{}, { window: 7 }].map((mask) => maskOverrides(maskParams(mask)))).toEqual([{}, {}])
    expect(maskOverrides(maskParams({ causal: false, bias: 'distances', reach: 3 }))).toEqual({ causal: 0, biased: 2 })
    expect(maskOverrides(maskParams({ prefixed: true, bias: 'slopes' }))).toEqual({ prefixed: 1, biased: 1 })
    expect([0, 30].map((cap) => maskOverrides({ ...maskParams(), cap }))).toEqual([{}, { capped: 1 }])
    expect(maskOf({ ...maskParams({ window: 3 }), scale: 1 })).toEqual(maskParams({ window: 3 }))
  })

  it('adds slopes times distance, or a number per distance held at its reach', () => {
    const bias = Float32Array.of(10, 20, 30, 40, 50, -1, -2, -3, -4, -5)
    const slopes = maskParams({ bias: 'slopes' }),
      distances = maskParams({ bias: 'distances', reach: 2 })
    expect([biasAt(slopes, bias, 1, 5, 2), biasAt(slopes, bias, 0, 3, 3), biasAt(maskParams(), bias, 0, 3, 1)]).toEqual(
      [-60, 0, 0],
    )
    expect([1, 2, 3, 4, 5, 9].map((key) => biasAt(distances, bias, 0, 4, key))).toEqual([10, 10, 20, 30, 40, 50])
    expect(biasAt(distances, bias, 1, 4, 0)).toBe(-1)
    // (C, H): two heads, wherever the query stands
    const keys = { ...maskParams({ bias: 'keys' }), H: 2, C: 5 }
    expect([0, 1, 4].map((key) => biasAt(keys, bias, 1, 4, key))).toEqual([20, 40, -5])
    expect(biasLength(keys, 2)).toBe(10)
  })
})
