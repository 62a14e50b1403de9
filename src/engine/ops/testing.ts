// Which cases of an op a variant of it answers on a device: for the tests that run kernels.

import type { Device } from '../gpu/device.ts'
import { contextOf } from '../gpu/selftest.ts'
import { storageFormats, type StorageFormat } from '../quants/weight.ts'
import { fitsFormat } from './inputs.ts'
import type { Case, Op, Variant } from './op.ts'

type Kind = Device['facts']['kind']

/** The kind of adapter for which the variant would run this case, if any. */
export const kindFor = (device: Device, variant: Variant, { params, step }: Case, format: StorageFormat | null) =>
  (['software', 'gpu'] as const).find(
    (kind) => variant.fits(contextOf(device, params, format, kind)) && variant.accepts(step, params),
  )

export const formatsOf = (op: Op): (StorageFormat | null)[] => (op.args['weight'] ? [...storageFormats] : [null])

/** The cases that it answers with weights in this format, and as what kind of adapter. */
export const casesFor = (
  device: Device,
  op: Op,
  variant: Variant,
  format: StorageFormat | null,
): { given: Case; kind: Kind }[] =>
  op.cases.flatMap((given) => {
    const kind = kindFor(device, variant, given, format)
    const sound = (!given.format || given.format === format) && (!format || fitsFormat(format, given.weight!.cols))
    return kind && sound ? [{ given, kind }] : []
  })
