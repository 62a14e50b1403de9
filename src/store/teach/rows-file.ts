// Pairs from a file of a teacher's: JSON lines with prompt and completion, or messages of one question and its answer; or a table of two columns.

import { readTable } from '../../evaluation/table.ts'
import { twiceIn } from '../../evaluation/twice.ts'
import type { Pair } from './homes.ts'

export interface ReadRows {
  rows: Pair[]
  /** the first line that could not be read, from 1; null: all could */
  wrong: number | null
  /** the field that stands twice in that line */
  twice?: string
  /** longer than is read: nothing of it is taken */
  long: boolean
  /** fields that nothing is made of */
  ignored: string[]
}

/** Lines that are read, and characters of a file that is read at all. */
const mostRows = 2000,
  mostText = 10_000_000

const text = (value: unknown): string | null => (typeof value === 'string' && value.trim() !== '' ? value : null)

const known = new Set(['prompt', 'completion', 'messages', 'messages.role', 'messages.content'])
/** Of a line that a pair was made of. */
function otherFields(value: object, messages: readonly unknown[]): string[] {
  const said = messages.flatMap((one) => Object.keys(one as object).map((name) => `messages.${name}`))
  // of a chat the pair is not looked at, nor is a chat where there is a pair
  const own = Object.keys(value).filter((name) => name !== 'messages' && (messages.length > 0 || !known.has(name)))
  return [...own, ...said.filter((name) => !known.has(name))]
}

function ofJson(line: string, ignored: (names: readonly string[]) => void): Pair | { twice: string } | null {
  try {
    const value = JSON.parse(line) as Record<string, unknown>
    const twice = twiceIn(line)
    if (twice !== null) return { twice: twice.slice(0, 40) }
    const { prompt, completion, messages } = value
    if (Array.isArray(messages)) {
      const said = messages as ({ role?: unknown; content?: unknown } | null)[]
      // of a longer talk, or one with a system message, a part alone would be learnt
      if (said.length !== 2 || said[0]?.role !== 'user' || said[1]?.role !== 'assistant') return null
      const [asked, answered] = [text(said[0].content), text(said[1].content)]
      if (asked === null || answered === null) return null
      ignored(otherFields(value, said))
      return { prompt: asked, completion: answered }
    }
    const [asked, answered] = [text(prompt), text(completion)]
    if (asked === null || answered === null) return null
    ignored([...otherFields(value, []), ...(messages === undefined ? [] : ['messages'])])
    return { prompt: asked, completion: answered }
  } catch {
    return null
  }
}

/** Two cells, and no more. */
function ofTable(cells: readonly string[]): Pair | null {
  const [prompt, completion] = [text(cells[0]), text(cells[1])]
  return cells.length === 2 && prompt !== null && completion !== null ? { prompt, completion } : null
}
/** The names of the fields, or of the panel's own columns in either language. */
const heads = /^(?:prompt,(?:completion|answer)|questions?,answers?|问题,(?:答案|回答))$/i
const isHead = (cells: readonly string[]): boolean => heads.test(cells.map((cell) => cell.trim()).join())

interface Line {
  line: number
  row: Pair | { twice: string } | null
}
function linesOf(file: string, ignored: (names: readonly string[]) => void): Line[] {
  if (file.trimStart().startsWith('{')) {
    return file
      .split(/\r?\n/)
      .flatMap((one, i) => (one.trim() === '' ? [] : [{ line: i + 1, row: ofJson(one, ignored) }]))
  }
  const { rows, wrong } = readTable(file)
  const body = rows.filter(({ cells }, i) => i > 0 || !isHead(cells))
  const read = body.map(({ line, cells }): Line => ({ line, row: ofTable(cells) }))
  return wrong === null ? read : [...read, { line: wrong, row: null }]
}

export function readRows(file: string): ReadRows {
  const rows: Pair[] = []
  if (file.length > mostText) return { rows, wrong: null, long: true, ignored: [] }
  const others = new Set<string>()
  const ignored = (names: readonly string[]): void => {
    for (const name of names) if (others.size < 20) others.add(name.slice(0, 40))
  }
  let wrong: number | null = null
  let twice: string | undefined
  for (const { line, row } of linesOf(file.replace(/^\uFEFF/, ''), ignored)) {
    if (row === null || 'twice' in row || rows.length === mostRows) {
      wrong = line
      if (row && 'twice' in row) twice = row.twice
      break
    }
    rows.push(row)
  }
  return { rows, wrong, long: false, ignored: [...others], ...(twice !== undefined && { twice }) }
}
