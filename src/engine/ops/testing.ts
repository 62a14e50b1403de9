// Which cases of an op a variant of it answers on a device: for the tests that run kernels.

import { noFeatures, type DeviceFeatures } from '../device-features.ts'
import type { Device } from '../gpu/device.ts'
import { contextOf } from '../gpu/selftest.ts'
import { shaderFiles } from '../gpu/shader-files.ts'
import { shaderText } from '../gpu/shaders.ts'
import { quantOf, storageFormats, type StorageFormat } from '../quants/weight.ts'
import { ops } from './index.ts'
import { fitsFormat } from './inputs.ts'
import type { Case, Op, Variant } from './op.ts'

/** Sets of features that devices have: none, all of them with subgroups of each size, and each alone. */
export const featureSets: DeviceFeatures[] = [
  noFeatures,
  ...[4, 8, 16, 32, 64, 128].map((size) => ({ subgroups: { min: size, max: size }, f16: true, dot4: true })),
  { subgroups: { min: 4, max: 128 }, f16: true, dot4: true },
  { ...noFeatures, subgroups: { min: 8, max: 32 } },
  { ...noFeatures, f16: true },
  { ...noFeatures, dot4: true },
]

type Kind = Device['facts']['kind']

/** The kind of adapter for which the variant would run this case, if any: with the device's features, or with none. */
export const kindFor = (device: Device, variant: Variant, { params, step }: Case, format: StorageFormat | null) =>
  (['software', 'gpu'] as const).find((kind) =>
    [device, { ...device, features: noFeatures }].some(
      (one) => variant.fits(contextOf(one, params, format, kind)) && variant.accepts(step, params),
    ),
  )

/**
 * The formats that an op's kernels are tested in: of those that files store in blocks every third, in turn, where another
 * op includes the same snippets for all of them. A model's own kernels are checked in its own formats when it is loaded.
 */
export function formatsOf(op: Op): (StorageFormat | null)[] {
  if (!op.args['weight']) return [null]
  const turn = Object.keys(ops).indexOf(op.name)
  if (fused.has(op.name)) return storageFormats.filter((format) => fusedFormats.has(format))
  return storageFormats.filter(
    (format, i) => everyFormat.has(op.name) || !quantOf(format).stored || (i + turn) % 3 === 0,
  )
}
/** Their kernels are matmul's with other ends: formats are matmul's own tests, here it is one of each way of coding. */
export const fused: ReadonlySet<string> = new Set([
  'project-heads',
  'project-normed-heads',
  'matmul-act',
  'norm-matmul',
  'expert-matmul',
  'recurrent-cell',
  'recurrent-cell-back',
])
const fusedFormats: ReadonlySet<string> = new Set(['f32', 'nf4', 'q4_1'])
/** All that snippets offer, one weight at a time and 8 or 32 together. */
export const everyFormat: ReadonlySet<string> = new Set(['matmul', 'gather'])

/** Every format in every kernel: GLASSBOX_FULL=1. Without it those whose reading is another's take formats in turn. */
const full = Boolean(process.env['GLASSBOX_FULL'])
/**
 * matmul-tokens takes longest to compile of all, and reads eight weights at a time as matmul-rows does: it has a few formats of
 * each way of coding, and those with a scale for every column, for which devices choose it.
 */
const inTurn = (variant: Variant, format: StorageFormat): boolean =>
  variant.name !== 'matmul-tokens' ||
  thorough.has(format) ||
  !!quantOf(format).ordered ||
  ['f16', 'q4_0', 'q4_k', 'iq4_xs'].includes(format)
/**
 * Ends beside the same dot products: norm-matmul has each variant in each of the fused formats, of these a variant has one, not
 * the same one as its neighbour, of those that answer most of the cases.
 */
const inOneFormat: readonly string[] = ['project-heads', 'project-normed-heads', 'matmul-act']

/** They compile slowest, and read `blocks` as matmul-tile does, or eights as matmul-quads does. */
const readsLike: ReadonlySet<string> = new Set(['matmul-lanes-few', 'matmul-spread4'])

/**
 * Those in which a variant is tested on a device, and answers a case: all of them where it reads a format by `weights` or
 * `blocks`. Kernels that read them through lib/eights or lib/words have the same snippet under another name, but for the formats
 * that have a form of their own: those, and a few of the others. Two, where a later variant runs the same shader with other
 * overrides, or `x` where it runs `x-few`. So all formats are run: `weights` one at a time by matmul-any and gather and eight at a
 * time by matmul-rows, `blocks` by matmul-tile, eights by matmul-quads; a few of them by those that read as these do.
 */
export function formatsFor(op: Op, variant: Variant, device: Device): (StorageFormat | null)[] {
  const countOf = (format: StorageFormat | null): number => casesFor(device, op, variant, format).length
  const answered = allFor(op, variant, device.features).filter((format) => countOf(format) > 0)
  if (full) return answered
  const turn = inOneFormat.indexOf(op.name)
  if (turn < 0) return answered.filter((format) => format === null || inTurn(variant, format))
  const most = Math.max(...answered.map(countOf))
  const able = answered.filter((format) => countOf(format) === most)
  return able.length ? [able[(turn + op.variants.indexOf(variant)) % able.length]!] : []
}

function allFor(op: Op, variant: Variant, features: DeviceFeatures): (StorageFormat | null)[] {
  const { params } = op.cases[0]!
  const limits = { maxComputeWorkgroupStorageSize: 16384, maxComputeInvocationsPerWorkgroup: 256 }
  const shaderOf = ({ passes }: Variant): string =>
    passes({ params, format: op.args['weight'] ? 'f32' : null, kind: 'gpu', features, limits }).at(-1)!.shader
  const shader = shaderOf(variant)
  const later = op.variants.slice(op.variants.indexOf(variant) + 1)
  if (op.args['weight'] && later.some((other) => shader.startsWith(shaderOf(other)))) {
    return formatsOf(op).filter((format) => format === 'nf4' || format === 'q4_1')
  }
  const form = /^#include (eights|words)$/m.exec(shaderText(shader))?.[1]
  const isLike = readsLike.has(variant.name)
  if (!form && !isLike) return formatsOf(op)
  return formatsOf(op).filter(
    (format, i) => thorough.has(format!) || i % 5 === 0 || (!isLike && shaderFiles.has(`quants/${format}-${form}`)),
  )
}

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

/** Does it run on devices with other features than this one? Then this one cannot test it. */
export const fitsElsewhere = (device: Device, op: Op, variant: Variant): boolean =>
  featureSets.some((features) =>
    formatsOf(op).some((format) => casesFor({ ...device, features }, op, variant, format).length > 0),
  )

/** Formats in which every case runs: one of each coding, with and without offsets, blocks along the row and the matrix. */
const thorough: ReadonlySet<string> = new Set(['f32', 'nf4', 'q4_1', 'q8_0', 'i8'])

/**
 * Of a variant's cases those that a test of all can afford. Of a weight's all in a few formats, in each of the others a third;
 * of an op's with many ways to mask and store (attention), whose every case is a kernel to compile, all in the plain
 * variant and every second one in the others. Not the same ones: every case meets several formats or variants, and each of
 * these several cases.
 */
export function affordable<C>(
  op: Op,
  variant: Variant,
  cases: readonly C[],
  format: StorageFormat | null,
): readonly C[] {
  if (full || (format !== null && thorough.has(format))) return cases
  if (format !== null) {
    const turn = storageFormats.indexOf(format)
    return cases.filter((_, i) => cases.length <= 3 || (i + turn) % 3 === 0)
  }
  const turn = op.variants.indexOf(variant)
  return cases.filter((_, i) => cases.length <= 16 || variant.name === `${op.name}-any` || (i + turn) % 2 === 0)
}
