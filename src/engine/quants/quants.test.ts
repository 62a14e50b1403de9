// Every format's own values against those that bitsandbytes and ggml gave, and its parts against each other.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { randomWeight, seeded } from '../ops/inputs.ts'
import { joined } from '../runtime/inspect.ts'
import { nf4Bits, nf4Codes, nf4Midpoints } from './nf4-book.ts'
import type { Matrix, Quant, Workspace } from './quant.ts'
import {
  dequantize,
  planePieces,
  quantOf,
  quantOfDtype,
  readable,
  stackable,
  storageFormats,
  type WeightData,
} from './weight.ts'

const memory: Workspace = {
  bytes: (_, length) => new Uint8Array(length),
  floats: (_, count) => new Float32Array(count),
}

describe('NF4', () => {
  it("has bitsandbytes' code book, rising, with midpoints between", () => {
    expect(nf4Codes[1]).toBe(Math.fround(-0.6961928009986877))
    expect(nf4Codes[14]).toBe(Math.fround(0.7229568362236023))
    expect([nf4Bits[0], nf4Codes[7], nf4Codes[15]]).toEqual([0xbf800000, 0, 1])
    for (let q = 0; q < 15; q++) {
      expect(nf4Midpoints[q]).toBeGreaterThan(nf4Codes[q]!)
      expect(nf4Midpoints[q]).toBeLessThan(nf4Codes[q + 1]!)
    }
  })
  it('dequantizes a file of bitsandbytes bit for bit', () => {
    const file = readFileSync('fixtures/quant/bnb_nf4_plain.safetensors')
    const headerLength = Number(file.readBigUInt64LE(0))
    const header = JSON.parse(file.toString('utf8', 8, 8 + headerLength)) as Record<
      string,
      { data_offsets: [number, number] }
    >
    const words = (name: string): Uint32Array =>
      new Uint32Array(
        new Uint8Array(file.subarray(...header[name]!.data_offsets.map((o) => 8 + headerLength + o))).buffer,
      )
    const weight: WeightData = {
      format: 'nf4',
      rows: 40,
      cols: 64,
      block: 64,
      codes: words('weight'),
      scales: words('weight.absmax'),
    }
    expect(new Uint32Array(dequantize(weight).buffer)).toEqual(words('expected'))
  })
})

describe('ggml blocks', () => {
  const blocks = JSON.parse(readFileSync('fixtures/quant/ggml_blocks.json', 'utf8')) as Record<
    string,
    { bytes: number; hex: string; values: number[] }
  >
  const types = readable('gguf').flatMap(({ dtype, stored }) => (stored ? [dtype!] : []))
  it('are all there', () => expect(types.toSorted()).toEqual(Object.keys(blocks).toSorted()))
  it.each(types)("%s in planes gives gguf-py's values", (dtype) => {
    const { bytes, hex, values } = blocks[dtype]!
    const quant = quantOfDtype(dtype)!
    expect(quant.stored!.bytes).toBe(bytes)
    expect(valuesOf(quant, Buffer.from(hex, 'hex'))).toEqual(Float32Array.from(values))
  })
})

describe('random ggml blocks, with factors of every kind', () => {
  const { special, types } = JSON.parse(readFileSync('fixtures/quant/ggml_random.json', 'utf8')) as {
    special: number[]
    types: Record<string, { seed: number; values: number; halves: number[]; sha256: string }>
  }
  it.each(Object.entries(types))("%s in planes gives gguf-py's values", (dtype, { seed, values, halves, sha256 }) => {
    const quant = quantOfDtype(dtype)!
    const { bytes, elements, halves: known } = quant.stored!
    expect(known).toEqual(halves)
    const count = values / elements
    const random = seeded(seed)
    const file = new Uint8Array(
      Uint32Array.from({ length: Math.ceil((count * bytes) / 4) }, () => random() * 2 ** 32).buffer,
      0,
      count * bytes,
    )
    for (let b = 0; b < count; b++) {
      halves.forEach((at, i) => {
        const half = special[Math.floor(b / special.length ** i) % special.length]!
        file.set([half & 255, half >> 8], b * bytes + at)
      })
    }
    const found = new Uint32Array(valuesOf(quant, file).buffer)
    // which NaN it is depends on the processor
    for (let i = 0; i < found.length; i++) if ((found[i]! & 0x7fffffff) > 0x7f800000) found[i] = 0x7fc00000
    expect(createHash('sha256').update(found).digest('hex')).toBe(sha256)
  })
})

describe('blocks that open with their scales', () => {
  const scaleBytes = { Q4_0: 2, Q4_1: 4, Q5_0: 2, Q5_1: 4, Q8_0: 2, IQ4_NL: 2, IQ4_XS: 8 }
  it.each(Object.entries(scaleBytes))('%s: are cut byte for byte, wherever they and the planes lie', (dtype, first) => {
    const { stored } = quantOfDtype(dtype)!
    const { bytes } = stored!
    const random = seeded(7)
    for (const count of [1, 2, 3, 37]) {
      const file = Uint8Array.from({ length: count * bytes }, () => random() * 256)
      const scales = file.filter((_, i) => i % bytes < first)
      const codes = file.filter((_, i) => i % bytes >= first)
      for (const from of [0, 1, 2, 3, 4]) {
        for (const to of [0, 1, 2]) {
          const at = (length: number, offset: number) => new Uint8Array(new ArrayBuffer(length + 8), offset, length)
          const lain = at(file.length, from)
          lain.set(file)
          const found = stored!.planes(lain, { ...memory, bytes: (_, length) => at(length, to) })
          expect(found, `${count} blocks from ${from} to ${to}`).toEqual({ codes, scales })
        }
      }
    }
  })
})

/** The values of whole blocks of a file, through the planes. */
function valuesOf(quant: Quant, bytes: Uint8Array): Float32Array {
  const { stored } = quant
  const { codes, scales } = stored!.planes(bytes, memory)
  const cols = (bytes.length / stored!.bytes) * stored!.elements
  const out = new Float32Array(cols)
  quant.dequantRow({ rows: 1, cols, block: quant.block, codes: wordsOf(codes!), scales: wordsOf(scales!) }, 0, out)
  return out
}

/** Bytes as words, the last padded with zeros. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  const whole = new Uint8Array(Math.ceil(bytes.length / 4) * 4)
  whole.set(bytes)
  return new Uint32Array(whole.buffer)
}

describe.each(storageFormats)('%s', (format) => {
  const quant = quantOf(format)
  const random = (rows: number, cols: number): WeightData => randomWeight(format, rows, cols, seeded(rows * cols))
  const cut = (whole: WeightData, from: number, rows: number): WeightData => {
    const words = (plane: 'codes' | 'scales'): Uint32Array =>
      joined(
        planePieces(whole, plane, from, rows).map((p) => whole[plane].subarray(p.offset / 4, (p.offset + p.bytes) / 4)),
      )
    return { ...whole, rows, codes: words('codes'), scales: words('scales') }
  }

  it('takes every weight apart into code, level, scale and offset', () => {
    for (const cols of [32, 96, 21, 512].filter((n) => quant.fits(n)).slice(0, 3)) {
      const weight = random(5, cols)
      const values = dequantize(weight)
      for (let f = 0; f < values.length; f++) {
        const { code, level, scale, offset } = quant.element(weight, Math.floor(f / cols), f % cols)
        expect(Math.fround(level * scale + offset) + 0).toBe(values[f]! + 0)
        if (quant.coding === 'float') continue
        const means = { book: quant.book?.[code], signed: (code << 24) >> 24, centered: code - 2 ** quant.bits / 2 }
        expect(level).toBe({ ...means, counted: code }[quant.coding])
        expect(code).toBeLessThan(2 ** quant.bits)
      }
    }
  })

  it('may be cut by rows at its unit and nowhere before', () => {
    for (const cols of [32, 96, 21, 60, 512].filter((n) => quant.fits(n)).slice(0, 4)) {
      const whole = random(256, cols)
      const unit = quant.rowUnit(whole)
      const values = dequantize(whole)
      for (const from of [unit, 3 * unit]) {
        expect([...dequantize(cut(whole, from, unit))]).toEqual([...values.subarray(from * cols, (from + unit) * cols)])
      }
      expect([1, 2, 3].map((n) => stackable([{ ...whole, rows: n * unit }, whole]))).toEqual(
        Array(3).fill(!quant.sharedScales),
      )
      if (unit > 1) expect(stackable([{ ...whole, rows: unit / 2 }, whole])).toBe(false)
    }
  })

  it('sees every code and every scale', () => {
    const [rows, cols] = quant.fits(64) ? [4, 64] : [1, 256]
    // under a scale of 0 there is nothing to see
    const seeing = ({ rows: n, cols: k, ...planes }: WeightData): boolean =>
      Array.from({ length: n * k }, (_, f) =>
        quant.element({ ...planes, rows: n, cols: k }, Math.floor(f / k), f % k),
      ).every(({ scale }) => scale !== 0)
    const matrix: Matrix = Array.from({ length: 50 }, (_, seed) => randomWeight(format, rows, cols, seeded(seed))).find(
      seeing,
    )!
    const before = dequantize(matrix as WeightData)
    for (const plane of ['codes', 'scales'] as const) {
      for (let i = 0; i < matrix[plane].length; i++) {
        const changed = { ...matrix, [plane]: matrix[plane].slice() }
        changed[plane][i]! ^= 0x01010101
        const after = dequantize(changed as WeightData)
        expect(after.some((v, f) => v !== before[f])).toBe(true)
      }
    }
  })
})
