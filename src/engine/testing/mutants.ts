// A model's or an adapter's folder with something wrong in it: its JSON files are changed as JSON, its safetensors files
// tensor by tensor. For tests only.

import { EngineError } from '../errors.ts'
import { bytesSource } from '../formats/bytes.ts'
import { readSafetensors } from '../formats/safetensors.ts'
import { dice, pick, type Dice } from '../formats/testing/dice.ts'
import { writeSafetensors, type TensorToWrite } from '../formats/testing.ts'
import { deep, hostile, paths, put, type Json, type Path } from './hostile.ts'

export interface Folder {
  /** by file: parsed */
  json: Map<string, unknown>
  /** by file */
  tensors: Map<string, TensorToWrite[]>
}

export type Bytes = Record<string, Uint8Array | string>

/** Of a folder's files: .json and .safetensors. */
export async function folderOf(files: ReadonlyMap<string, Uint8Array>): Promise<Folder> {
  const folder: Folder = { json: new Map(), tensors: new Map() }
  for (const [name, bytes] of files) {
    if (name.endsWith('.json')) folder.json.set(name, JSON.parse(new TextDecoder().decode(bytes)))
    if (!name.endsWith('.safetensors')) continue
    const { entries } = await readSafetensors(bytesSource(name, bytes))
    const tensors = [...entries.values()].map(({ begin, end, ...about }) => ({
      ...about,
      bytes: new Uint8Array(bytes.subarray(begin, end)), // a Buffer's slice() is a view of the file's bytes
    }))
    folder.tensors.set(name, tensors)
  }
  return folder
}

const filesOf = ({ json, tensors }: Folder): Bytes =>
  Object.fromEntries([
    ...[...json].map(([name, value]) => [name, JSON.stringify(value)] as const),
    ...[...tensors].map(([name, list]) => [name, writeSafetensors(list)] as const),
  ])

const plain = [
  0,
  -1,
  1,
  2,
  3,
  4,
  8,
  16,
  32,
  128,
  1e9,
  1.5,
  2 ** 53,
  true,
  false,
  '',
  '4',
  'none',
  'model',
  {},
  [1],
  [16, 16],
]

/** no deeper than JSON.stringify goes */
const strange = [
  ...Object.values(hostile).filter((make) => make() !== deep),
  (): unknown => JSON.parse('['.repeat(500) + ']'.repeat(500)),
]

/** Another value somewhere: a strange one, a plain one, or one that stands elsewhere; or a key less, or one twice. */
export function changeJson(value: unknown, roll: Dice): unknown {
  const all = paths(value)
  if (all.length === 0) return value
  const path = pick(roll, all)
  const at = (where: Path): unknown => where.reduce<unknown>((inner, key) => (inner as Json)[key], value)
  switch (roll(5)) {
    case 0:
      return put(value, path, pick(roll, strange)())
    case 1:
    case 2:
      return put(value, path, pick(roll, plain))
    case 3:
      return put(value, path, at(pick(roll, all)))
    default: {
      const copy = structuredClone(value)
      const parent = path.slice(0, -1).reduce<unknown>((inner, key) => (inner as Json)[key], copy) as Json
      if (roll(2)) delete parent[path.at(-1)!]
      else parent[roll(2) ? `${path.at(-1)!}_` : String(path.at(-1)).slice(1)] = at(path)
      return copy
    }
  }
}

const sameSize = [
  ['F32', 'I32', 'U32'],
  ['F16', 'BF16', 'I16'],
  ['I8', 'U8', 'F8_E4M3', 'F8_E5M2', 'BOOL'],
  ['I64', 'F64'],
]
const words = [0x7f800000, 0x7fc00000, 0xffffffff, 0x80000000, 0x10000, 0, 5, 0x7c007c00]
const count = (shape: readonly number[]): number => shape.reduce((n, axis) => n * axis, 1)

function jsonOf(bytes: Uint8Array): unknown {
  if (bytes[0] !== 0x7b) return null
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown
  } catch {
    return null
  }
}

/** One tensor less, more, of another name, dtype or shape, with other bytes. */
export function changeTensors(list: TensorToWrite[], roll: Dice): TensorToWrite[] {
  const i = roll(list.length)
  const tensor = list[i]
  if (!tensor) return list
  const { name, dtype, shape, bytes } = tensor
  const other = pick(roll, list)
  const instead = (changes: Partial<TensorToWrite>): TensorToWrite[] => list.with(i, { ...tensor, ...changes })
  const reshaped = (to: number[]): TensorToWrite[] => {
    const size = Math.ceil((bytes.length / Math.max(1, count(shape))) * count(to))
    const filled = new Uint8Array(size)
    filled.set(bytes.subarray(0, size))
    return instead({ shape: to, bytes: filled })
  }
  switch (roll(10)) {
    case 0:
      return list.toSpliced(i, 1)
    case 1:
      return instead({ dtype: pick(roll, sameSize.find((same) => same.includes(dtype)) ?? [dtype]) })
    case 2: {
      const axis = roll(shape.length)
      return reshaped(shape.map((n, at) => (at === axis ? pick(roll, [0, 1, n + 1, 2 * n, n >> 1]) : n)))
    }
    case 3:
      return instead({ shape: pick(roll, [[...shape].reverse(), [...shape, 1], [1, ...shape], [count(shape)]]) })
    case 4: {
      if (bytes.length < 4) return list
      const changed = bytes.slice()
      new DataView(changed.buffer).setUint32(4 * roll(bytes.length >> 2), pick(roll, words), true)
      return instead({ bytes: changed })
    }
    case 5: {
      const changed = bytes.slice()
      changed.fill(pick(roll, [0, 0xff, 0x7f, 0x80]), roll(bytes.length + 1))
      return instead({ bytes: changed })
    }
    case 6: {
      const cut = roll(name.length + 1)
      const named = pick(roll, [`${name}.x`, name.slice(0, cut), name.slice(cut), name.replace(/\d+/, '7')])
      return list.some((one) => one.name === named) ? list : instead({ name: named })
    }
    case 7:
      return list.map((one) =>
        one === tensor ? { ...other, name } : one === other ? { ...tensor, name: other.name } : one,
      )
    case 8:
      return [...list, { ...tensor, name: pick(roll, [`${name}2`, `x.${name}`, 'x']) }]
    default: {
      // bytes that are JSON (bitsandbytes' state), if no other change was there before
      const json = jsonOf(bytes)
      if (json === null) return reshaped([roll(4), ...shape.slice(1)])
      const text = JSON.stringify(changeJson(json, roll))
      const state = new TextEncoder().encode(text)
      return instead({ bytes: state, shape: [state.length] })
    }
  }
}

/** The folder's files with one or two things changed. */
export function mutant({ json, tensors }: Folder, roll: Dice): Bytes {
  const changed: Folder = { json: new Map(json), tensors: new Map(tensors) }
  for (let times = 1 + roll(2); times > 0; times--) {
    const ofJson = tensors.size === 0 || (json.size > 0 && roll(2))
    if (ofJson) {
      const name = pick(roll, [...json.keys()])
      changed.json.set(name, changeJson(changed.json.get(name), roll))
    } else {
      const name = pick(roll, [...tensors.keys()])
      changed.tensors.set(name, changeTensors(changed.tensors.get(name)!, roll))
    }
  }
  return filesOf(changed)
}

/** Runs so many mutants: how many did, how many were refused. Anything but our own errors is thrown on, with its seed. */
export async function survive(
  { first = 1, count: runs }: { first?: number; count: number },
  run: (roll: Dice) => Promise<unknown>,
): Promise<{ read: number; refused: number }> {
  const result = { read: 0, refused: 0 }
  for (let seed = first; seed < first + runs; seed++) {
    try {
      await run(dice(seed))
      result.read++
    } catch (error) {
      if (!(error instanceof EngineError) || error.code === 'INTERNAL') {
        throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error })
      }
      result.refused++
    }
  }
  return result
}
