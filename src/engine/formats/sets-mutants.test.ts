// Models of several files of which one says something else: indexes of safetensors, numbers and counts of split GGUFs. Of an
// index a second reader gives its verdict, too.

import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { folderOf, mutant, survive } from '../testing/mutants.ts'
import { parseIndex } from './shards.ts'
import { dice, pick, type Dice } from './testing/dice.ts'
import { secondIndex } from './testing/second-index.ts'
import { Bytes, wound } from './testing/wounds.ts'
import {
  filesOf,
  llamaKeys,
  namesIn,
  openModelFiles,
  writeGguf,
  type GgufTensorToWrite,
  type GgufValue,
} from './testing.ts'
import { EngineError } from '../errors.ts'

const runs = Number(process.env['MUTANTS'] ?? 1000)

const parts = ['model-00001-of-00002.safetensors', 'a.safetensors', 'sub/b.safetensors', 'a', '.a', '..a', 'a..', '...']
const elsewhere = [
  '../a',
  'a/../b',
  './a',
  '/a',
  'a//b',
  'a/',
  '//host/a',
  'https://x/a',
  'a\\b',
  'a\u0000',
  'a b',
  'é',
  '%2e%2e/a',
  'a?b',
  'a#b',
  'a:b',
  '',
  '..',
  '.',
  '\\u002e\\u002e/a',
  'x'.repeat(1025),
]
const values = [
  'null',
  '1',
  '["a"]',
  '{"a":"b"}',
  '"a"',
  '{}',
  '[]',
  'nul',
  '{"a":1,"a":2}',
  '[[[[[[[0]]]]]]]',
  '[[[[[[[[0]]]]]]]]',
]

function indexText(roll: Dice): string {
  if (roll(500) === 0) return pick(roll, values)
  const entries = Array.from({ length: roll(5) }, (_, i) => {
    const name = roll(30)
      ? `${pick(roll, ['w', '__proto__', 'é', '\\u0061'])}${roll(8) ? i : ''}`
      : 'n'.repeat(1023 + roll(3))
    const file = roll(8) ? pick(roll, parts) : pick(roll, elsewhere)
    return `"${name}":${roll(40) ? `"${file}"` : pick(roll, values)}`
  })
  const map = `"weight_map":${roll(40) ? `{${entries.join()}}` : pick(roll, values)}`
  const members = [
    `"metadata":${pick(roll, ['{"total_size":5}', ...values])}`,
    ...(roll(30) ? [map] : []),
    ...(roll(30) ? [] : [map]),
  ]
  return `${pick(roll, ['', '', '', ' ', '\n', '\ufeff'])}{${(roll(2) ? members : members.reverse()).join()}}${pick(roll, ['', '', '\n', ' ', 'x'])}`
}

it('100000 mutated indexes get the second reader’s verdict', () => {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  const bytes = new Bytes()
  const tally = new Map<string, number>()
  for (let seed = 1; seed <= 100_000; seed++) {
    const roll = dice(seed)
    bytes.length = 0
    bytes.text(indexText(roll))
    if (roll(6) === 0) wound(bytes, roll, 0)
    const text = bytes.all.toString('utf8')
    let got: string | null = null
    try {
      got = [...parseIndex(text)].map((pair) => JSON.stringify(pair)).join('\n')
    } catch (error) {
      if (!(error instanceof EngineError && error.code === 'FILE_HEADER')) throw error
    }
    const { table, rule } = secondIndex(text)
    if (got !== table) {
      throw new Error(`seed ${seed}: ${text}\nthe parser: ${got ?? 'refused'}\nthe second: ${table ?? rule!}`)
    }
    tally.set(rule ?? 'accepted', (tally.get(rule ?? 'accepted') ?? 0) + 1)
  }
  Error.stackTraceLimit = stackTraceLimit
  const rules = [
    'no JSON',
    'no map',
    'an empty map',
    'a long name',
    'a file that is no text',
    'a long file name',
    'a key twice',
  ]
  const others = ['a character of no file name', 'a path that leads elsewhere', 'too deep', 'no object']
  expect([...rules, ...others].filter((rule) => !tally.has(rule))).toEqual([])
  expect(tally.get('accepted')).toBeGreaterThan(10_000)
}, 60_000)

it(`${runs} sharded models open or are refused`, async () => {
  const at = 'fixtures/golden/llama_sharded'
  const whole = await folderOf(new Map(namesIn(at).map((file) => [file, readFileSync(`${at}/${file}`)])))
  whole.json.delete('golden.json')
  const { read, refused } = await survive({ count: runs }, async (roll) => {
    const files = mutant(whole, roll)
    if (roll(8) === 0) delete files[pick(roll, Object.keys(files))]
    const { tensors } = await openModelFiles(filesOf(files))
    for (const { data } of tensors.values()) expect(data.end).toBeLessThanOrEqual(data.source.size)
  })
  expect(read).toBeGreaterThan(runs / 10)
  expect(refused).toBeGreaterThan(runs / 4)
}, 120_000)

it(`${runs} split GGUFs open whole or are refused`, async () => {
  const floats = (name: string, shape: number[]): GgufTensorToWrite => ({
    ...{ name, shape, type: 0, bytes: new Uint8Array(4 * shape.reduce((a, b) => a * b, 1)) },
  })
  const typed = (roll: Dice, value: number): GgufValue => {
    const bytes = new Uint8Array(8)
    const type = roll(3) ? 2 : pick(roll, [0, 1, 2, 3, 4, 5, 7, 10, 11])
    new DataView(bytes.buffer).setBigInt64(0, BigInt(type === 7 ? value & 1 : value), true)
    return { type, bytes: bytes.subarray(0, [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8][type]) }
  }
  const some = [0, 1, 2, 3, 4, -1, 255, 65_535, 65_536, 2 ** 31, 2 ** 53]
  const { read, refused } = await survive({ count: runs }, async (roll) => {
    const count = 1 + roll(4)
    const names = ['token_embd.weight', 'output_norm.weight', 'blk.0.attn_norm.weight', 'blk.0.ffn_norm.weight']
    const wrong = roll(3 * count) // in which part, if any
    const held = Array.from({ length: count }, (_, no) => [floats(names[no]!, no === 0 ? [97, 32] : [32])])
    if (wrong === 0) held[roll(count)]!.push(floats(pick(roll, names), [32]))
    if (wrong === 1) held[roll(count)]!.pop()
    const files = held.map((tensors, no) => {
      const off = wrong === no + 2
      const number = (right: number): GgufValue =>
        off ? typed(roll, roll(2) ? pick(roll, some) : right) : { type: 2, bytes: Uint8Array.of(right, 0) }
      const pairs: [string, GgufValue][] = [
        ['split.no', number(no)],
        ['split.count', number(count)],
        ['split.tensors.count', off ? number(count) : { type: 5, bytes: Uint8Array.of(count, 0, 0, 0) }],
      ]
      if (off && roll(3) === 0) pairs.splice(roll(3), 1)
      return writeGguf({ ...(no === 0 && llamaKeys()), ...Object.fromEntries(pairs) }, tensors)
    })
    const given = files.map((file, no) => ({
      file,
      tensors: held[no]!.length,
      name: pick(roll, [`m-0000${no + 1}-of-0000${count}.gguf`, `${no}.gguf`]),
    }))
    if (roll(12) === 0) given.splice(roll(count), 1)
    if (roll(12) === 0 && given.length > 0) given.push({ ...pick(roll, given), name: 'again.gguf' })
    const { tensors } = await openModelFiles(filesOf(Object.fromEntries(given.map(({ name, file }) => [name, file]))))
    // as many as its parts hold, none of them twice
    expect(tensors.size).toBe(given.reduce((sum, one) => sum + one.tensors, 0))
  })
  expect(read).toBeGreaterThan(runs / 10)
  expect(refused).toBeGreaterThan(runs / 4)
}, 120_000)
