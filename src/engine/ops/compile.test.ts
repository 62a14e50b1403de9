// No kernel takes long to compile: counted, not timed. On drivers that run WGSL on a CPU a second is spent on about twice
// what the largest kernels here hold, on a few dozen copies of an output's end, or on a dozen barriers with all that must
// live across them (docs/performance.md).

import { describe, expect, test } from 'vitest'
import { readsWeight, shaderNames, shaderSource, type Parts } from '../gpu/shaders.ts'
import { inlined, type Inlined } from '../testing/inlined.ts'
import { ops } from './index.ts'

const most: Inlined = { operations: 2400, barriers: 6, stores: 16 }
/** One thread writes a record, word by word. */
const storesOf: Readonly<Record<string, number>> = { 'sample-pick': 48, 'sample-wide': 20 }

const sourceOf = (name: string, parts?: Parts): string => shaderSource(name, readsWeight(name) ? 'q4_1' : null, parts)
/** All kernels, and those that an op makes of them with other snippets. */
function sources(): Map<string, string> {
  const found = new Map(shaderNames.map((name) => [name, sourceOf(name)]))
  const features = { subgroups: { min: 8, max: 8 }, f16: true, dot4: true }
  const limits = { maxComputeWorkgroupStorageSize: 16384, maxComputeInvocationsPerWorkgroup: 256 }
  for (const { variants, cases, args } of Object.values(ops)) {
    for (const { params } of cases) {
      const context = { params, format: args['weight'] ? 'q4_1' : null, kind: 'gpu', features, limits } as const
      for (const { shader, parts } of variants.flatMap(({ passes }) => passes(context))) {
        if (parts) found.set([shader, ...Object.values(parts)].join('+'), sourceOf(shader, parts))
      }
    }
  }
  return found
}
const isOver = ({ operations, barriers, stores }: Inlined, name = ''): boolean =>
  operations > most.operations || barriers > most.barriers || stores > (storesOf[name] ?? most.stores)

test('every kernel is small enough', () => {
  const over = [...sources()].flatMap(([name, source]) => {
    const size = inlined(source)
    return isOver(size, name) ? [{ name, ...size }] : []
  })
  expect(over).toEqual([])
})

test('a tree of sums has no height that a compiler knows: it would have all of its barriers unrolled', () => {
  const known = [...sources()].filter(([, source]) => /for \(var \w+ = \w+ \/ 2u;/.test(source))
  const large = known.filter(([, source]) => inlined(source).operations > 250)
  expect(large.map(([name]) => name)).toEqual([])
})

describe('one that is unrolled is not', () => {
  test.each([
    ['an end for each output', 'matmul-share', /for \(var j = 0u; j < count \* rolled\(rows\); j\+\+\) \{[^}]*\}/, 64],
    ['a loop over the columns', 'matmul-quads', /for \(var w = 0u; w < 4u; w\+\+\) (\{[^]*?\n {4}\})/, 4],
    ['a reduction for each of its uses', 'row-stats', /let sum = sumOf\(own, lane\);/, 8],
  ] as const)('%s', (_, name, rolled, copies) => {
    const source = sourceOf(name)
    const [found, body = found] = rolled.exec(source) ?? []
    expect(found).toBeDefined()
    const unrolled = source.replace(found!, () => body!.repeat(copies))
    expect([isOver(inlined(source)), isOver(inlined(unrolled))]).toEqual([false, true])
  })
})

test('what is counted', () => {
  const size = inlined(`
    @group(0) @binding(0) var<storage, read_write> y: array<f32>; // y[0] = 1.0;
    fn twice(i: u32) { y[i] = 2.0 * y[i]; workgroupBarrier(); }
    fn main() { twice(1u); twice(2u); for (var i = 0u; i < 9u; i++) { y[i] += exp(1.0); } }
  `)
  expect(size).toMatchObject({ barriers: 2, stores: 3 })
  expect(size.operations).toBeGreaterThan(inlined('fn main() { let x = 1.0; }').operations + 10)
})
