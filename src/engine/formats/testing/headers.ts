// Runs mutants past a parser and its slow second. The parser must say what the second says, to the last byte of the table;
// throw nothing but our own errors; and ask for no memory that the file's own bytes do not explain.

import { EngineError } from '../../errors.ts'
import type { ByteSource } from '../bytes.ts'
import { dice, type Dice } from './dice.ts'
import type { Verdict } from './verdict.ts'

export interface Mutant {
  /** the file's first bytes; zeros stand behind them */
  head: Uint8Array
  size: number
}

interface Judged {
  first: number
  count: number
  mutant: (roll: Dice) => Mutant
  /** what the parser reads, written as the second writes it */
  read: (source: ByteSource) => Promise<string>
  second: (head: Uint8Array, size: bigint) => Verdict
}

/** What may be asked for at once beside twice the file's own size, or twice the longest header or text that is read. */
const spare = 2 ** 20
const longest = 25_000_000
const codes: ReadonlySet<string> = new Set(['FILE_HEADER', 'FILE_TRUNCATED', 'FILE_FORMAT', 'DTYPE_UNSUPPORTED'])

/** How many were accepted, and how many each rule refused. Throws on the first disagreement, with seed and bytes. */
export async function judge({ first, count, mutant, read, second }: Judged): Promise<Map<string, number>> {
  const tally = new Map<string, number>()
  const memory = watchMemory()
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0 // half of the time, else
  try {
    for (let seed = first; seed < first + count; seed++) {
      const { head, size } = mutant(dice(seed))
      const hex = (): string => `seed ${seed}, ${size} bytes: ${Buffer.from(head).toString('hex').slice(0, 20_000)}`
      memory.limit = 2 * Math.min(size, longest) + spare
      let got: string | null = null
      try {
        got = await read(sourceOf(head, size))
      } catch (error) {
        if (!(error instanceof EngineError && codes.has(error.code))) {
          throw new Error(`${(error as Error).message} of ${hex()}`, { cause: error })
        }
      }
      if (memory.most !== null) throw new Error(`${memory.most} bytes were asked for at once by ${hex()}`)
      const { table, rule } = second(head, BigInt(size))
      if (got !== table) {
        throw new Error(`${hex()}\nthe parser: ${got ?? 'refused'}\nthe second: ${table ?? `refused, ${rule!}`}`)
      }
      const what = rule ?? (table === '' ? 'accepted, empty' : 'accepted')
      tally.set(what, (tally.get(what) ?? 0) + 1)
    }
  } finally {
    Error.stackTraceLimit = stackTraceLimit
    memory.end()
  }
  return tally
}

const sourceOf = (head: Uint8Array, size: number): ByteSource => ({
  name: 'm',
  size,
  read(offset, length) {
    if (!(offset >= 0 && length >= 0 && offset + length <= size)) throw new RangeError(`read ${offset} + ${length}`)
    if (offset + length <= head.length) return Promise.resolve(head.subarray(offset, offset + length))
    const out = Buffer.alloc(length)
    if (offset < head.length) out.set(head.subarray(offset))
    return Promise.resolve(out)
  },
})

/** Notes lengths above `limit` that arrays and buffers are made with. */
function watchMemory(): { limit: number; most: number | null; end: () => void } {
  const own = { Uint8Array, ArrayBuffer, Array }
  const watch = { limit: Infinity, most: null as number | null, end: (): void => void Object.assign(globalThis, own) }
  const watched = Object.entries(own).map(([name, made]) => [
    name,
    new Proxy(made, {
      construct(target, given: unknown[], self: NewableFunction) {
        const [length] = given
        if (typeof length === 'number' && length > watch.limit) watch.most = length
        return Reflect.construct(target, given, self) as object
      },
    }),
  ])
  Object.assign(globalThis, Object.fromEntries(watched))
  return watch
}
