// How far adapters move matrices, against peft merging them (tools/reference/adapter_norms.py): every fixture, each adapter
// at the strength of its golden, whatever the base's format.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { folderFiles } from '../formats/testing.ts'
import { openModel } from '../load.ts'
import { adapterOf, loraConfig } from '../testing/adapters.ts'
import { changeNorms } from './norms.ts'

type Norms = Record<string, [delta: number, base: number]>
const all = JSON.parse(readFileSync('fixtures/adapter-norms.json', 'utf8')) as Record<string, Record<string, Norms>>

test.for(Object.keys(all))('%s', { timeout: 60_000 }, async (name) => {
  const golden = JSON.parse(readFileSync(`fixtures/adapters/${name}/golden.json`, 'utf8')) as {
    base: string
    adapters?: Record<string, number>
  }
  const files = folderFiles(`fixtures/golden/${golden.base}`)
  for (const [part, want] of Object.entries(all[name]!)) {
    const own = new Map([...folderFiles(`fixtures/adapters/${name}`)].filter(([path]) => path.startsWith(`${part}/`)))
    const model = await openModel(
      { name, files },
      { linear: 'keep', embedding: 'keep', adapters: [{ name: part, files: own }] },
    )
    const strength = golden.adapters?.[part] ?? 1
    const all = await changeNorms(model.plan, model.provider, model.changes.get(part)!)
    // what the file holds again as it was is no change
    const found = all.filter(({ delta }) => delta(strength) > 0)
    // IA³ multiplies biases, too, which are no matrices
    if (name.startsWith('ia3')) for (const at of Object.keys(want)) if (at.endsWith('.bias')) delete want[at]
    // transformers' names begin with what the files may leave out
    const nameOf = (at: string): string | undefined =>
      Object.keys(want).find((one) => one === at || one.endsWith(`.${at}`) || at.endsWith(`.${one}`))
    expect(new Set(found.map(({ at }) => nameOf(at.replace(/\.weight$/, ''))))).toEqual(new Set(Object.keys(want)))
    for (const { at, base, delta } of found) {
      const [wantDelta, wantBase] = want[nameOf(at.replace(/\.weight$/, ''))!]!
      expect(Math.sqrt(delta(strength)) / wantDelta, `${at}: delta`).toBeCloseTo(1, 4)
      expect(Math.sqrt(base) / wantBase, `${at}: base`).toBeCloseTo(1, 4)
      expect(delta(0)).toBe(0)
    }
    for (const { at, isVector, layer } of found) {
      const said = /\.(\d+)\./.exec(at)?.[1]
      expect([at, isVector, layer]).toEqual([at, /(bias|norm\w*|ln_\w+)(\.weight)?$/.test(at), Number(said ?? -1)])
    }
  }
})

test.for([
  ['LoRA', false],
  ['DoRA', true],
] as const)(
  '%s of a rank far over the width: as many numbers as the file brings, no square of them',
  async ([, dora]) => {
    const files = folderFiles('fixtures/golden/llama')
    const at = 'model.layers.0.self_attn.q_proj'
    const of = async (r: number): Promise<number> => {
      const adapter = adapterOf(
        { ...loraConfig, r, lora_alpha: r, use_dora: dora, target_modules: [at] },
        {
          [`${at}.lora_A.weight`]: [r, 32],
          [`${at}.lora_B.weight`]: [32, r],
          ...(dora && { [`${at}.lora_magnitude_vector`]: [32] }),
        },
      )
      const model = await openModel(
        { name: 'llama', files },
        { linear: 'keep', embedding: 'keep', adapters: [adapter] },
      )
      const [found] = await changeNorms(model.plan, model.provider, model.changes.get('mine')!)
      return Math.sqrt(found!.delta(1))
    }
    const began = performance.now()
    // noise whose norms grow with the square root of its numbers
    for (const r of [4, 64, 50_000]) expect((await of(r)) / Math.sqrt(r)).toBeLessThan(100)
    expect(await of(50_000)).toBeGreaterThan(0)
    expect(performance.now() - began).toBeLessThan(20_000)
  },
)
