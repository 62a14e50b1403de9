// Every op, variant, storage format and case on a software GPU against the plain references. Where kernels share how they read a
// format, two of different layout have them all, the others a fixed part (testing.ts); all of all with GLASSBOX_FULL=1.

import { describe, expect, it } from 'vitest'
import { featuresText } from '../device-features.ts'
import { openDevice } from '../gpu/device.ts'
import { KernelCache } from '../gpu/kernel.ts'
import { checkCase, contextOf, runOp, selfCheck, type SelfTest } from '../gpu/selftest.ts'
import { nodeGpu, noGpuReason } from '../testing/gpu.ts'
import { attention, shareVariant, splitVariant } from './attention.ts'
import { makeInputs, nmse } from './inputs.ts'
import { maskParams } from './mask.ts'
import { ops } from './index.ts'
import type { ReferenceArgs, Variant } from './op.ts'
import { affordable, casesFor, fitsElsewhere, formatsFor, formatsOf } from './testing.ts'

const gpu = await nodeGpu()
if (!gpu) console.warn(`UNRUN: kernels against references: ${noGpuReason}`)
// the smallest device that WebGPU allows; a second one with all that the adapter has is used below
const device = gpu && (await openDevice(gpu, { force: 'limits=default' }))
const kernels = device && new KernelCache(device)
if (device) console.warn(`driver: ${device.facts.description}`)

describe.skipIf(!gpu)('kernels against references, default limits', () => {
  for (const op of Object.values(ops)) {
    for (const variant of op.variants) {
      for (const format of device ? formatsFor(op, variant, device) : []) {
        const cases = affordable(op, variant, casesFor(device!, op, variant, format), format)
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

  it('every variant has a case', () => {
    const idle = Object.values(ops).flatMap((op) =>
      op.variants
        .filter((variant) => !formatsOf(op).some((format) => casesFor(device!, op, variant, format).length))
        .map((variant) => ({ name: variant.name, elsewhere: fitsElsewhere(device!, op, variant) })),
    )
    expect(idle.filter(({ elsewhere }) => !elsewhere)).toEqual([])
    if (idle.length) {
      const names = idle.map(({ name }) => name).join(', ')
      console.warn(`UNRUN: ${names}: this driver has only ${featuresText(device!.features)}`)
    }
  })
})

describe.skipIf(!gpu)('self-check', () => {
  it('accepts all that this adapter would use, with raised limits', async () => {
    const raised = await openDevice(gpu!)
    expect(raised.facts.kind).toBe('software')
    expect(raised.gpu.limits.maxStorageBufferBindingSize).toBeGreaterThan(
      device!.gpu.limits.maxStorageBufferBindingSize,
    )
    // of the ops that read weights one: fused ones are many kernels. All cases run above: here it is what more room lets in,
    // and of each op one more
    const some = Object.values(ops).filter((op) => !op.args['weight'] || op === ops['gather'])
    const tests: SelfTest[] = some.flatMap((op) =>
      op.variants
        .filter((variant, i) => i === 0 || casesFor(device!, op, variant, null).length === 0)
        .flatMap((variant) =>
          (op.args['weight'] ? (['nf4'] as const) : [null]).flatMap((format) => {
            const fitting = op.cases
              .map(({ params }) => params)
              .filter((params) => variant.fits(contextOf(raised, params, format)))
            // a case for each format of the cache
            const caches = new Map(fitting.map((params) => [params['cache'] ?? 0, params]))
            return [...caches.values()].map((params) => ({ op, variant, format, params }))
          }),
        ),
    )
    const seen: number[] = []
    const { rejected } = await selfCheck(raised, new KernelCache(raised), tests, (done) => seen.push(done))
    expect(rejected).toEqual([])
    expect(seen.at(-1)).toBe(tests.length)
    expect(raised.errors).toEqual([])
    raised.dispose()
    expect((await raised.lost).facts.reason).toBe('destroyed')
  })
})

describe.skipIf(!gpu)('attention agrees with itself', () => {
  const { H, K, d, C } = { H: 4, K: 2, d: 16, C: 700 }
  const params = { H, K, d, C, scale: 0.25, cap: 0, ...maskParams() }
  const inputs = (T: number, pos: number): ReferenceArgs =>
    makeInputs(
      attention,
      {
        params,
        step: { T, pos, row: 0, prefix: 0 },
        sizes: { q: T * H * d, kCache: K * C * d, vCache: K * C * d, bias: 1, z: T * H * d, lse: T * H },
      },
      null,
    )
  const named = (name: string): Variant => attention.variants.find((variant) => variant.name === name)!

  it.each([
    ['attention-split', splitVariant],
    ['attention-share', shareVariant],
  ])('however the keys are cut: %s', async (_, variant) => {
    const args = inputs(2, 640)
    const whole = await runOp(device!, kernels!, attention, variant(1), args, 'gpu')
    for (const splits of [3, 16]) {
      const cut = await runOp(device!, kernels!, attention, variant(splits), args, 'gpu')
      for (const name of ['z', 'lse']) {
        expect(nmse(cut[name]!, whole[name]!), `${splits} slices: ${name}`).toBeLessThan(1e-12)
      }
    }
  })

  it.each(['attention-any', 'attention-rows', 'attention-tile', 'attention-share'])(
    'however the chunk is cut: %s',
    async (name) => {
      const args = inputs(20, 10)
      const whole = await runOp(device!, kernels!, attention, named(name), args, 'gpu')
      for (const [first, T] of [
        [0, 12],
        [12, 8],
        [7, 1],
      ] as const) {
        const part: ReferenceArgs = {
          ...args,
          step: { T, pos: 10 + first, row: 0, prefix: 0 },
          tensors: {
            ...args.tensors,
            q: args.tensors['q']!.slice(first * H * d, (first + T) * H * d),
            z: new Float32Array(T * H * d),
            lse: new Float32Array(T * H),
          },
        }
        const cut = await runOp(device!, kernels!, attention, T > 4 ? named(name) : named('attention-any'), part, 'gpu')
        expect(nmse(cut['z']!, whole['z']!.subarray(first * H * d, (first + T) * H * d))).toBeLessThan(1e-12)
      }
    },
  )

  it.each(attention.variants.map(({ name }) => name))('exp(score - lse) sums to 1 and gives z: %s', async (name) => {
    const T = name === 'attention-tile' ? 7 : 3
    const args = inputs(T, 150)
    const { z, lse } = await runOp(device!, kernels!, attention, named(name), args, 'gpu')
    const { q, kCache, vCache } = args.tensors as Record<'q' | 'kCache' | 'vCache', Float32Array>
    const again = new Float32Array(z!.length)
    for (let i = 0; i < T * H; i++) {
      const at = Math.floor((i % H) / (H / K)) * C * d
      let total = 0
      const sums = new Float64Array(d)
      for (let j = 0; j <= 150 + Math.floor(i / H); j++) {
        let s = 0
        for (let c = 0; c < d; c++) s += q[i * d + c]! * kCache[at + j * d + c]!
        const p = Math.exp(s * 0.25 - lse![i]!)
        total += p
        for (let c = 0; c < d; c++) sums[c]! += p * vCache[at + j * d + c]!
      }
      expect(Math.abs(total - 1)).toBeLessThan(1e-5)
      again.set(sums, i * d)
    }
    expect(nmse(z!, again)).toBeLessThan(1e-10)
  })
})
