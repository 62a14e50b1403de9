import { describe, expect, it } from 'vitest'
import { openDevice } from '../gpu/device.ts'
import { KernelCache } from '../gpu/kernel.ts'
import { checkCase, contextOf } from '../gpu/selftest.ts'
import { storageFormats, type StorageFormat } from '../tensor/format.ts'
import { nodeGpu, noGpuReason } from '../testing/gpu.ts'
import { fitsFormat } from './inputs.ts'
import { ops } from './index.ts'

const gpu = await nodeGpu()
if (!gpu) console.warn(`UNRUN: kernels against references: ${noGpuReason}`)

describe.skipIf(!gpu)('kernels against references', async () => {
  const device = await openDevice(gpu!)
  const kernels = new KernelCache(device)
  for (const op of Object.values(ops)) {
    for (const variant of op.variants) {
      const formats: (StorageFormat | null)[] = op.args['weight'] ? [...storageFormats] : [null]
      for (const format of formats) {
        it(`${op.name} · ${variant.name}${format ? ` · ${format}` : ''}`, async () => {
          for (const given of op.cases) {
            if (given.format && given.format !== format) continue
            if (format && !fitsFormat(format, given.weight!.cols)) continue
            if (!variant.accepts(given.step, given.params)) continue
            const kind = (['software', 'gpu'] as const).find((one) => variant.fits(contextOf(device, given.params, format, one)))
            if (!kind) continue
            const { worst, limit, tensor } = await checkCase(device, kernels, op, variant, given, format, kind)
            expect(worst, `${given.name ?? 'first case'}: ${tensor}`).toBeLessThanOrEqual(limit)
          }
          expect(device.errors).toEqual([])
        })
      }
    }
  }
})
