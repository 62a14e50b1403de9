// Every variant once on a second driver: Mesa's lavapipe, where there is one that is new enough (CONTRIBUTING says where
// it is looked for). Another compiler shows what the first one forgives: a missing barrier, an index out of bounds, a sum
// whose order was taken for granted; and it has f16, subgroups of 8 and dot products, which the first one lacks or has
// otherwise. All cases in all formats run on the first driver (kernels.test.ts).

import { expect, test } from 'vitest'
import { featuresText } from '../device-features.ts'
import { openDevice } from '../gpu/device.ts'
import { KernelCache } from '../gpu/kernel.ts'
import { patience } from '../gpu/lost.ts'
import { checkCase, contextOf } from '../gpu/selftest.ts'
import { readsWeight, shaderSource } from '../gpu/shaders.ts'
import type { StorageFormat } from '../quants/weight.ts'
import { lavapipe, nodeGpu, noGpuReason } from '../testing/gpu.ts'
import { ops } from './index.ts'
import type { Op, Variant } from './op.ts'
import { casesFor, everyFormat, fitsElsewhere, formatsOf } from './testing.ts'

const manifest = lavapipe()
const gpu = manifest === null ? null : await nodeGpu(manifest)
const device = gpu && (await openDevice(gpu, { force: 'limits=default' }))
const kernels = device && new KernelCache(device)
console.warn(
  device
    ? `driver: ${device.facts.description}: ${featuresText(device.features)}`
    : `UNRUN: kernels on a second driver: ${noGpuReason}`,
)
// it compiles with LLVM: an unrolled kernel takes seconds, and minutes on a busy machine
Object.assign(patience, { compile: 600, software: 600 })

/** Does it need what the first driver may lack? Then all its cases run here. */
const special = (op: Op, variant: Variant): boolean => {
  const { params } = op.cases[0]!
  const format = formatsOf(op).find((one) => casesFor(device!, op, variant, one).length > 0) ?? null
  return variant
    .passes(contextOf(device!, params, format, 'gpu'))
    .some(({ shader }) => /^(enable|requires) /m.test(shaderSource(shader, readsWeight(shader) ? format : null)))
}

/** One format, two where all cases run; in each what has snippets of its own, and the last of an op that asks every snippet. */
const formatsOnce = (op: Op, variant: Variant): (StorageFormat | null)[] => {
  const answered = formatsOf(op).filter((format) => casesFor(device!, op, variant, format).length)
  if (answered.length === 0) return []
  if (variant.rounds || (variant === op.variants.at(-1) && everyFormat.has(op.name))) return answered
  const some: (StorageFormat | null)[] = special(op, variant) ? [null, 'nf4', 'q4_1'] : [null, 'nf4']
  // tables in workgroup memory take it half a minute
  if (variant.name.includes('shuffle')) some.splice(1, 1)
  const found = answered.filter((format) => some.includes(format))
  return found.length ? found : answered.slice(0, 1)
}

if (!device) test('kernels on a second driver', ({ skip }) => skip(`UNRUN: ${noGpuReason}`))
else {
  for (const op of Object.values(ops)) {
    for (const variant of op.variants) {
      test(`${op.name} · ${variant.name}`, { timeout: 600_000 }, async ({ skip }) => {
        const formats = formatsOnce(op, variant)
        if (formats.length === 0 && fitsElsewhere(device, op, variant)) {
          return skip(`UNRUN: this driver has only ${featuresText(device.features)}`)
        }
        expect(formats).not.toEqual([])
        for (const format of formats) {
          const cases = casesFor(device, op, variant, format)
          for (const { given, kind } of special(op, variant) ? cases : cases.slice(0, 1)) {
            const { worst, limit, tensor } = await checkCase(device, kernels!, op, variant, given, format, kind)
            expect(worst, `${given.name ?? 'first case'}, ${format}: ${tensor}`).toBeLessThanOrEqual(limit)
          }
        }
        expect(device.errors).toEqual([])
      })
    }
  }
}
