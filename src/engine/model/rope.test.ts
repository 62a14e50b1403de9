// Rotary frequencies of every scaling against transformers (fixtures/rope.json), and the table against its formula.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readConfig, wordings } from './config.ts'
import type { ModelFormat } from './describe.ts'
import { readRope } from './rope.ts'
import { ropeFrequencies, ropeTable, type RopeSpec } from './rope-table.ts'

interface Case {
  name: string
  head_dim: number
  max_position_embeddings: number
  rope_parameters: Record<string, unknown>
  length: number
  inv_freq: number[]
  factor: number
}
const cases = JSON.parse(readFileSync('fixtures/rope.json', 'utf8')) as Case[]
const read = (config: Record<string, unknown>, d = 16, format: ModelFormat = 'safetensors'): RopeSpec =>
  readRope(readConfig(config, wordings[format]), d, Number(config['max_position_embeddings'] ?? 128))
const close = (got: ArrayLike<number>, want: number[]): void => {
  expect(got.length).toBe(want.length)
  // the reference is f32
  want.forEach((w, j) => expect(Math.abs(got[j]! / w - 1), `pair ${j}: ${got[j]} instead of ${w}`).toBeLessThan(2e-6))
}

describe('frequencies are those of transformers', () => {
  test.each(cases.map((c) => [c.name, c] as const))(
    '%s',
    (_, { rope_parameters, head_dim, length, inv_freq, factor, max_position_embeddings }) => {
      const { inv, factor: got } = ropeFrequencies(read({ rope_parameters, max_position_embeddings }, head_dim), length)
      close(inv, inv_freq)
      expect(got).toBeCloseTo(factor, 6)
    },
  )
  test.each(cases.map((c) => [c.name, c] as const))(
    '%s, in the words of older configs',
    (_, { rope_parameters, head_dim, length, inv_freq, max_position_embeddings }) => {
      const { rope_theta, rope_type, ...rest } = rope_parameters
      const spec = read(
        {
          rope_theta,
          max_position_embeddings,
          ...(rope_type !== 'default' && { rope_scaling: { type: rope_type, ...rest } }),
        },
        head_dim,
      )
      close(ropeFrequencies(spec, length).inv, inv_freq)
    },
  )
})

describe('the table', () => {
  test('holds cos and sin of position times frequency, f64 rounded once', () => {
    for (const { rope_parameters, head_dim, max_position_embeddings } of cases) {
      const spec = read({ rope_parameters, max_position_embeddings }, head_dim)
      const C = 50
      const table = ropeTable(spec, C, C),
        { inv, factor } = ropeFrequencies(spec, C)
      expect(table.length).toBe(C * head_dim)
      for (const pos of [0, 1, 17, 49]) {
        inv.forEach((f, j) => {
          const at = (pos * inv.length + j) * 2
          expect(table[at]).toBe(Math.fround(Math.cos(pos * f) * factor))
          expect(table[at + 1]).toBe(Math.fround(Math.sin(pos * f) * factor))
        })
      }
    }
  })
  test('does not depend on the length of the text, but for the two scalings that ask for it', () => {
    for (const { name, rope_parameters, max_position_embeddings, head_dim } of cases) {
      const spec = read({ rope_parameters, max_position_embeddings }, head_dim)
      const same = ropeTable(spec, 10, 200).every((v, i) => v === ropeTable(spec, 10, 10)[i])
      expect(same, name).toBe(!/dynamic|longrope/.test(name))
    }
  })
})

describe('configs', () => {
  test('a part of the head is turned where a GGUF says so', () => {
    expect(read({ partial_rotary_factor: 0.5 }, 16, 'gguf').rotary).toBe(8)
    // theta^(-2j/8)
    close(ropeFrequencies(read({ partial_rotary_factor: 0.5 }, 16, 'gguf'), 9).inv, [1, 0.1, 0.01, 0.001])
    expect(() => read({ partial_rotary_factor: 0.7 }, 16, 'gguf')).toThrow('0.7 of 16 is 11')
    expect(() => read({ partial_rotary_factor: 0.01 }, 16, 'gguf')).toThrow('0.01 of 16 is 0')
  })
  test('per-pair factors divide, as rope_freqs of a GGUF does; a config.json has no such kind', () => {
    const rope_scaling = { rope_type: 'custom', freq_factors: [1, 2, 4, 8] }
    close(ropeFrequencies(read({ rope_scaling }, 8, 'gguf'), 9).inv, [1, 0.05, 0.0025, 0.000125])
    expect(() => read({ rope_scaling }, 8)).toThrow('"custom"')
  })
  test('what another key overrules, what the family leaves aside and what nobody knows is told', () => {
    const left = (config: Record<string, unknown>): unknown => {
      const c = readConfig(config)
      readRope(c, 8, 64)
      return c.ignored.map(({ key, why }) => `${key} ${why}`)
    }
    expect(
      left({ rope_parameters: { rope_type: 'default', rope_theta: 5 }, rope_scaling: { type: 'linear', factor: 2 } }),
    ).toEqual(['rope_parameters overruled'])
    expect(left({ rope_parameters: { rope_type: 'default', rope_theta: 5 }, rope_scaling: {} })).toEqual([])
    expect(left({ rope_parameters: { rope_theta: 5 }, rope_theta: 6 })).toEqual(['rope_theta overruled'])
    expect(left({ partial_rotary_factor: 0.5, original_max_position_embeddings: 7 })).toEqual([
      'partial_rotary_factor family',
      'original_max_position_embeddings family',
    ])
    expect(left({ rope_scaling: { rope_type: 'default', mrope_section: [1, 1, 2] } })).toEqual([
      'rope_scaling.mrope_section unknown',
    ])
    expect(
      left({
        rope_scaling: { rope_type: 'yarn', factor: 2, original_max_position_embeddings: 16 },
        original_max_position_embeddings: 8,
      }),
    ).toEqual(['rope_scaling.original_max_position_embeddings overruled'])
  })
  test.each([
    [{ rope_scaling: { rope_type: 'spiral', factor: 2 } }, 'FAMILY_UNSUPPORTED', '"spiral"'],
    [{ rope_scaling: { rope_type: 'linear' } }, 'CONFIG_INVALID', 'rope_scaling.factor'],
    [{ rope_scaling: { rope_type: 'linear', factor: 'two' } }, 'CONFIG_INVALID', '"two"'],
    [
      { rope_scaling: { rope_type: 'llama3', factor: 8, high_freq_factor: 4 } },
      'CONFIG_INVALID',
      'rope_scaling.low_freq_factor',
    ],
    [
      { rope_scaling: { rope_type: 'longrope', short_factor: Array(8).fill(1) } },
      'CONFIG_INVALID',
      'rope_scaling.long_factor',
    ],
    [
      { rope_scaling: { rope_type: 'longrope', short_factor: Array(8).fill(1), long_factor: Array(8).fill(0) } },
      'CONFIG_INVALID',
      'rope_scaling.long_factor',
    ],
    [
      { rope_scaling: { rope_type: 'longrope', short_factor: Array(7).fill(1), long_factor: Array(8).fill(1) } },
      'CONFIG_INVALID',
      'list of 8 positive',
    ],
    [
      { partial_rotary_factor: 0.5, rope_scaling: { type: 'linear', factor: 2 } },
      'CONFIG_INVALID',
      '"partial_rotary_factor"',
    ],
    [{ rope_scaling: { rope_type: 'yarn' } }, 'CONFIG_INVALID', 'factor'],
    [{ rope_scaling: { rope_type: null, type: 'linear', factor: 2 } }, 'FAMILY_UNSUPPORTED', 'null'],
    [
      { rope_parameters: { full_attention: { rope_type: 'linear', factor: 2 } } },
      'FAMILY_UNSUPPORTED',
      'rope_parameters.full_attention',
    ],
    [{ rope_theta: null, rope_parameters: { rope_theta: NaN } }, 'CONFIG_INVALID', 'rope_parameters.rope_theta'],
  ])('%j is refused by name', (config, code, word) => {
    try {
      ropeFrequencies(read(config), 64)
      expect.fail('it was taken')
    } catch (error) {
      expect((error as { code: string }).code).toBe(code)
      expect((error as Error).message).toContain(word)
    }
  })
})
