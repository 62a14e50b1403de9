// Reads back from WGSL what the host must know, so that nothing is declared twice:
// bindings, the fields of `struct Params`, override constants, workgroup size and workgroup bytes.
//
// A parser for this repository's style only: one declaration per statement, Params of u32, i32
// and f32, sizes written as literals, override or const names joined by + - * / and brackets.

import { EngineError } from '../errors.ts'

export type BindingKind = 'storage-read' | 'storage-rw' | 'uniform'
export interface Binding {
  group: number
  binding: number
  name: string
  kind: BindingKind
  type: string
}
export interface Field {
  name: string
  type: 'u32' | 'i32' | 'f32'
  offset: number
}

export interface Reflection {
  bindings: Binding[]
  /** fields of `struct Params` in order; empty when there is none */
  params: Field[]
  /** override constants and their defaults */
  overrides: Record<string, number | null>
  /** threads of a workgroup under the given overrides */
  workgroupSize(overrides?: Record<string, number>): number
  /** bytes of all var<workgroup> under the given overrides */
  workgroupBytes(overrides?: Record<string, number>): number
}

const scalarBytes: Record<string, [bytes: number, align: number]> = {
  f32: [4, 4],
  u32: [4, 4],
  i32: [4, 4],
  bool: [4, 4],
  'atomic<u32>': [4, 4],
  f16: [2, 2],
  vec2h: [4, 4],
  vec3h: [6, 8],
  vec4h: [8, 8],
  vec2i: [8, 8],
  vec2f: [8, 8],
  vec2u: [8, 8],
  vec3f: [12, 16],
  vec3u: [12, 16],
  vec4f: [16, 16],
  vec4u: [16, 16],
  vec4i: [16, 16],
}

/** Value of a constant expression of names and unsigned integers. */
function evaluate(expression: string, names: Record<string, number>): number {
  const tokens = expression.match(/\w+|[-+*/()]/g) ?? []
  let at = 0
  const fail = (): never => {
    throw new EngineError('INTERNAL', `Cannot read the WGSL constant "${expression}".`, { expression })
  }
  const atom = (): number => {
    const token = tokens[at++] ?? fail()
    if (token === '(') {
      const value = sum()
      at++
      return value
    }
    if (/^\d/.test(token)) return parseInt(token, token.startsWith('0x') ? 16 : 10)
    return names[token] ?? fail()
  }
  const product = (): number => {
    let value = atom()
    while (tokens[at] === '*' || tokens[at] === '/') {
      value = tokens[at++] === '*' ? value * atom() : Math.floor(value / atom())
    }
    return value
  }
  const sum = (): number => {
    let value = product()
    while (tokens[at] === '+' || tokens[at] === '-') {
      value = tokens[at++] === '+' ? value + product() : value - product()
    }
    return value
  }
  return sum()
}

/** [bytes, alignment] of a type in workgroup memory. */
function sizeOf(type: string, names: Record<string, number>): [number, number] {
  const array = /^array<(.+),([^,]+)>$/.exec(type.replace(/\s+/g, ''))
  if (!array) {
    return (
      scalarBytes[type.trim()] ??
      (() => {
        throw new EngineError('INTERNAL', `Unknown WGSL type "${type}".`, { type })
      })()
    )
  }
  const [bytes, align] = sizeOf(array[1]!, names)
  return [Math.ceil(bytes / align) * align * evaluate(array[2]!, names), align]
}

const kinds: Record<string, BindingKind> = {
  'storage,read': 'storage-read',
  'storage,read_write': 'storage-rw',
  storage: 'storage-read',
  uniform: 'uniform',
}

export function reflect(wgsl: string): Reflection {
  const source = wgsl.replace(/\/\/.*$/gm, '')
  const bindings = [
    ...source.matchAll(/@group\((\d+)\)\s*@binding\((\d+)\)\s*var<([^>]+)>\s*(\w+)\s*:\s*([^;]+);/g),
  ].map(([, group, binding, space, name, type]): Binding => ({
    group: Number(group),
    binding: Number(binding),
    name: name!,
    kind: kinds[space!.replace(/\s/g, '')]!,
    type: type!.trim(),
  }))
  const body = /struct\s+Params\s*\{([^}]*)\}/.exec(source)?.[1] ?? ''
  const params = [...body.matchAll(/(\w+)\s*:\s*(u32|i32|f32)\s*,?/g)].map(([, name, type], i): Field => ({
    name: name!,
    type: type as Field['type'],
    offset: 4 * i,
  }))
  const constants: Record<string, number> = {}
  for (const [, name, value] of source.matchAll(/^\s*const\s+(\w+)\s*(?::\s*u32)?\s*=\s*([\w\s+*/()-]+);/gm)) {
    if (/^[\d(]|^[a-z]/i.test(value!)) {
      try {
        constants[name!] = evaluate(value!, constants)
      } catch {
        /* not an integer constant */
      }
    }
  }
  const overrides: Record<string, number | null> = {}
  for (const [, name, value] of source.matchAll(/override\s+(\w+)\s*(?::\s*\w+)?\s*(?:=\s*([^;]+))?;/g)) {
    overrides[name!] = value === undefined ? null : evaluate(value, { ...constants, ...numbersOf(overrides) })
  }
  const names = (given: Record<string, number> = {}): Record<string, number> => ({
    ...constants,
    ...numbersOf(overrides),
    ...given,
  })
  const size = /@workgroup_size\(([^)]*)\)/.exec(source)?.[1] ?? '1'
  const shared = [...source.matchAll(/var<workgroup>\s*\w+\s*:\s*([^;]+);/g)].map(([, type]) => type!)
  return {
    bindings,
    params,
    overrides,
    workgroupSize: (given) =>
      size
        .split(',')
        .filter((part) => part.trim())
        .reduce((n, part) => n * evaluate(part, names(given)), 1),
    workgroupBytes: (given) => shared.reduce((n, type) => n + Math.ceil(sizeOf(type, names(given))[0] / 16) * 16, 0),
  }
}

const numbersOf = (values: Record<string, number | null>): Record<string, number> =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, number] => entry[1] !== null))
