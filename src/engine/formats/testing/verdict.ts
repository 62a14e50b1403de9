// What a slow reader says of a file: the table it reads, as text, or the rule that the file breaks.

export interface Verdict {
  table: string | null
  rule: string | null
}

export class Broken extends Error {}

export function need(holds: boolean, rule: string): void {
  if (!holds) throw new Broken(rule)
}

export function verdict(read: () => string): Verdict {
  try {
    return { table: read(), rule: null }
  } catch (error) {
    if (!(error instanceof Broken)) throw error
    return { table: null, rule: error.message }
  }
}
