// Pairs from a file of a teacher's: JSON lines with prompt and completion, or messages; or a table of two columns.

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
      const said = (role: string): string | null =>
        text((messages as { role?: unknown; content?: unknown }[]).find((one) => one?.role === role)?.content)
      const [asked, answered] = [said('user'), said('assistant')]
      return asked !== null && answered !== null ? { prompt: asked, completion: answered } : null
    }
    const [asked, answered] = [text(prompt), text(completion)]
    return asked !== null && answered !== null ? { prompt: asked, completion: answered } : null
  } catch {
    return null
  }
}

/** One line of a table: two cells, apart by a tab or a comma; a cell in quotes may hold either. */
function ofTable(line: string): Pair | null {
  const cells = [...line.matchAll(/(?:^|[,\t])(?:"((?:[^"]|"")*)"|([^,\t"]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  )
  const [prompt, completion] = [text(cells[0]), text(cells[1])]
  return cells.length === 2 && prompt !== null && completion !== null ? { prompt, completion } : null
}

export function readRows(file: string): ReadRows {
  const lines = file
    .slice(0, mostText)
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
  const rows: Pair[] = []
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue
    if (i === 0 && /^"?prompt"?[,\t]"?completion"?$/i.test(line.trim())) continue
    const row = line.trimStart().startsWith('{') ? ofJson(line) : ofTable(line)
    if (row === null || rows.length === mostRows) return { rows, wrong: i + 1 }
    rows.push(row)
  }
  return { rows, wrong: null }
}
