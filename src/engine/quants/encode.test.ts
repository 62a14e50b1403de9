import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { dequantize } from './weight.ts'
import { nf4Codes, nf4Midpoints } from './nf4-book.ts'
import type { Checkpoint } from '../formats/types.ts'
import { dynamicMap, nestedRoundTrip, torchMean } from './nf4-nested.ts'
import { Scratch } from '../formats/scratch.ts'
import { i8 } from './i8.ts'
import { nf4 } from './nf4.ts'
import { filesOf, gatherWeight, openModelFiles } from '../formats/testing.ts'
import { readVector } from '../formats/weights.ts'

const bits = (values: Float32Array): number[] => [...new Uint32Array(values.buffer, values.byteOffset, values.length)]

describe('NF4 as bitsandbytes quantizes', () => {
  let made: Checkpoint
  beforeAll(async () => {
    made = await openModelFiles(
      filesOf({
        'config.json': '{"model_type":"llama"}',
        'model.safetensors': readFileSync('fixtures/formats/bnb_quantize.safetensors'),
      }),
    )
  })
  const bytesAt = async (name: string): Promise<Uint8Array> => {
    const { source, begin, end } = made.tensors.get(name)!.data
    return await source.read(begin, end - begin)
  }

  it('has midpoints halfway between the codes', () => {
    expect(bits(nf4Midpoints)).toEqual(
      bits(Float32Array.from({ length: 15 }, (_, i) => Math.fround(nf4Codes[i]! + nf4Codes[i + 1]!) / 2)),
    )
  })

  it('has the same dynamic map', async () => {
    expect(bits(dynamicMap())).toEqual(bits(await readVector(made, 'map')))
  })

  it('takes means as torch does', () => {
    const means = JSON.parse(readFileSync('fixtures/formats/means.json', 'utf8')) as Record<string, number>
    for (const [n, mean] of Object.entries(means)) {
      const x = Float32Array.from(
        { length: Number(n) },
        (_, i) => 0.2 + 0.1 * (i * 0.6180339887498949 - Math.floor(i * 0.6180339887498949)),
      )
      expect([n, torchMean(x)]).toEqual([n, mean])
    }
  })

  const cases = [
    'odd',
    'one',
    'row63',
    'row65',
    'straddle',
    'zeros',
    'allzeros',
    'zerosshort',
    'thresholds',
    'tiny',
    'six',
    'seven',
    'nine',
    'wide',
    'half',
  ]
  for (const name of cases) {
    it(`case ${name}: codes and scales bit for bit, in chunks of any size`, async () => {
      const [rows, cols] = made.tensors.get(`${name}.input`)!.shape as [number, number]
      const codes = await bytesAt(`${name}.codes`)
      const restored = await readVector(made, `${name}.restored`)
      expect(bits(nestedRoundTrip(await readVector(made, `${name}.absmax`)))).toEqual(bits(restored))
      for (const chunkBytes of [2 ** 22, 1024, 1]) {
        const weight = await gatherWeight(made, [{ tensor: `${name}.input`, rows }], cols, 'nf4', { chunkBytes })
        expect(Buffer.compare(new Uint8Array(weight.codes.buffer).subarray(0, codes.length), codes)).toBe(0)
        expect([...weight.scales]).toEqual(bits(restored))
      }
    })
  }

  it('gives the same codes however the values are cut', () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => Math.sin(i * i))
    const run = (cut: number): number[] => {
      const quantizer = nf4.encode!('t', { rows: 1, cols: values.length, block: 64 }, new Scratch())
      const out: number[] = []
      for (let at = 0; at < values.length; at += cut) {
        out.push(...(quantizer.push(values.subarray(at, at + cut)).codes ?? []))
      }
      const { codes, scales } = quantizer.end()
      return [...out, ...codes!, ...scales!]
    }
    for (const cut of [1, 7, 63, 64, 65, 200]) expect(run(cut)).toEqual(run(1000))
  })

  it('refuses values that are no numbers, by the name of the tensor', () => {
    for (const bad of [NaN, Infinity, -Infinity]) {
      expect(() =>
        nf4.encode!('w', { rows: 1, cols: 64, block: 64 }, new Scratch()).push(new Float32Array(64).fill(bad, 5, 6)),
      ).toThrow(expect.objectContaining({ code: 'NUMERIC', facts: { tensor: 'w' } }))
      expect(() =>
        i8.encode!('w', { rows: 1, cols: 3, block: 64 }, new Scratch()).push(Float32Array.of(1, bad, 2)),
      ).toThrow(expect.objectContaining({ code: 'NUMERIC' }))
    }
  })
})

describe('8-bit absmax', () => {
  const { fround } = Math
  /** the definition, slowly: nearest whole number, ties to even */
  const nearest = (x: number): number => {
    const low = Math.floor(x)
    return x - low > 0.5 || (x - low === 0.5 && low % 2 !== 0) ? low + 1 : low
  }

  it('rounds each value once, per 64 of a row, rows padded to words', async () => {
    for (const cols of [1, 3, 64, 65, 100, 130]) {
      const rows = 5
      const values = Float32Array.from({ length: rows * cols }, (_, i) =>
        i % cols < 64 && i < cols ? 0 : Math.sin(i * 1.7) * 3,
      )
      const { codes, scales } = i8.encode!('w', { rows, cols, block: 64 }, new Scratch()).push(values)
      const words = (bytes: Uint8Array): Uint32Array => new Uint32Array(bytes.slice().buffer)
      const out = dequantize({ format: 'i8', rows, cols, block: 64, codes: words(codes!), scales: words(scales!) })
      for (let row = 0; row < rows; row++) {
        for (let from = 0; from < cols; from += 64) {
          const block = values.subarray(row * cols + from, row * cols + Math.min(from + 64, cols))
          const max = Math.max(...block.map(Math.abs))
          block.forEach((w, i) => {
            const q = max === 0 ? 0 : nearest(fround(w * fround(127 / max)))
            expect(out[row * cols + from + i]).toBe(fround(q * fround(max / 127)))
          })
        }
      }
    }
  })

  it('leaves nothing of the chunk before in zeros and padding', () => {
    const quantizer = i8.encode!('w', { rows: 1, cols: 6, block: 64 }, new Scratch())
    quantizer.push(new Float32Array(6).fill(1))
    expect([...quantizer.push(new Float32Array(6)).codes!]).toEqual([0, 0, 0, 0, 0, 0, 0, 0])
  })

  it('rounds ties to even and keeps vanishing values at zero', () => {
    const { codes } = i8.encode!('w', { rows: 1, cols: 6, block: 64 }, new Scratch()).push(
      Float32Array.of(127, 0.5, 1.5, 2.5, -0.5, -2.5),
    )
    expect([...new Int8Array(codes!.buffer)]).toEqual([127, 0, 2, 2, 0, -2, 0, 0])
    expect([
      ...i8.encode!('w', { rows: 1, cols: 2, block: 64 }, new Scratch()).push(Float32Array.of(1e-45, -1e-45)).codes!,
    ]).toEqual([0, 0, 0, 0])
  })
})
