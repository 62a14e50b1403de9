// The small models that lie beside the page, against PyTorch (fixtures/tiny): the f16 values of their files, on the
// references, the processor and the GPU.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { runGolden } from './golden.ts'
import { sharedGpu } from './testing/shared-gpu.ts'

const gpu = await sharedGpu()
const bytes = (file: string): Uint8Array => new Uint8Array(readFileSync(file))
const cases = readdirSync('fixtures/tiny').flatMap((file) => {
  const name = path.basename(file, '.json')
  const held = JSON.parse(readFileSync(`fixtures/tiny/${file}`, 'utf8')) as { cases: { text: string | string[] }[] }
  return held.cases.map((one) => ({ name, text: [one.text].flat().join(' | '), one }))
})

test.for(cases)('$name: $text', { timeout: 120_000 }, async ({ name, one }) => {
  const folder = `public/models/${name}`
  const files = new Map(
    readdirSync(folder)
      .filter((file) => statSync(path.join(folder, file)).isFile() && !/^(README|about)/.test(file))
      .map((file) => [file, bytes(path.join(folder, file))]),
  )
  files.set('golden.json', new TextEncoder().encode(JSON.stringify(one)))
  const { status, reason, differences } = await runGolden(name, files, { gpu })
  expect({ status, ...(status !== 'pass' && { reason, differences }) }).toEqual({ status: 'pass' })
})
