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

/** The value of a JSON text, in one pass more where bare words are in it. Throws SyntaxError as JSON.parse does. */
export function parsePythonJson(text: string): unknown {
  try {
    return JSON.parse(text, revive)
  } catch (error) {
    const plain = quoteWords(text)
    if (plain === null) throw error
    return JSON.parse(plain, revive)
  }
}

/** The text with its bare words as marked strings; null when there are none, or a string never ends. */
function quoteWords(text: string): string | null {
  const next = /"|(?:-?\bInfinity|\bNaN)\b(?!\s*:)/g,
    special = /["\\]/g
  let out = '',
    done = 0
  for (let found = next.exec(text); found; found = next.exec(text)) {
    if (found[0] !== '"') {
      out += `${text.slice(done, found.index)}${JSON.stringify(mark + found[0])}`
      done = next.lastIndex
      continue
    }
    // over the string, one special character at a time
    special.lastIndex = next.lastIndex
    let end = special.exec(text)
    for (; end && end[0] === '\\'; end = special.exec(text)) special.lastIndex++
    if (!end) return null
    next.lastIndex = special.lastIndex
  }
  return done ? out + text.slice(done) : null
}
