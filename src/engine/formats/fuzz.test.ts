// Damaged files: cut anywhere, bits flipped, bytes replaced. Every outcome is a checkpoint or an
// EngineError, soon, and nothing outside changes. GGUF heads are also judged by a slow reader.

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EngineError } from '../errors.ts'
import { bytesSource } from './bytes.ts'
import { ggmlTypes } from './ggml-types.ts'
import { readGguf } from './gguf.ts'
import { filesOf, folderFiles, llamaKeys, writeGguf, type GgufTensorToWrite, openModelFiles } from './testing.ts'
import { readVector, readWeight } from './weights.ts'

/** Opens and reads everything; 'ok' or the code of the error. Any other error is thrown on. */
async function outcome(entries: Record<string, Uint8Array | string>): Promise<string> {
  try {
    const checkpoint = await openModelFiles(filesOf(entries))
    for (const { name, shape } of checkpoint.tensors.values()) {
      try {
        if (shape.length === 1) await readVector(checkpoint, name)
        else {
          for await (const { bytes } of readWeight(checkpoint, [{ tensor: name, rows: shape[0]! }], shape[1]!, 'nf4', {
            chunkBytes: 2048,
          })) {
            void bytes
          }
        }
      } catch (error) {
        if (!(error instanceof EngineError)) throw error
      }
    }
    return 'ok'
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    if (error.code === 'INTERNAL') throw error
    return error.code
  }
}

/** one pseudo-random sequence per test */
function dice(seed: number): (n: number) => number {
  let state = seed
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
}

const config = readFileSync('fixtures/golden/llama_nf4/config.json', 'utf8')
const whole: [string, string, Uint8Array][] = [
  ['GGUF Q4_0', 'model.gguf', readFileSync('fixtures/golden/gguf_q4_0/model.gguf')],
  ['NF4 safetensors', 'model.safetensors', readFileSync('fixtures/golden/llama_nf4/model.safetensors')],
]

describe.each(whole)('%s', (_, name, bytes) => {
  it('cut at every 4 KiB is a truncated file', async () => {
    expect(await outcome({ 'config.json': config, [name]: bytes })).toBe('ok')
    for (let length = 4096; length < bytes.length; length += 4096) {
      expect(await outcome({ 'config.json': config, [name]: bytes.subarray(0, length) })).toBe('FILE_TRUNCATED')
    }
    for (let length = 0; length < 200; length++) {
      expect(await outcome({ 'config.json': config, [name]: bytes.subarray(0, length) })).toMatch(/^FILE_/)
    }
  })

  it('with flipped bits opens or is refused by a code', async () => {
    const roll = dice(7)
    const codes = new Set<string>()
    const head = 30_000
    for (let run = 0; run < 500; run++) {
      const damaged = new Uint8Array(bytes)
      for (let i = roll(3); i >= 0; i--) damaged[roll(2) ? roll(head) : roll(300)]! ^= 1 << roll(8)
      codes.add(await outcome({ 'config.json': config, [name]: damaged }))
    }
    expect(codes).toContain('ok')
    expect(codes).toContain('FILE_HEADER')
    expect(Object.keys(Object.prototype)).toEqual([])
  }, 60_000)
})

describe('text files', () => {
  it('with damaged bytes open or are refused by a code', async () => {
    const roll = dice(11)
    const files = Object.fromEntries(
      await Promise.all(
        [...folderFiles('fixtures/golden/llama_sharded')].map(
          async ([n, source]) => [n, await source.read(0, source.size)] as const,
        ),
      ),
    )
    const put = [...'{}[]",:0-1e.n\\ '].map((c) => c.charCodeAt(0))
    for (const name of ['config.json', 'model.safetensors.index.json']) {
      for (let run = 0; run < 1000; run++) {
        const damaged = new Uint8Array(files[name]!)
        for (let i = roll(3); i >= 0; i--) damaged[roll(damaged.length)] = roll(2) ? put[roll(put.length)]! : roll(256)
        await outcome({ ...files, [name]: damaged })
      }
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  }, 60_000)
})

describe('GGUF heads', () => {
  const f32 = (name: string, shape: number[]): GgufTensorToWrite => ({
    name,
    shape,
    type: 0,
    bytes: new Uint8Array(4 * shape.reduce((a, b) => a * b, 1)),
  })
  const base = [
    writeGguf({}, []),
    writeGguf({ a: 1 }, [f32('x', [2, 3]), f32('y', [5])]),
    writeGguf(
      { t: ['a', 'bc'], s: Float32Array.of(1, 2), 'general.alignment': 8, b: true },
      [{ name: 'q', shape: [2, 32], type: 8, bytes: new Uint8Array(68) }, f32('z', [1, 1, 2])],
      { alignment: 8 },
    ),
    writeGguf(llamaKeys({ words: ['é', ''] }), [f32('token_embd.weight', [3, 32])]),
  ]
  const hurt = fc.record({
    at: fc.nat(1000),
    how: fc.constantFrom('flip', 'set', 'add', 'cut', 'grow'),
    value: fc.nat(255),
  })

  it('get the verdict of the slow reader', async () => {
    let accepted = 0
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...base),
        fc.array(hurt, { minLength: 0, maxLength: 2 }),
        async (bytes, wounds) => {
          let file = new Uint8Array(bytes)
          for (const { at, how, value } of wounds) {
            const p = at % file.length
            if (how === 'flip') file[p]! ^= 1 << (value % 8)
            else if (how === 'set') file[p] = value
            else if (how === 'add') file[p]!++
            else if (how === 'cut') file = file.slice(0, Math.max(1, file.length - (value % 40)))
            else file = Uint8Array.from([...file, ...new Uint8Array(value % 40)])
          }
          let got: string | null = null
          try {
            got = (await readGguf(bytesSource('m', file))).tensors
              .map((t) => `${t.name} ${t.dtype} ${t.shape.join()} ${t.begin} ${t.end}`)
              .join('\n')
          } catch (error) {
            if (!(error instanceof EngineError)) throw error
          }
          const expected = acceptable(file)
          if (got !== expected) expect([got, [...file]]).toEqual([expected, [...file]])
          if (got) accepted++
        },
      ),
      { numRuns: 15_000, seed: 3 },
    )
    expect(accepted).toBeGreaterThan(1500)
  }, 60_000)
})

/**
 * The slow reader: every number a BigInt, written from the rules. The tensors as text, or null when the head must be
 * refused.
 */
function acceptable(file: Uint8Array): string | null {
  let at = 0n
  const bytes = (n: bigint): Uint8Array => {
    if (n > BigInt(file.length) - at) throw new Error('end')
    return file.subarray(Number(at), Number((at += n)))
  }
  const uint = (n: bigint): bigint => bytes(n).reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n)
  const need = (yes: boolean): void => {
    if (!yes) throw new Error('rule')
  }
  const text = (max: bigint, fatal = true): string => {
    const n = uint(8n)
    need(n <= max)
    return new TextDecoder('utf-8', { fatal, ignoreBOM: true }).decode(bytes(n))
  }
  const sizes = [1n, 1n, 2n, 2n, 4n, 4n, 4n, 1n, 0n, 0n, 8n, 8n, 8n]
  // only what the model runs by must be text
  const value = (type: bigint, key: string): unknown => {
    need(type <= 12n)
    if (type === 8n) return text(2n ** 24n, /^(general\.architecture$|tokenizer\.)/.test(key))
    if (type !== 9n) {
      const v = uint(sizes[Number(type)]!)
      need(type !== 7n || v < 2n)
      if ([6n, 7n, 12n].includes(type)) return null
      return [1n, 3n, 5n, 11n].includes(type) ? BigInt.asIntN(8 * Number(sizes[Number(type)]!), v) : v
    }
    const inner = uint(4n)
    const count = uint(8n)
    need(inner <= 12n && inner !== 9n && count <= 2n ** 24n)
    if (inner === 8n) for (let i = 0n; i < count; i++) text(2n ** 24n, /^tokenizer\.ggml\.(tokens|merges)$/.test(key))
    else bytes(count * sizes[Number(inner)]!)
    return 'list'
  }
  try {
    need(new TextDecoder().decode(bytes(4n)) === 'GGUF')
    const version = uint(4n)
    need(version === 2n || version === 3n)
    const [tensors, pairs] = [uint(8n), uint(8n)]
    need(tensors <= 100_000n && pairs <= 100_000n)
    const keys = new Map<string, unknown>()
    for (let i = 0n; i < pairs; i++) {
      const key = text(65_535n)
      need(key !== '' && !keys.has(key))
      keys.set(key, value(uint(4n), key))
    }
    const alignment = keys.has('general.alignment') ? keys.get('general.alignment') : 32n
    need(
      typeof alignment === 'bigint' &&
        alignment >= 1n &&
        alignment <= 2n ** 20n &&
        (alignment & (alignment - 1n)) === 0n,
    )
    const up = (n: bigint): bigint => ((n + (alignment as bigint) - 1n) / (alignment as bigint)) * (alignment as bigint)
    const list: [string, string, bigint[], bigint, bigint][] = []
    let next = 0n
    for (let i = 0n; i < tensors; i++) {
      const name = text(63n)
      const dims = Array.from(
        {
          length: Number(
            ((n) => {
              need(n <= 4n)
              return n
            })(uint(4n)),
          ),
        },
        () => uint(8n),
      )
      const type = ggmlTypes.get(Number(uint(4n)))
      need(
        type !== undefined &&
          dims.every((d) => d > 0n && d <= 2n ** 40n) &&
          (dims[0] ?? 1n) % BigInt(type.block) === 0n &&
          !list.some(([n]) => n === name),
      )
      const count = dims.reduce((a, b) => a * b, 1n)
      need(count < 2n ** 53n && uint(8n) === next)
      const size = (count / BigInt(type!.block)) * BigInt(type!.bytes)
      list.push([name, type!.name, dims.reverse(), next, next + size])
      next = up(next + size)
    }
    const start = up(at)
    need(list.every(([, , , , end]) => start + end <= BigInt(file.length)))
    return list
      .map(([name, dtype, shape, begin, end]) => `${name} ${dtype} ${shape.join()} ${start + begin} ${start + end}`)
      .join('\n')
  } catch {
    return null
  }
}
