// A value from a stranger's file as a few characters of a message.
//
// `String(value)`, a template literal and `JSON.stringify` all throw for some value a file may hold:
// {"toString": 1}, a 64-bit integer, lists in lists without end.

/** At most `max` characters. Texts stand in quotes, as JSON has them; of a list the first entries. Never throws. */
export function shown(value: unknown, max = 80): string {
  return spell(value, max, 0).slice(0, max)
}

/** The same, a text without its quotes. */
export function plainly(value: unknown, max = 80): string {
  return typeof value === 'string' ? value.slice(0, max) : shown(value, max)
}

/** Levels and entries that can matter for so few characters. */
const deepest = 4,
  entries = 8

function spell(value: unknown, max: number, depth: number): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'string') return JSON.stringify(value.slice(0, max))
  // NaN, the infinities and 64-bit integers have no JSON of their own
  if (value === null || typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') {
    return String(value)
  }
  if (typeof value !== 'object') return `a ${typeof value}`
  if (depth === deepest) return '…'
  // the numbers of a GGUF, and lists of a JSON file as that has them
  const comma = ArrayBuffer.isView(value) ? ', ' : ','
  const list =
    ArrayBuffer.isView(value) && !(value instanceof DataView)
      ? Array.from((value as Float32Array).subarray(0, entries + 1))
      : value
  if (Array.isArray(list)) {
    return `[${list
      .slice(0, entries)
      .map((one) => spell(one, max, depth + 1))
      .join(comma)}${list.length > entries ? `${comma}…` : ''}]`
  }
  const keys = Object.keys(value)
  return `{${keys
    .slice(0, entries)
    .map(
      (key) => `${JSON.stringify(key.slice(0, max))}:${spell((value as Record<string, unknown>)[key], max, depth + 1)}`,
    )
    .join(',')}${keys.length > entries ? ',…' : ''}}`
}
