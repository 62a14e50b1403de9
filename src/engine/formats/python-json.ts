// JSON as Python's json module writes and reads it: NaN, Infinity and -Infinity stand for themselves. transformers also
// writes them as {"__float__": "Infinity"}. Everything else is strict JSON; the key "__proto__" is dropped.

const tagged: Readonly<Record<string, number>> = { NaN, Infinity, '-Infinity': -Infinity }
/** opens a text that stands for a number, for a moment */
const mark = '\u0000python float '

const revive = (key: string, value: unknown): unknown => {
  if (key === '__proto__') return undefined
  if (typeof value === 'string' && value.startsWith(mark)) return tagged[value.slice(mark.length)] ?? value
  if (typeof value === 'object' && value !== null && Object.keys(value).length === 1) {
    const tag = (value as Record<string, unknown>)['__float__']
    if (typeof tag === 'string' && Object.hasOwn(tagged, tag)) return tagged[tag]
  }
  return value
}

/** The value of a JSON text. Throws SyntaxError as JSON.parse does. */
export function parsePythonJson(text: string): unknown {
  try { return JSON.parse(text, revive) } catch (error) {
    // strings are stepped over; what is found outside of them can only be a bare word
    const plain = text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\bInfinity\b|\bNaN\b/gs, (found) => (found.startsWith('"') ? found : JSON.stringify(mark + found)))
    if (plain === text) throw error
    return JSON.parse(plain, revive)
  }
}
