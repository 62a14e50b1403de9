// Recordings by anybody, whose plans were changed: what cannot be a map is refused when they are opened; in the others every
// place can be looked at, or says why not.

import { readFileSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { EngineError } from '../../engine/errors.ts'
import { openRecording } from '../../engine/glass/recording.ts'
import { seeded } from '../../engine/ops/inputs.ts'
import { operandsOf } from './operands.ts'
import { outlineOf, placesOf } from './outline.ts'
import { normsOf } from './read.ts'
import { placesOfSteps } from './sites.ts'
import { vectorsOf } from './vectors.ts'

type Json = Record<string, unknown>
interface Plan {
  steps: { name: string; op: string; weight: string | null; args: Json; params: Json }[]
  sites: Record<string, Json & { from: string[]; matrix: Json | null }>
  blocks: Json[]
  outputs: Json[]
}

const file = new Uint8Array(gunzipSync(readFileSync('public/traces/en.glasstrace')))
const size = new DataView(file.buffer).getUint32(12, true)
const header = new TextDecoder().decode(file.subarray(16, 16 + size))
const numbers = file.subarray(Math.ceil((16 + size) / 4) * 4)

function pack(given: unknown): Blob {
  const text = new TextEncoder().encode(JSON.stringify(given))
  const start = Math.ceil((16 + text.length) / 4) * 4
  const bytes = new Uint8Array(start + numbers.length)
  bytes.set(file.subarray(0, 16))
  new DataView(bytes.buffer).setUint32(12, text.length, true)
  bytes.set(text, 16)
  bytes.set(numbers, start)
  return new Blob([gzipSync(bytes, { level: 1 })])
}

/** A header in which every place of the map is known by the Plan's own sites. */
async function whole(): Promise<{ info: Json; plan: Plan }> {
  const given = JSON.parse(header) as { info: Json; plan: Json }
  const plan = await (await openRecording(pack(given))).plan()
  return { ...given, plan: { ...(structuredClone(plan) as unknown as Plan), ...given.plan } }
}

const refusal = (error: unknown): void => {
  if (!(error instanceof EngineError) || error.code === 'INTERNAL') throw error
}

/** Looks at every place. */
async function look(given: unknown): Promise<'refused' | 'opened'> {
  const glass = await openRecording(pack(given)).catch(refusal)
  if (!glass) return 'refused'
  const [info, plan] = [await glass.info(), await glass.plan()]
  placesOfSteps(plan)
  const position = info.length - 2
  for (const { part, layer, op } of placesOf(outlineOf(plan))) {
    const spot = { part, op, layer, head: 0, position }
    const vectors = await vectorsOf(glass, info, plan, spot).catch(refusal)
    for (const [name, values] of Object.entries(vectors ?? {})) {
      expect(values).toBeInstanceOf(Float32Array)
      if (values.length > 0) await operandsOf(glass, info, plan, spot, name, 0).catch(refusal)
    }
  }
  for (let layer = 0; layer < info.layers; layer++) await normsOf(glass, plan, layer, position).catch(refusal)
  return 'opened'
}

test.each<[string, (plan: Plan) => void]>([
  ['blocks without branches', ({ blocks }) => (blocks[1]!['branches'] = [])],
  [
    'a block that writes nothing',
    ({ blocks }) => Object.assign((blocks[0]!['branches'] as Json[]).at(-1)!, { writes: null }),
  ],
  ['an encoder', ({ blocks }) => (blocks[0]!['stack'] = 'encoder')],
  ['attention to another text', ({ blocks }) => ((blocks[0]!['branches'] as Json[])[0]!['name'] = 'cross')],
  ['a recurrent cell', ({ blocks }) => ((blocks[0]!['branches'] as Json[])[0]!['name'] = 'cell')],
])('%s are refused', async (_, change) => {
  const given = await whole()
  expect(await look(given)).toBe('opened')
  change(given.plan)
  expect(await look(given)).toBe('refused')
})

test('any other plan can be looked at', async () => {
  const random = seeded(5)
  const below = (n: number): number => Math.floor(random() * n)
  const one = <T>(list: readonly T[]): T => list[below(list.length)]!
  const given = await whole()
  const text = JSON.stringify(given)
  const words = [
    'constructor',
    '__proto__',
    'toString',
    '',
    'embed',
    'logits',
    'blocks.0.attn.norm',
    'blocks.9.mlp.act',
  ]
  const ops = ['lstm', 'rnn', 'layernorm', 'rmsnorm', 'attention-relative', 'gather', 'softmax', 'constructor']
  let opened = 0
  for (let run = 0; run < 20; run++) {
    const changed = JSON.parse(text) as typeof given
    const { steps, sites, blocks, outputs } = changed.plan
    for (let times = below(3); times >= 0; times--) {
      const name = one(Object.keys(sites))
      const site = sites[name]!
      const step = one(steps)
      const branch = one(one(blocks)['branches'] as Json[])
      const other = one([...words, ...Object.keys(sites)])
      const changes: (() => unknown)[] = [
        () => delete sites[name],
        () => (site['from'] = [name]),
        () => (site['from'] = [other]),
        () => (site['side'] = one(['source', 'text', null])),
        () => (site['heads'] = one([null, 1, 3, 1000])),
        () => (site['width'] = one([1, 7, 256, 2 ** 20])),
        () => (site['site'] = one(['q', 'logits', 'router', null])),
        () => (site['step'] = one(steps).name),
        () =>
          (site['matrix'] = {
            tensor: other,
            rows: one([null, { every: 1, from: 9, count: 3 }]),
            input: name,
            bias: true,
          }),
        () => (step.op = one(ops)),
        () => (step.weight = one([null, '+', other])),
        () => (step.name = other),
        () => (step.args = { table: one(words) }),
        () => (step.params = { act: one([-1, 99, 0.5]), sections: 2, eps: -1, keep: 0, by: 1e308 }),
        () => (branch['breaks'] = one(['norm', 'replaced'])),
        () => (branch['name'] = one(['attn', 'mlp'])),
        () => (branch[one(['reads', 'writes', 'out', 'adds'])] = other),
        () => (branch['writes'] = null),
        () => steps.splice(below(steps.length), 1),
        () => outputs.push({ name: one(['labels', 'span', 'hidden', 'pooled', 'logits']), site: name, rows: 'last' }),
        () => outputs.splice(0),
        () => (sites[other] = structuredClone(site)),
        () => (changed.info['ropes'] = one([{}, { constructor: changed.info['rope'] }])),
        () => ((changed.info['rope'] as Json)['inv'] = []),
      ]
      one(changes)()
    }
    if ((await look(changed)) === 'opened') opened++
  }
  expect(opened).toBeGreaterThan(4)
}, 300_000)
