// Every site of every golden's Plan, by its own name: one that has a side is read, and is what the run computed there,
// whatever kind of model it stands in; one that has none is refused by name. On the CPU references.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { folderFiles } from '../formats/testing.ts'
import type { CpuRuntime } from '../runtime/cpu.ts'
import { goldens } from '../testing/goldens.ts'
import { siteValues } from '../testing/sites.ts'
import { runOf } from './testing.ts'

/** not the same network again out of another file, nor a text longer than the run's context */
const plain = goldens.filter((name) => !/gguf|_f16|sharded|_nf4|chatglm-6b_odd/.test(name))

function idsOf(name: string): number[] {
  const { inputs } = JSON.parse(readFileSync(`fixtures/golden/${name}/golden.json`, 'utf8')) as {
    inputs: { input_ids: number[][] }
  }
  return inputs.input_ids[0]!.slice(0, 12)
}

test.each(plain)('%s', async (name) => {
  const ids = idsOf(name),
    last = ids.length - 1
  const files = folderFiles(`fixtures/golden/${name}`)
  const encodes = /^t5(?!_encoder)/.test(name)
  const { glass, runtime } = await runOf(name, files, ids, { device: 'reference' }, encodes ? ids : [])
  await glass.read()
  const run = await siteValues(runtime as CpuRuntime, ids)
  const { sites } = await glass.plan()
  for (const [site, { side, width }] of Object.entries(sites)) {
    const asked = glass.probe({ site, position: last })
    if (side === null) {
      await expect(asked, site).rejects.toMatchObject({ code: site === 'logits' ? 'VIEW_ABSENT' : 'PARAM_INVALID' })
      continue
    }
    const { values } = await asked
    const rows = run.get(site)!,
      want = rows.subarray(rows.length - width)
    expect(values.length, site).toBe(width)
    const peak = want.reduce((m, v) => Math.max(m, Math.abs(v)), 1e-3)
    const worst = want.reduce((w, v, i) => Math.max(w, Math.abs(v - values[i]!)), 0)
    expect(worst / peak, site).toBeLessThan(2e-5)
  }
})
