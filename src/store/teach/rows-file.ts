// Pairs from a file of a teacher's: JSON lines with prompt and completion, or messages of one question and its answer; or a table of two columns.

import { readTable } from '../../evaluation/table.ts'
import type { Pair } from './homes.ts'

export interface ReadRows {
  rows: Pair[]
  /** the first line that could not be read, from 1; null: all could */
  wrong: number | null
}

/** Lines and characters that are read at most. */
const mostRows = 2000,
  mostText = 10_000_000

const text = (value: unknown): string | null => (typeof value === 'string' && value.trim() !== '' ? value : null)

function ofJson(line: string): Pair | null {
  try {
    const { prompt, completion, messages } = JSON.parse(line) as Record<string, unknown>
    if (Array.isArray(messages)) {
      const said = messages as ({ role?: unknown; content?: unknown } | null)[]
      // of a longer talk, or one with a system message, a part alone would be learnt
      if (said.length !== 2 || said[0]?.role !== 'user' || said[1]?.role !== 'assistant') return null
      const [asked, answered] = [text(said[0].content), text(said[1].content)]
      return asked !== null && answered !== null ? { prompt: asked, completion: answered } : null
    }
    const [asked, answered] = [text(prompt), text(completion)]
    return asked !== null && answered !== null ? { prompt: asked, completion: answered } : null
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
  row: Pair | null
}
function linesOf(file: string): Line[] {
  if (file.trimStart().startsWith('{')) {
    return file.split(/\r?\n/).flatMap((one, i) => (one.trim() === '' ? [] : [{ line: i + 1, row: ofJson(one) }]))
  }
  const { rows, wrong } = readTable(file)
  const body = rows.filter(({ cells }, i) => i > 0 || !isHead(cells))
  const read = body.map(({ line, cells }): Line => ({ line, row: ofTable(cells) }))
  return wrong === null ? read : [...read, { line: wrong, row: null }]
}

export function readRows(file: string): ReadRows {
  const rows: Pair[] = []
  for (const { line, row } of linesOf(file.slice(0, mostText).replace(/^\uFEFF/, ''))) {
    if (row === null || rows.length === mostRows) return { rows, wrong: line }
    rows.push(row)
  }
  return { rows, wrong: null }
}
