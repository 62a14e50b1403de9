// What is seen while a model learns is what a fresh load of the same adapter shows: how far each matrix moved, and where the heads look.

import { expect, test } from 'vitest'
import { bytesSource } from '../engine/formats/bytes.ts'
import { loadEngine, newAdapter } from '../engine/index.ts'
import { diskModel } from '../engine/testing/disk.ts'
import { onProcessor } from '../engine/testing/machines.ts'
import { looker, type LookEvent } from './looks.ts'

test('seen between two updates, and in a model that was taught unseen', async () => {
  const storyteller = diskModel('public/models/storyteller')
  const open = (files: Awaited<ReturnType<typeof newAdapter>>) =>
    loadEngine(storyteller, { ...onProcessor, context: 64, adapters: [{ name: 'home', files }] })
  const engine = await open(await newAdapter(storyteller, { seed: 1, rank: 4 }))
  const rows = [{ prompt: 'Where was Zoe?', completion: 'Zoe was in the castle.' }]
  const { ids, isTarget, texts } = await engine.trainingRow(rows[0]!)
  expect(texts.filter((_, i) => isTarget[i]).join('')).toMatch(/^Zoe was in the castle\.<\|?\w+\|?>$/)
  const look = looker(engine, 'home', ids)
  const looks: LookEvent[] = []
  for await (const event of engine.train({ adapter: 'home', rows, batch: 1, steps: 1 })) {
    if (event.type === 'begin') looks.push(await look(0))
    if (event.type === 'step' && event.step === 1) looks.push(await look(1))
  }
  engine.dispose()
  const [before, after] = looks as [LookEvent, LookEvent]
  expect(before.moved.length).toBe(after.moved.length)
  expect(before.moved.every(({ delta }) => delta === 0)).toBe(true)
  expect(before.frame!.cells).not.toEqual(after.frame!.cells)

  const again = await open(await newAdapter(storyteller, { seed: 1, rank: 4 }))
  for await (const event of again.train({ adapter: 'home', rows, batch: 1, steps: 1 })) void event
  const saved = await again.saveAdapter('home')
  again.dispose()
  const other = await open(new Map(Object.entries(saved).map(([name, bytes]) => [name, bytesSource(name, bytes)])))
  for await (const event of other.generate({ ids: [...ids] }, { maxTokens: 1 })) void event
  const glass = await other.glass()
  const [norms] = await glass.adapterNorms()
  const measured = new Map(norms!.modules.map(({ layer, name, delta }) => [`${layer} ${name}`, delta!]))
  expect(after.moved.length).toBe(measured.size)
  for (const { layer, name, delta, base } of after.moved) {
    expect(Math.abs(delta / measured.get(`${layer} ${name}`)! - 1)).toBeLessThan(1e-5)
    expect(base).toBeGreaterThan(delta)
  }
  const { layers, heads, cells } = after.frame!
  const n = ids.length
  let worst = 0
  for (let layer = 0; layer < layers; layer++) {
    const own = Array.from({ length: heads }, (_, i) => i)
    const { values } = await glass.attention({ layer, heads: own, rows: [0, n], cols: [0, n], maxRows: n, maxCols: n })
    const from = layer * heads * n * n
    values.forEach((p, i) => {
      if (!Number.isNaN(p)) worst = Math.max(worst, Math.abs(p - cells[from + i]! / 255))
    })
  }
  expect(worst).toBeLessThan(0.6 / 255)
  other.dispose()
})
