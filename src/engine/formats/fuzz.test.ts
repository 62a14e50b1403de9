// Damaged files: cut anywhere, bits flipped, bytes replaced. Every outcome is a checkpoint or an
// EngineError, soon, and nothing outside changes. Headers alone: safetensors-headers.test.ts, gguf-headers.test.ts.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { EngineError } from '../errors.ts'
import { filesOf, folderFiles, openModelFiles } from './testing.ts'
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
