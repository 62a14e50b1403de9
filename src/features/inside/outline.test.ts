// The map of every golden's Plan holds what the Plan has and nothing else: each branch in its place, each norm by its kind
// and where it stands, a rotation and a cache only where there is one; and every vector it names is read there, the sum
// of its operands. On the CPU references.

import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { folderFiles } from '../../engine/formats/testing.ts'
import { runOf } from '../../engine/glass/testing.ts'
import { goldens } from '../../engine/testing/goldens.ts'
import { operandsOf } from './operands.ts'
import { outlineOf, placeIn, placesOf, type Outline } from './outline.ts'
import { normsOf } from './read.ts'
import { placesOfSteps } from './sites.ts'
import { vectorsOf } from './vectors.ts'

/** not the same network again out of another file, nor a text longer than the run's context */
const plain = goldens.filter((name) => !/gguf|_f16|sharded|_nf4|chatglm-6b_odd/.test(name))

async function open(name: string) {
  const { inputs } = JSON.parse(readFileSync(`fixtures/golden/${name}/golden.json`, 'utf8')) as {
    inputs: { input_ids: number[][] }
  }
  const ids = inputs.input_ids[0]!.slice(0, 12)
  const encodes = /^t5(?!_encoder)/.test(name)
  const files = folderFiles(`fixtures/golden/${name}`)
  const { glass } = await runOf(name, files, ids, { device: 'reference' }, encodes ? ids : [])
  return { glass, info: await glass.info(), plan: await glass.plan() }
}
const line = ({ parts }: Outline): string[] =>
  parts.map(({ part, ops }) => `${part}: ${ops.map(({ op, kind }) => (kind ? `${op} ${kind}` : op)).join(', ')}`)

describe.each(plain)('%s', (name) => {
  // read once for both: a whole model on the references
  let opened: Awaited<ReturnType<typeof open>>
  beforeAll(async () => {
    opened = await open(name)
  })

  it('has a map of what its Plan has', () => {
    const { plan } = opened
    const outline = outlineOf(plan)
    expect(
      outline.parts.filter(({ part }) => ['attn', 'cross', 'mlp', 'cell'].includes(part)).map(({ part }) => part),
    ).toEqual(plan.blocks.flatMap(({ branches }) => branches.map((branch) => branch.name)))
    const boxes = outline.parts.flatMap(({ side, ops }) => ops.map((op) => ({ side, ...op })))
    for (const { side, op, vectors } of boxes) {
      for (const { site } of vectors) if (site !== null) expect(plan.sites[site]?.side, `${op} ${site}`).toBe(side)
    }
    // every norm of a whole vector, and every rotation, is a box; nothing else says it is one
    const norms = plan.steps.filter(
      ({ op, name: step }) =>
        op.endsWith('norm') && !/[qk]_norm$|^embed|^encoder\.embed|^transform|dense|ahead|^text/.test(step),
    )
    const drawn = boxes.flatMap(({ op, vectors }) =>
      ['norm', 'after', 'closing'].includes(op) ? [plan.sites[vectors.at(-1)!.site!]!.step] : [],
    )
    expect([...new Set(drawn)].sort()).toEqual(norms.map((step) => step.name).sort())
    const count = (op: string): number => boxes.filter((one) => one.op === op).length
    const sites = Object.keys(plan.sites)
    expect(count('rope')).toBe(sites.filter((site) => site.endsWith('.attn.q_rope')).length)
    expect(count('router')).toBe(sites.filter((site) => site.endsWith('.mlp.router')).length)
    expect(count('cache')).toBe(
      plan.blocks.filter(({ stack, branches }) => stack === 'decoder' && branches.some((b) => b.name === 'attn'))
        .length,
    )
    const places = placesOfSteps(plan)
    expect(plan.steps.filter((step) => !places.has(step.name))).toEqual([])
    for (const place of placesOf(outline)) expect(placeIn(outline, place)).toEqual(place)
  })

  it('reads every vector of its map, and each number is what its operands come to', async () => {
    const { glass, info, plan } = opened
    const last = plan.blocks.length - 1
    for (const { part, layer, ops } of outlineOf(plan).parts) {
      if (layer !== last && layer !== 0 && part !== 'cross') continue
      for (const { op, vectors } of ops) {
        const spot = { part, op, layer, head: info.heads - 1, position: 5 }
        const found = await vectorsOf(glass, info, plan, spot)
        expect(Object.keys(found).sort(), `${part} ${op}`).toEqual(vectors.map((vector) => vector.name).sort())
        for (const [vector, values] of Object.entries(found)) {
          const at = `${part} ${layer} ${op} ${vector}`
          const i = Math.min(values.length - 1, 3),
            peak = Math.max(...Array.from(values, (v) => (Number.isNaN(v) ? 0 : Math.abs(v))))
          const { value, result } = await operandsOf(glass, info, plan, spot, vector, i)
          expect(value, at).toBe(values[i])
          if (!Number.isNaN(value)) expect(Math.abs(result - value), at).toBeLessThanOrEqual(2e-4 * peak)
        }
      }
    }
    const { start, parts } = await normsOf(glass, plan, last, 5)
    for (const v of [start, ...parts.flatMap(({ added, after }) => [added ?? 0, after])]) {
      expect(v).toBeGreaterThanOrEqual(0)
    }
  })
})

it('says what each kind is made of', async () => {
  const of = async (name: string): Promise<string[]> => [...new Set(line(outlineOf((await open(name)).plan)))]
  expect(await of('bert')).toEqual([
    'embed: embed',
    'attn: qkv, attention, out, closing layer',
    'mlp: swiglu, out, closing layer',
    'head: transform, softmax',
  ])
  expect(await of('t5')).toEqual([
    'source: embed',
    'attn: norm rms, qkv, attention, out',
    'mlp: norm rms, swiglu, out',
    'read: norm rms',
    'embed: embed',
    'attn: norm rms, qkv, cache, attention, out',
    'cross: norm rms, qkv, attention, out',
    'head: norm rms, softmax',
  ])
  expect(await of('lstm_lm')).toEqual(['embed: embed', 'cell: gates, state', 'head: softmax'])
  expect(await of('gemma2')).toEqual([
    'embed: embed',
    'attn: norm rms, qkv, rope, cache, attention, after rms, out',
    'mlp: norm rms, swiglu, after rms, out',
    'head: norm rms, softmax',
  ])
})
