// Adapters whose config or tensors were changed, by the thousand: refused by name before a step runs, or loaded, and then
// the model runs with them; never a fault.

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { filesOf, folderFiles, namesIn } from './formats/testing.ts'
import { openModel, placeModel } from './load.ts'
import { folderOf, mutant, survive } from './testing/mutants.ts'
import type { LoadOptions } from './types.ts'

const runs = Number(process.env['MUTANTS'] ?? 50)
const exact: LoadOptions = { linear: 'keep', embedding: 'keep', device: 'reference', context: 16 }

/** a GGUF's header has mutants of its own */
const folders = readdirSync('fixtures/adapters').filter((name) => !name.startsWith('gguf_'))

describe.each(folders)('%s', (name) => {
  it(`${runs} mutants run or are refused`, async () => {
    const from = `fixtures/adapters/${name}`
    const { base } = JSON.parse(readFileSync(`${from}/golden.json`, 'utf8')) as { base: string }
    const model = folderFiles(`fixtures/golden/${base}`)
    const adapter = namesIn(from).find((file) => file.endsWith('adapter_config.json'))!
    const at = `${from}/${adapter.slice(0, adapter.lastIndexOf('/'))}`
    const whole = await folderOf(new Map(namesIn(at).map((file) => [file, readFileSync(`${at}/${file}`)])))
    const { read, refused } = await survive({ count: runs }, async (roll) => {
      const adapters = [{ name: 'mine', files: filesOf(mutant(whole, roll)) }]
      const opened = await openModel({ name: 'm', files: model }, { ...exact, adapters })
      // what is read with the weights, too
      const { runtime } = await placeModel(opened, { ...exact, adapters })
      await runtime.forward([1, 2], 'all')
      runtime.dispose()
    })
    expect(read).toBeGreaterThan(0)
    expect(refused).toBeGreaterThan(runs / 4)
  }, 120_000)
})
