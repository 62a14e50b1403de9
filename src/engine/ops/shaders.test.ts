// Every shader in every format passes WebGPU's own validation under default limits, keeps to the
// limits by our own count, and asks for nothing that its op does not give. Needs no GPU.

import { describe, expect, it } from 'vitest'
import type { DeviceFeatures } from '../device-features.ts'
import { openDevice } from '../gpu/device.ts'
import { kernelKey, KernelCache } from '../gpu/kernel.ts'
import { reflect, type BindingKind } from '../gpu/reflect.ts'
import { readsWeight, shaderNames, shaderSource, shaderText } from '../gpu/shaders.ts'
import { storageFormats, type StorageFormat } from '../quants/weight.ts'
import { iq4Codes } from '../quants/iq4-book.ts'
import { nf4Codes } from '../quants/nf4-book.ts'
import { noGpuReason, nullGpu } from '../testing/gpu.ts'
import { ops } from './index.ts'
import { lanesFor } from './matmul/layout.ts'
import type { Op } from './op.ts'
import { featureSets } from './testing.ts'

const limits = { maxComputeWorkgroupStorageSize: 16384, maxComputeInvocationsPerWorkgroup: 256 }
/** Every launch that some case of some op makes on some device. */
const everywhere = Object.values(ops).flatMap((op) =>
  op.variants.flatMap((variant) =>
    op.cases.flatMap(({ params }) =>
      featureSets.flatMap((features) =>
        (['gpu', 'software'] as const).flatMap((kind) =>
          (op.args['weight'] ? storageFormats : [null]).flatMap((format) => {
            const context = { params, format, kind, features, limits }
            return variant.fits(context)
              ? variant.passes(context).map((pass) => ({ op, variant, format, params, features, ...pass }))
              : []
          }),
        ),
      ),
    ),
  ),
)

/** Those that differ in more than the device. */
const launches = [
  ...new Map(
    everywhere.map((one) => [
      [
        one.variant.name,
        kernelKey(one.shader, one.format, one.overrides, one.parts),
        JSON.stringify(one.params),
      ].join(),
      one,
    ]),
  ).values(),
]

/** Does the op bind something of that name, to be read or written as the shader does? */
function gives({ args }: Op, name: string, kind: BindingKind): boolean {
  if (kind === 'uniform') return name === 'params' || name === 'step'
  if (name === 'codes' || name === 'scales') return args['weight'] !== undefined
  if (name === 'vectors') return Object.values(args).includes('vector')
  const reads = args[name] === 'read' || args[name] === 'ids'
  return name === 'scratch' || kind === (reads ? 'storage-read' : 'storage-rw')
}

describe('shaders', () => {
  it.each(shaderNames)('%s is launched, keeps to default limits, and names only what its op gives', (shader) => {
    const own = launches.filter((launch) => launch.shader === shader)
    expect(own.length, 'launches').toBeGreaterThan(0)
    // some read only a few formats
    const formats = readsWeight(shader) ? [...new Set(own.map(({ format }) => format))] : [null]
    // thousands of launches: they are looked through, and said once
    let [bytes, size] = [0, 0]
    const unknown = new Set<string>(),
      wrong = new Set<string>()
    const sets = new Map(own.map(({ parts = {} }) => [JSON.stringify(parts), parts]))
    for (const [format, parts] of formats.flatMap((f) => [...sets.values()].map((p) => [f, p] as const))) {
      const { bindings, params, workgroupBytes, workgroupSize } = reflect(shaderSource(shader, format, parts))
      expect(bindings.filter(({ kind }) => kind !== 'uniform').length).toBeLessThanOrEqual(8)
      expect(new Set(bindings.map(({ binding }) => binding)).size).toBe(bindings.length)
      for (const { op, params: given, overrides } of own.filter(
        (one) => (format === null || one.format === format) && sets.get(JSON.stringify(one.parts ?? {})) === parts,
      )) {
        bytes = Math.max(bytes, workgroupBytes(overrides))
        size = Math.max(size, workgroupSize(overrides))
        for (const { name } of params) {
          if (given[name] === undefined && op.args[name.replace(/At$/, '')] !== 'vector') unknown.add(name)
        }
        for (const { name, kind } of bindings) if (!gives(op, name, kind)) wrong.add(`${op.name}: ${name} ${kind}`)
      }
    }
    expect(bytes).toBeLessThanOrEqual(16384)
    expect(size).toBeLessThanOrEqual(256)
    expect([...unknown], 'params no case has').toEqual([])
    expect([...wrong], 'bindings that the op does not give').toEqual([])
    const text = shaderText(shader)
    expect(text, 'unfolds its grid').toContain('gridIndex(wid, num)')
    for (const line of text.match(/^@group.*var<storage.*$/gm) ?? []) {
      expect(line, 'a shape on every buffer').toMatch(/\/\/ \(|\/\/ .*\(/)
    }
  })

  it.each([
    ['nf4-book', nf4Codes],
    ['iq4-book', iq4Codes],
  ])('the WGSL code book %s holds the bits of the TypeScript one', (name, codes) => {
    const numbers = /array<f32, 16>\(([^)]*)\)/
      .exec(shaderText(`quants/${name}`))![1]!
      .split(',')
      .filter((word) => word.trim())
      .map(Number)
    expect(Float32Array.from(numbers)).toEqual(codes)
  })

  it('enable only what their variants ask of a device', () => {
    const enabled = new Map<string, readonly string[]>()
    const enables = (shader: string, format: StorageFormat | null, parts = {}): readonly string[] => {
      const key = kernelKey(shader, format, {}, parts)
      if (!enabled.has(key)) {
        const text = shaderSource(shader, readsWeight(shader) ? format : null, parts)
        const wanted = [...text.matchAll(/^enable ([^;]+);/gm)].flatMap(([, names]) => names!.split(/\s*,\s*/))
        enabled.set(key, [...wanted, ...(/\bdot4[IU]8Packed\b/.test(text) ? ['dot4'] : [])])
      }
      return enabled.get(key)!
    }
    const wrong = everywhere.flatMap(({ variant, shader, format, parts, features }) =>
      enables(shader, format, parts)
        .filter((name) => !features[name as keyof DeviceFeatures])
        .map((name) => `${variant.name} fits devices without ${name}`),
    )
    expect([...new Set(wrong)]).toEqual([])
  })

  it('shares a row among as many lanes as keeps nine tenths of them busy', () => {
    expect([576, 896, 960, 1536, 2048, 4864, 8192, 32].map((K) => lanesFor(K))).toEqual([4, 4, 32, 16, 32, 32, 32, 4])
    expect([576, 960, 1536, 8192].map((K) => lanesFor(K, 4))).toEqual([4, 16, 16, 16])
  })
})

const gpu = await nullGpu()
if (!gpu) console.warn(`UNRUN: WebGPU's validation of the shaders: ${noGpuReason}`)

describe.skipIf(!gpu)('WebGPU accepts', () => {
  it('every shader in every format and with every override in use', async () => {
    const device = await openDevice(gpu!, { force: 'limits=default' })
    expect(device.gpu.limits.maxComputeWorkgroupStorageSize).toBe(16384)
    expect(device.features, 'has all that a kernel may enable').toEqual(featureSets.at(-4))
    const kernels = new KernelCache(device)
    const all = launches
      .filter(({ shader, format }) => format === null || readsWeight(shader))
      .map(({ shader, format, overrides, parts }) => ({ shader, format, overrides, parts }))
    const others = launches
      .filter(({ shader }) => !readsWeight(shader))
      .map(({ shader, overrides, parts }) => ({ shader, format: null, overrides, parts }))
    await Promise.all(
      [...all, ...others].map(({ shader, format, overrides, parts }) =>
        kernels.compile(shader, format, overrides, parts),
      ),
    )
    expect(device.errors).toEqual([])
    device.dispose()
  })
})
