// Headers of safetensors files with something wrong in them, most of them right but for one thing: entries are changed as
// entries, their text as JSON, their bytes as bytes. The data behind a header is a number only.

import { pick, type Dice } from './dice.ts'
import type { Mutant } from './headers.ts'
import { Bytes, splice, wound } from './wounds.ts'

interface Entry {
  /** as they stand in the text */
  name: string
  dtype: string
  dims: string[]
  offsets: string[]
  /** other members, before or behind */
  more: string[]
  /** shape and offsets, where they are no lists of these */
  lists?: string[]
  /** in whose place the entry stands, where it is none */
  instead: string | null
}

const bitsOf: Record<string, number> = {
  ...{ F32: 32, F16: 16, BF16: 16, U8: 8, I8: 8, I64: 64, BOOL: 8, F8_E4M3: 8, F8_E8M0: 8 },
  ...{ F4: 4, F6_E2M3: 6, F6_E3M2: 6, C64: 64, U16: 16, I32: 32, F64: 64, U64: 64, F8_E5M2FNUZ: 8 },
}
const common = ['F32', 'F32', 'F16', 'BF16', 'U8']
const names = [
  ...['', 'a', 'b', 'model.embed_tokens.weight', '__proto__', 'constructor', 'hasOwnProperty', 'é', '漢', '😀'],
  ...['\\u00e9', '\\ud83d\\ude00', '\\n', '\\/', '\\u0000', 'toString', '\u2028', '\ufeff'],
]
const brokenTexts = ['\\ud800', '\\udc00x', '\\x', '\\u12', '\n', '\u0000', '\\', '"', '\\ud800\\ud800']
const numbers = [
  ...['0', '1', '2', '3', '7', '8', '4294967295', '4294967296', '4294967297', '9007199254740991', '9007199254740992'],
  ...['9007199254740993', '18446744073709551615', '18446744073709551616', '1e3', '1E0', '-0', '-1', '01', '00', '1.0'],
  ...['1.', '.5', '0x1', 'true', 'null', '"2"', '[1]', '{}', '', '1 2', '9'.repeat(400)],
]
const values = ['null', 'true', '-1.5e+3', '""', '[]', '{}', '[1,[2,{"a":[]}]]', '"\\u0061"', '{"a":1,"b":{"a":2}}']
const wrong = ['nul', 'NaN', '[1,]', '{"a":1,}', "'a'", '{"a":1,"a":2}', '[', '{"a"}', '1e', '{a:1}', 'undefined', '']
const blanks = [' ', '\n', '\t', '\r', '  ', '\v', '\u00a0', '\ufeff', '/**/', '\u2003', '\u0000']

const nested = (roll: Dice): string => {
  const depth = 4 + roll(5)
  return roll(2) ? '['.repeat(depth) + ']'.repeat(depth) : '{"a":'.repeat(depth) + '0' + '}'.repeat(depth)
}

function entries(roll: Dice): Entry[] {
  const count = roll(200) === 0 ? roll(60) : roll(roll(3) ? 4 : 7)
  const unnamed = Array.from({ length: count }, (_, i) => i)
  return unnamed.map((i) => ({
    name: i === 0 || roll(4) ? `${pick(roll, names)}${i || ''}` : `n${i}`,
    dtype: pick(roll, roll(5) ? common : Object.keys(bitsOf)),
    dims: Array.from({ length: roll(4) }, () => String(roll(12) ? 1 + roll(8) : 0)),
    offsets: [],
    more: [],
    instead: null,
  }))
}

/** Before offsets are known: what they follow. */
function reshape(list: Entry[], roll: Dice): void {
  const entry = list[roll(list.length)]
  if (!entry) return
  const { dims } = entry
  switch (roll(6)) {
    case 0:
      while (dims.length < 7 + roll(3)) dims.push('1')
      break
    case 1:
      dims.splice(roll(dims.length + 1), 0, pick(roll, numbers))
      break
    case 2:
      dims.splice(
        roll(dims.length + 1),
        0,
        ...pick(roll, [
          ['0', '4294967296'],
          ['4294967296', '0'],
          ['0', '4294967297'],
        ]),
      )
      break
    case 3:
      dims.push(
        ...pick(roll, [
          ['4294967296', '1048576'],
          ['1125899906842624'],
          ['4294967296', '2097152'],
          ['4294967296', '2097151'],
          ['4294967296', '4294967296', '0'],
        ]),
      )
      break
    case 4:
      entry.dtype = pick(roll, ['F4', 'F6_E2M3', 'F6_E3M2'])
      break
    default:
      entry.name = pick(roll, ['n'.repeat(1023 + roll(4)), `${'é'.repeat(1023)}${'x'.repeat(roll(3))}`])
  }
}

/** Offsets one behind the other; the bytes of all. */
function layOut(list: Entry[]): number {
  let at = 0
  for (const entry of list) {
    const count = entry.dims.reduce((product, dim) => product * (Number(dim) || 0), 1)
    const end = at + Math.ceil((count * (bitsOf[entry.dtype] ?? 8)) / 8)
    entry.offsets = [String(at), String(end)]
    if (Number.isSafeInteger(end)) at = end
  }
  return at
}

/** By how much the end of the data moves. */
function hurt(list: Entry[], roll: Dice): number {
  const entry = list[roll(list.length)]
  if (!entry) return 0
  const { offsets, dims } = entry
  const shift = (value: string): string => String(Number(value) + pick(roll, [1, -1, 2, 4, -4, 8]))
  switch (roll(14)) {
    case 0:
      offsets[roll(2)] = pick(roll, numbers)
      break
    case 1:
      offsets[0] = shift(offsets[0]!)
      break
    case 2:
      offsets[1] = shift(offsets[1]!)
      break
    case 3:
      entry.offsets = pick(roll, [
        offsets.map(shift),
        [...offsets].reverse(),
        list[0]!.offsets,
        [offsets[0]!],
        [],
        [...offsets, '0'],
      ])
      break
    case 4:
      dims[roll(dims.length + 1)] = pick(roll, numbers)
      break
    case 5:
      entry.dtype = pick(roll, [
        'f32',
        'F8',
        'I4',
        '',
        'F32 ',
        '__proto__',
        '\\u0046\\u0033\\u0032',
        ...Object.keys(bitsOf),
      ])
      break
    case 6:
      entry.more.push(
        `"${pick(roll, ['x', 'dtype', 'shape', 'data_offsets', '__proto__'])}":${pick(roll, [...values, ...wrong])}`,
      )
      break
    case 7:
      entry.more.push(`"x":${nested(roll)}`)
      break
    case 8:
      entry.instead = pick(roll, [
        ...values,
        ...wrong,
        nested(roll),
        '{"shape":[],"data_offsets":[0,0]}',
        '{"dtype":1,"shape":[],"data_offsets":[0,0]}',
      ])
      break
    case 9:
      entry.name = pick(roll, brokenTexts)
      break
    case 10: {
      // it and all behind it, so that nothing else is wrong
      const by = pick(roll, [1, 2, 4, -1, -2, -4])
      for (const one of list.slice(list.indexOf(entry))) one.offsets = one.offsets.map((at) => String(Number(at) + by))
      return by
    }
    case 11:
      entry.lists = roll(2) ? ['null', '[0,4]'] : [`[${dims.join()}]`, pick(roll, values)]
      break
    case 12:
      entry.name = roll(3) ? list[roll(list.length)]!.name : `\\u00${(97 + roll(3)).toString(16)}`
      break
    default:
      entry.more.push(`"${pick(roll, brokenTexts)}":1`)
  }
  return 0
}

function write(entry: Entry, roll: Dice): string {
  if (entry.instead !== null) return `"${entry.name}":${entry.instead}`
  const members = [
    `"dtype":"${entry.dtype}"`,
    `"shape":${entry.lists?.[0] ?? `[${entry.dims.join()}]`}`,
    `"data_offsets":${entry.lists?.[1] ?? `[${entry.offsets.join()}]`}`,
    ...entry.more,
  ]
  if (roll(8) === 0) members.reverse()
  if (roll(60) === 0) members.splice(roll(members.length), 1)
  return `"${entry.name}":{${members.join()}}`
}

function metadata(roll: Dice): string {
  const pairs = pick(roll, [
    ...['"format":"pt"', '"format":"pt","":"é\\n"', ''],
    ...(roll(3) ? [] : ['"a":1', '"a":null', '"a":"b","a":"c"', '"a":["b"]', '"a":{"b":"c"}', '"__proto__":"x"']),
  ])
  return `"__metadata__":${roll(40) ? `{${pairs}}` : pick(roll, values)}`
}

const text = new Bytes()
const file = new Bytes()
const before = new Bytes()

/** The header's text into `text`; the bytes that should follow it. */
function header(roll: Dice): number {
  const list = entries(roll)
  if (roll(4) === 0) reshape(list, roll)
  let data = layOut(list)
  for (let times = pick(roll, [0, 1, 1, 1, 2]); times > 0; times--) data += hurt(list, roll)
  const members = list.map((entry) => write(entry, roll))
  if (roll(3) === 0) members.splice(roll(members.length + 1), 0, metadata(roll))
  if (roll(60) === 0) members.push(metadata(roll))
  if (roll(4) === 0) members.reverse()
  let json = `{${members.join()}}`
  if (roll(12) === 0) {
    const at = roll(json.length + 1)
    json = json.slice(0, at) + pick(roll, blanks) + json.slice(at)
  }
  if (roll(16) === 0) json += pick(roll, [' ', '       ', '\n', ' \t', ' {}', '\u0000', '}'])
  if (roll(60) === 0) json = pick(roll, [' ', '\ufeff', '[', '\n', '{']) + json
  if (roll(20) === 0) data = Math.max(0, data + pick(roll, [1, -1, 8, -8, 1e6]))
  text.length = 0
  text.text(json)
  return data
}

const lengths = [0n, 1n, 2n, 25_000_000n, 25_000_001n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]

/** The next mutant; its bytes stand until the one after it is asked for. */
export function safetensorsMutant(roll: Dice): Mutant {
  let data = header(roll)
  if (roll(25) === 0) {
    before.length = 0
    before.put(text.all)
    const other = header(roll)
    data = pick(roll, [data, other])
    splice(text, before.all, roll, 0)
  }
  for (let times = pick(roll, [0, 0, 0, 0, 0, 0, 0, 1, 2]); times > 0; times--) wound(text, roll, 0)
  file.length = 0
  const length = BigInt(text.length)
  file.u64(roll(40) ? length : roll(2) ? pick(roll, lengths) : length + BigInt(roll(5) - 2))
  file.put(text.all)
  if (roll(200) === 0) return { head: file.all.subarray(0, roll(9)), size: roll(9) }
  return { head: file.all, size: Math.max(file.length, file.length + data) }
}
