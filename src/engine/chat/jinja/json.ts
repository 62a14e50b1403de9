// json.dumps as transformers gives it to templates: the filter tojson.

import { fail, type Meter } from './meter.ts'
import { floatText } from './print.ts'
import { Dict, Float, Tuple, compare, typeName, type Value } from './values.ts'

export interface JsonOptions {
  ascii: boolean
  indent: string | null
  separators: [string, string]
  sort: boolean
}

export function toJson(value: Value, options: JsonOptions, meter: Meter): string {
  // built in parts: every part is charged before the whole is
  const parts: string[] = []
  let total = 0
  const add = (text: string): void => {
    total += text.length
    meter.text(total)
    meter.spent -= total / 128
    meter.charge(text.length / 128)
    parts.push(text)
  }
  const line = (depth: number): void => {
    if (options.indent === null) return
    meter.text(total + options.indent.length * depth)
    add(`\n${options.indent.repeat(depth)}`)
  }
  const write = (of: Value, depth: number): void => {
    // escaping costs several passes
    meter.charge(typeof of === 'string' ? 1 + of.length / 24 : 1)
    const simple = scalar(of, options.ascii)
    if (simple !== null) return add(simple)
    meter.enter()
    if (of instanceof Dict) {
      const entries = of.entries()
      if (options.sort) entries.sort(([a], [b]) => compare(a, b, meter))
      group('{', '}', entries, depth, ([key, item]) => {
        if (typeof key === 'string') meter.charge(key.length / 24)
        add(keyText(key, options.ascii) + options.separators[1])
        write(item, depth + 1)
      })
    } else if (Array.isArray(of) || of instanceof Tuple) {
      group('[', ']', Array.isArray(of) ? of : of.items, depth, (item) => {
        write(item, depth + 1)
      })
    } else fail(`Object of type ${typeName(of)} is not JSON serializable`)
    meter.leave()
  }
  function group<T>(open: string, close: string, list: readonly T[], depth: number, each: (item: T) => void): void {
    if (list.length === 0) return add(open + close)
    add(open)
    list.forEach((item, i) => {
      if (i > 0) add(options.separators[0])
      line(depth + 1)
      each(item)
    })
    line(depth)
    add(close)
  }
  write(value, 0)
  return parts.join('')
}

function scalar(value: Value, ascii: boolean): string | null {
  if (value === null) return 'null'
  if (typeof value === 'boolean' || typeof value === 'number') return String(value)
  if (typeof value === 'string') return quoted(value, ascii)
  if (!(value instanceof Float)) return null
  return Number.isNaN(value.value)
    ? 'NaN'
    : Number.isFinite(value.value)
      ? floatText(value.value)
      : value.value > 0
        ? 'Infinity'
        : '-Infinity'
}

function keyText(key: Value, ascii: boolean): string {
  if (typeof key === 'string') return quoted(key, ascii)
  return quoted(scalar(key, ascii) ?? fail(`keys must be str, int, float, bool or None, not ${typeName(key)}`), ascii)
}

const named: Record<string, string> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
}
const unit = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
const quoted = (text: string, ascii: boolean): string =>
  `"${text.replace(ascii ? /["\\]|[^ -~]/g : /["\\]|[\0-\x1f]/g, (character) => named[character] ?? unit(character))}"`
