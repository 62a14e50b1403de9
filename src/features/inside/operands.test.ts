// The operands of single numbers, on running models: what is shown must come to the number that the run has, and what
// is read off it (γ, bias) must be the same wherever it is read.

import { describe, expect, it } from 'vitest'
import type { Glass } from '../../engine/glass/types.ts'
import { storytellerGlass } from '../../engine/glass/testing.ts'
import { onProcessor } from '../../engine/testing/machines.ts'
import { operandsOf, type Operands } from './operands.ts'
import { tinyGlass } from './testing.ts'
import { boxOf, outlineOf, type Part } from './outline.ts'
import { vectorsOf, type Spot } from './vectors.ts'

/** Every vector of every op at some element; softmax and lookups included where the model can. */
async function everything(
  glass: Glass,
  position: number,
  parts: Part[],
): Promise<Map<string, Operands & { width: number; peak: number }>> {
  const info = await glass.info(),
    plan = await glass.plan(),
    out = new Map<string, Operands & { width: number; peak: number }>()
  for (const part of parts) {
    for (const { op, vectors: boxes } of boxOf(outlineOf(plan), part, info.layers - 1)!.ops) {
      const spot: Spot = { part, op, layer: info.layers - 1, head: info.heads - 1, position }
      const vectors = await vectorsOf(glass, info, plan, spot)
      for (const { name } of boxes) {
        const values = vectors[name]!,
          i = Math.min(values.length - 1, 11)
        out.set(`${part} ${op} ${name}`, {
          ...(await operandsOf(glass, info, plan, spot, name, i)),
          width: values.length,
          peak: Math.max(...Array.from(values, Math.abs)),
        })
      }
    }
  }
  return out
}

describe('where a number comes from', () => {
  it('every kind of number of the storyteller is the sum of its operands', async () => {
    const { glass } = await storytellerGlass(
      onProcessor,
      'Mia and Tom were in the garden. Mia had a red ball. Tom had a blue kite. Where was Mia?',
      24,
    )
    const all = await everything(glass, 18, ['embed', 'attn', 'mlp', 'head'])
    expect(all.size).toBe(24)
    for (const [name, { result, value, peak }] of all) {
      expect(Math.abs(result - value), `${name}: ${result} instead of ${value}`).toBeLessThan(2e-4 * peak)
    }
    // sums over everything that goes in, not over some of it
    const info = await glass.info()
    expect(all.get('attn qkv q')!.terms).toHaveLength(info.hidden)
    expect(all.get('attn out delta')!.terms).toHaveLength(info.heads * info.headDim)
    expect(all.get('mlp out delta')!.terms).toHaveLength(info.ffn)
    expect(all.get('attn attention z')!.terms).toHaveLength(19)
    expect(all.get('head norm x')!.terms).toHaveLength(1 + 2 * info.layers)
    // γ belongs to the element, not to the token
    const other = await everything(glass, 7, ['attn', 'head'])
    for (const name of ['attn norm y', 'head norm y']) {
      const gamma = (o: Operands) => o.steps.find((s) => s.kind === 'gamma')!.value
      expect(gamma(all.get(name)!) / gamma(other.get(name)!)).toBeCloseTo(1, 4)
    }
  })
  it('the gate is bent by what the model names, not by silu', async () => {
    const glass = await tinyGlass('llama', 20, (config) => ({ ...config, hidden_act: 'relu2' }))
    const { result, value, steps, peak } = (await everything(glass, 9, ['mlp'])).get('mlp swiglu act')!
    expect(Math.abs(result - value)).toBeLessThan(2e-4 * peak)
    const { gate } = await vectorsOf(glass, await glass.info(), await glass.plan(), {
      part: 'mlp',
      op: 'swiglu',
      layer: 2,
      head: 3,
      position: 9,
    })
    expect(steps[0]).toEqual({ kind: 'act', value: Math.max(gate![11]!, 0) ** 2 })
  })
  it.each([
    ['qwen2', 'bias'],
    ['qwen3', 'gamma'],
  ] as const)('%s: what follows the sum of a query is its %s, the same at every token', async (model, kind) => {
    const glass = await tinyGlass(model, 30)
    const [one, two] = [await everything(glass, 9, ['attn', 'mlp']), await everything(glass, 25, ['attn', 'mlp'])]
    for (const name of ['attn qkv q', 'attn qkv k']) {
      const [a, b] = [one, two].map((all) => all.get(name)!.steps.find((s) => s.kind === kind)!.value) as [
        number,
        number,
      ]
      expect(Math.abs(a - b), `${name}: ${a} and ${b}`).toBeLessThan(2e-5 * Math.max(1, Math.abs(a)))
    }
    for (const [name, { result, value, peak }] of one) expect(Math.abs(result - value), name).toBeLessThan(2e-4 * peak)
  })
})
