// all-MiniLM-L6-v2 as people load it, against transformers: tokens and vectors of some texts. The weights are not in the
// repository: `npm run model minilm` fetches them, and without them this is UNRUN.

import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadEngine } from './index.ts'
import { diskFile, diskModel } from './testing/disk.ts'

interface Golden {
  texts: { text: string; input_ids: number[]; vector: number[] }[]
}
const golden = JSON.parse(readFileSync('fixtures/minilm/golden.json', 'utf8')) as Golden
const folder = 'models/minilm'

test('MiniLM: tokens and vectors', { timeout: 300_000 }, async ({ skip }) => {
  if (!existsSync(folder)) skip('UNRUN: run "npm run model minilm": the weights are not in the repository')
  const { name, files } = diskModel(folder)
  const pooling = '1_Pooling/config.json'
  const source = { name, files: new Map([...files, [pooling, diskFile(`${folder}/${pooling}`)]]) }
  const engine = await loadEngine(source, { device: 'cpu', linear: 'keep', embedding: 'keep' })
  expect(engine.info.does).toEqual(['embed'])
  for (const { text, input_ids, vector } of golden.texts) {
    const reading = await engine.read(text)
    expect(reading.ids, text).toEqual(input_ids)
    const worst = vector.reduce((w, v, i) => Math.max(w, Math.abs(v - reading.vector![i]!)), 0)
    expect(worst, text).toBeLessThan(2e-6)
  }
  engine.dispose()
})
