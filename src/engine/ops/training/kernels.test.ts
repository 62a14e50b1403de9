// Every op of training, variant, storage format and case on a software GPU against the plain references.

import { describe, expect, it } from 'vitest'
import { openDevice } from '../../gpu/device.ts'
import { KernelCache } from '../../gpu/kernel.ts'
import { checkCase } from '../../gpu/selftest.ts'
import { casesFor, formatsFor } from '../testing.ts'
import { nodeGpu, noGpuReason } from '../../testing/gpu.ts'
import '../../train/shaders.ts'
import { trainingOps } from './index.ts'

const gpu = await nodeGpu()
if (!gpu) console.warn(`UNRUN: kernels of training against references: ${noGpuReason}`)
const device = gpu && (await openDevice(gpu, { force: 'limits=default' }))
const kernels = device && new KernelCache(device)

describe.skipIf(!gpu)('kernels of training against references, default limits', () => {
  for (const op of trainingOps) {
    for (const variant of op.variants) {
      for (const format of device ? formatsFor(op, variant, device) : []) {
        const cases = casesFor(device!, op, variant, format)
        it(`${op.name} · ${variant.name}${format ? ` · ${format}` : ''} · ${cases.length} cases`, async () => {
          for (const { given, kind } of cases) {
            const { worst, limit, tensor } = await checkCase(device!, kernels!, op, variant, given, format, kind)
            expect(worst, `${given.name ?? 'first case'}: ${tensor}`).toBeLessThanOrEqual(limit)
          }
          expect(device!.errors).toEqual([])
        })
      }
    }
  }
})
