// A table as text (RFC 4180): cells with commas or tabs between, as its first line has them; a cell in quotes may hold either,
// line breaks and doubled quotes. Rows come with the line that they begin at, from 1.

export interface TableRow {
  line: number
  cells: string[]
}
export interface Table {
  rows: TableRow[]
  /** the line of a quote that is never closed, or that more than a separator follows; null: none */
  wrong: number | null
}

/** Empty lines are left out. Ends at the first line that is no row. */
export function readTable(text: string): Table {
  const between = text.split(/\r?\n/, 1)[0]!.includes('\t') ? '\t' : ','
  const rows: TableRow[] = []
  let [at, line] = [text.startsWith('\uFEFF') ? 1 : 0, 1]
  while (at < text.length) {
    const row: TableRow = { line, cells: [] }
    for (;;) {
      if (text[at] === '"') {
        let cell = ''
        for (;;) {
          const end = text.indexOf('"', at + 1)
          if (end < 0) return { rows, wrong: row.line }
          cell += text.slice(at + 1, end)
          at = end + 1
          if (text[at] !== '"') break
          cell += '"'
        }
        line += cell.split('\n').length - 1
        row.cells.push(cell)
      } else {
        const from = at
        while (at < text.length && text[at] !== between && text[at] !== '\n') at++
        row.cells.push(text.slice(from, at).replace(/\r$/, ''))
      }
      if (text[at] === '\r' && (text[at + 1] === '\n' || at + 1 === text.length)) at++
      if (at >= text.length) break
      if (text[at] === '\n') {
        at++
        line++
        break
      }
      if (text[at] !== between) return { rows, wrong: row.line }
      at++
    }
    if (row.cells.length > 1 || row.cells[0]!.trim() !== '') rows.push(row)
  }
  return { rows, wrong: null }
}

/** A cell as a table holds it; one that a spreadsheet would take for a formula stays text. */
export const cellOf = (text: string): string => {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^[+-]?\d/.test(text) ? `'${text}` : text
  return /[",\n\r\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
export const tableText = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `${row.map(cellOf).join(',')}\r\n`).join('')
