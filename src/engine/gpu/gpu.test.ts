// The device layer's plain parts: grids, parameters, what is read out of WGSL, and errors.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EngineError } from '../errors.ts'
import { noGpuReason, nullGpu } from '../testing/gpu.ts'
import { openDevice } from './device.ts'
import { bindByName, foldGrid, kernelKey, KernelCache, packParams } from './kernel.ts'
import { reflect } from './reflect.ts'
import { selfCheckKey } from './key.ts'
import { directivesFirst, shaderSource } from './shaders.ts'

describe('foldGrid', () => {
  it('covers every index once, within limits, with little to spare', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (n) => {
        const [x, y, z] = foldGrid(n)
        expect(z).toBe(1)
        expect(Math.max(x, y)).toBeLessThanOrEqual(65535)
        expect(x * y).toBeGreaterThanOrEqual(n)
        expect(x * y - n).toBeLessThan(Math.max(y, 1))
      }),
    )
    expect(foldGrid(65535)).toEqual([65535, 1, 1])
    expect(foldGrid(65536)).toEqual([32768, 2, 1])
  })
})

describe('reflect', () => {
  it('reads bindings, params, overrides and sizes', () => {
    const { bindings, params, overrides, workgroupBytes, workgroupSize } = reflect(`
      // @group(0) @binding(9) var<storage, read> commented: array<f32>;
      struct Step { T: u32, pos: u32 }
      struct Params { D: u32, eps: f32,
        shift: i32 }
      const tile: u32 = 64u;
      const half = tile / 2u;
      override lanes: u32 = 16u;
      override free: u32;
      @group(0) @binding(0) var<storage, read> x: array<vec4f>;   // (T, D)
      @group(0) @binding(1) var<storage, read_write> y: array<f32>;
      @group(0) @binding(2) var<uniform> params: Params;
      var<workgroup> a: array<vec4f, tile * 8>;
      var<workgroup> b: array<array<f32, 3>, lanes + 1>;
      var<workgroup> c: u32;
      @compute @workgroup_size(lanes, 2)
      fn main() {}`)
    expect(bindings).toEqual([
      { group: 0, binding: 0, name: 'x', kind: 'storage-read', type: 'array<vec4f>' },
      { group: 0, binding: 1, name: 'y', kind: 'storage-rw', type: 'array<f32>' },
      { group: 0, binding: 2, name: 'params', kind: 'uniform', type: 'Params' },
    ])
    expect(params).toEqual([
      { name: 'D', type: 'u32', offset: 0 },
      { name: 'eps', type: 'f32', offset: 4 },
      { name: 'shift', type: 'i32', offset: 8 },
    ])
    expect(overrides).toEqual({ lanes: 16, free: null })
    expect(workgroupSize()).toBe(32)
    expect(workgroupSize({ lanes: 4 })).toBe(8)
    expect(workgroupBytes()).toBe(64 * 8 * 16 + Math.ceil((17 * 12) / 16) * 16 + 16)
    expect(workgroupBytes({ lanes: 3 })).toBe(64 * 8 * 16 + 48 + 16)
  })
})

describe('shaderSource', () => {
  it('puts each snippet in once, the weight by its format', () => {
    const text = shaderSource('matmul-any', 'q4_1')
    expect(text).not.toMatch(/^#include/m)
    expect(text.match(/^struct Step/gm)).toHaveLength(1)
    expect(text).toContain('ggml Q4_1')
    expect(() => shaderSource('matmul-any')).toThrow(/storage format/)
    expect(() => shaderSource('nothing')).toThrow(/no shader "shaders\/nothing\.wgsl"/)
  })

  it('has directives first, each once, wherever they stood', () => {
    const text = '// one\nenable f16;\nvar a: f16;\nenable subgroups; // wide\nenable f16;\nconst b = 1; // enable c;\n'
    expect(directivesFirst(text)).toBe(
      'enable f16;\nenable subgroups; // wide\n// one\nvar a: f16;\nconst b = 1; // enable c;\n',
    )
    expect(directivesFirst('const b = 1;\n')).toBe('const b = 1;\n')
  })
})

describe('packParams', () => {
  const reflection = reflect('struct Params { a: u32, b: f32, c: i32 }')
  it('places fields by name', () => {
    const buffer = packParams(reflection, { c: -2, b: 0.5, a: 7, more: 1 })
    expect(buffer.byteLength).toBe(16)
    expect([new Uint32Array(buffer)[0], new Float32Array(buffer)[1], new Int32Array(buffer)[2]]).toEqual([7, 0.5, -2])
  })
  it('throws on a missing one, naming it and the step', () => {
    expect(() => packParams(reflection, { a: 1, b: 2 }, 'blocks.0.mlp.up')).toThrow(
      /"blocks\.0\.mlp\.up" lacks the parameter "c"/,
    )
  })
})

const code = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => (error as EngineError).code,
  )

describe('openDevice', () => {
  const limits = {
    maxStorageBuffersPerShaderStage: 8,
    maxComputeWorkgroupStorageSize: 16384,
    maxComputeInvocationsPerWorkgroup: 256,
    maxComputeWorkgroupsPerDimension: 65535,
  }
  const gpuWith = (adapter: unknown): GPU => ({ requestAdapter: () => Promise.resolve(adapter) }) as unknown as GPU

  it('says what is missing', async () => {
    expect(await code(openDevice(undefined))).toBe('NO_WEBGPU')
    Object.assign(globalThis, { isSecureContext: false })
    expect(await code(openDevice(undefined))).toBe('INSECURE_CONTEXT')
    Reflect.deleteProperty(globalThis, 'isSecureContext')
    expect(await code(openDevice(gpuWith(null)))).toBe('NO_ADAPTER')
    const small = gpuWith({
      info: { vendor: 'old', description: '' },
      limits: { ...limits, maxComputeInvocationsPerWorkgroup: 128 },
      features: new Set(),
    })
    await expect(openDevice(small)).rejects.toMatchObject({
      code: 'LIMIT_TOO_SMALL',
      facts: { limit: 'maxComputeInvocationsPerWorkgroup', need: 256, has: 128 },
    })
    expect(await code(openDevice(gpuWith(null), { signal: AbortSignal.abort() }))).toBe('ABORTED')
  })
})

const gpu = await nullGpu()
if (!gpu) console.warn(`UNRUN: compiling kernels: ${noGpuReason}`)

describe.skipIf(!gpu)('a device', () => {
  it('has what its adapter has, but for what is forced', async () => {
    const whole = await openDevice(gpu!)
    expect(whole.features).toEqual({ subgroups: { min: 4, max: 128 }, f16: true, dot4: true })
    expect([...whole.gpu.features]).toEqual(expect.arrayContaining(['subgroups', 'shader-f16']))
    expect(whole.facts).toMatchObject({ kernels: whole.features, forced: [] })
    const kind = whole.facts.kind === 'gpu' ? 'software' : 'gpu'
    const forced = await openDevice(gpu!, { force: `f32, nosubgroups,nodot4,class=${kind},limits=default` })
    expect(forced.features).toEqual({ subgroups: null, f16: false, dot4: false })
    expect(['subgroups', 'shader-f16'].filter((name) => forced.gpu.features.has(name))).toEqual([])
    expect(forced.facts).toMatchObject({ kind, kernels: forced.features })
    expect(forced.facts.forced).toEqual(['f32', 'nosubgroups', 'nodot4', `class=${kind}`, 'limits=default'])
    expect(forced.gpu.limits.maxStorageBufferBindingSize).toBe(2 ** 27)
    expect(selfCheckKey(forced.facts)).not.toBe(selfCheckKey({ ...forced.facts, kernels: whole.features }))
    for (const { dispose } of [whole, forced]) dispose()
  })
})

describe.skipIf(!gpu)('KernelCache', () => {
  it('compiles once, names what it compiled, and quotes the line of an error', async () => {
    const device = await openDevice(gpu!)
    const kernels = new KernelCache(device)
    const first = kernels.compile('matmul-lanes', 'nf4', { lanes: 8 })
    expect(kernels.compile('matmul-lanes', 'nf4', { lanes: 8 })).toBe(first)
    expect((await first).label).toBe('matmul-lanes.nf4[lanes=8]')
    expect(kernelKey('add', null)).toBe('add')
    expect(() =>
      bindByName(
        device,
        {
          label: 'k',
          pipeline: null!,
          layout: null!,
          reflection: reflect('@group(0) @binding(0) var<uniform> params: Params;'),
        },
        {},
      ),
    ).toThrow(/needs a buffer named "params"/)

    const broken = new KernelCache(device, (name, format) =>
      shaderSource(name, format).replace('params.by * delta[i];', 'params.by * dleta[i];'),
    )
    await expect(broken.compile('add', null)).rejects.toMatchObject({
      code: 'KERNEL_FAILED',
      message: expect.stringContaining('x[i] += params.by * dleta[i];') as string,
      facts: { kernel: 'add' },
    })
    const huge = new KernelCache(device, (name, format) =>
      shaderSource(name, format).replace('const threads: u32 = 64u', 'const threads: u32 = 8192u'),
    )
    expect(await code(huge.compile('rmsnorm', null))).toBe('KERNEL_FAILED')
    expect(device.errors).toEqual([])
    device.dispose()
  })
})
