// The small models that lie beside the page, against PyTorch: the f16 values of their files (fixtures/tiny), and those of
// the lessons as they run, adapters on the model that they are for (fixtures/lessons); on the references and the processor,
// and the first text of each on the GPU, where another text runs the same kernels.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { runGolden } from './golden.ts'
import { sharedGpu } from './testing/shared-gpu.ts'

const gpu = await sharedGpu()
const bytes = (file: string): Uint8Array => new Uint8Array(readFileSync(file))
const filesOf = (folder: string, prefix = ''): [string, Uint8Array][] =>
  readdirSync(folder)
    .filter((file) => statSync(path.join(folder, file)).isFile() && !/^(README|about|examples)/.test(file))
    .map((file) => [prefix + file, bytes(path.join(folder, file))])

interface Case {
  text: string | string[]
  /** of an adapter: the model that it is put on */
  base?: string
}
const cases = Object.entries({ tiny: 'public/models', lessons: 'public/lessons' }).flatMap(([fixtures, place]) =>
  readdirSync(`fixtures/${fixtures}`).flatMap((file) => {
    const held = JSON.parse(readFileSync(`fixtures/${fixtures}/${file}`, 'utf8')) as { cases: Case[] }
    const name = path.basename(file, '.json')
    return held.cases.map((one, i) => ({
      name,
      folder: `${place}/${name}`,
      text: [one.text].flat().join(' | '),
      one,
      first: i === 0,
    }))
  }),
)

test.for(cases)('$name: $text', { timeout: 120_000 }, async ({ name, folder, one, first }) => {
  const files = new Map(
    one.base ? [...filesOf(`public/models/${one.base}`), ...filesOf(folder, 'adapter/')] : filesOf(folder),
  )
  files.set('golden.json', new TextEncoder().encode(JSON.stringify(one)))
  const { status, reason, differences } = await runGolden(
    name,
    files,
    first ? { gpu } : { gpu: null, machines: ['reference', 'processor'] },
  )
  expect({ status, ...(status !== 'pass' && { reason, differences }) }).toEqual({ status: 'pass' })
})
