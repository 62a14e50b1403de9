// Attributes and methods of Python's values. What changes a value is unsafe in a sandbox and
// reads as undefined; what Python has and we do not is refused by name.

import { asInt, asText, bind } from './bind.ts'
import { formatBraces } from './braces.ts'
import { fail, refuse, type Meter } from './meter.ts'
import { capitalized, swapped, titled } from './case.ts'
import { Finder } from './find.ts'
import { int } from './operators.ts'
import { lines, split, strip, padded, counted, replaced, found, isCase, rsplit } from './text.ts'
import { str } from './print.ts'
import {
  Callable,
  Dict,
  Fields,
  Markup,
  Namespace,
  Range,
  Tuple,
  Undefined,
  View,
  equal,
  isInt,
  items,
  or,
  Float,
  type Arguments,
  type Value,
} from './values.ts'

type Method = (given: Arguments) => Value

/** value.name where Python finds an attribute; undefined where it finds none. */
export function attribute(value: Value, name: string, meter: Meter): Value | undefined {
  if (value instanceof Namespace) return value.attributes.get(name)
  if (value instanceof Fields) return value.get(name)
  if (value instanceof Tuple && value.names.includes(name)) return value.items[value.names.indexOf(name)]
  if (name.startsWith('__')) return new Undefined(`access to attribute '${name}'`)
  const method = (run: Method): Callable =>
    new Callable('method', name, (given) => {
      meter.charge(1)
      return run(given)
    })
  if (typeof value === 'string') {
    const run = own(textMethods(value, meter), name)
    return run ? method(run) : otherText.has(name) ? refuse(`the method str.${name}`) : undefined
  }
  if (value instanceof Dict) {
    const run = own(dictMethods(value, meter), name)
    return run
      ? method(run)
      : dictChanges.has(name)
        ? new Undefined(`access to attribute '${name}' of 'dict' object`)
        : name === 'fromkeys'
          ? refuse('the method dict.fromkeys')
          : undefined
  }
  if (Array.isArray(value) || value instanceof Tuple) {
    const run = own(listMethods(Array.isArray(value) ? value : value.items, meter), name)
    if (run && (name !== 'copy' || Array.isArray(value))) return method(run)
    return Array.isArray(value) && listChanges.has(name)
      ? new Undefined(`access to attribute '${name}' of 'list' object`)
      : undefined
  }
  if (isInt(value) || value instanceof Float) {
    if (name === 'real') return typeof value === 'boolean' ? Number(value) : value
    return numberNames.has(name) ? refuse(`the attribute ${name} of a number`) : undefined
  }
  if (value instanceof Callable && value.kind === 'macro' && name === 'name') return value.name
  if (
    value instanceof Callable &&
    ['arguments', 'caller', 'catch_kwargs', 'catch_varargs', 'name', 'explicit_caller'].includes(name)
  ) {
    return refuse(`the attribute ${name} of a macro`)
  }
  if (value instanceof Range && ['start', 'stop', 'step', 'count', 'index'].includes(name)) {
    return refuse(`the attribute ${name} of a range`)
  }
  if (value instanceof View && ['mapping', 'isdisjoint'].includes(name)) {
    return refuse(`the attribute ${name} of a view`)
  }
  return value instanceof Markup ? refuse('an attribute of escaped text') : undefined
}

const own = (methods: Record<string, Method | undefined>, name: string): Method | undefined =>
  Object.hasOwn(methods, name) ? methods[name] : undefined

const listChanges = new Set(['append', 'clear', 'extend', 'insert', 'pop', 'remove', 'reverse', 'sort'])
const dictChanges = new Set(['clear', 'pop', 'popitem', 'setdefault', 'update'])
const otherText = new Set([
  'casefold',
  'encode',
  'expandtabs',
  'format_map',
  'isdigit',
  'isidentifier',
  'isnumeric',
  'isprintable',
  'istitle',
  'maketrans',
  'translate',
])
const numberNames = new Set([
  'imag',
  'numerator',
  'denominator',
  'conjugate',
  'bit_length',
  'bit_count',
  'to_bytes',
  'from_bytes',
  'as_integer_ratio',
  'is_integer',
  'hex',
  'fromhex',
])

function textMethods(text: string, meter: Meter): Record<string, Method | undefined> {
  const done = (made: string): string => {
    meter.text(made.length)
    return made
  }
  const plain =
    (name: string, make: () => Value): Method =>
    (given) => {
      bind(name, given, [])
      meter.text(text.length)
      return make()
    }
  // a look at what kind of letter each is
  const classed = (name: string, make: () => Value): Method =>
    plain(name, () => {
      meter.charge(text.length / 24)
      return make()
    })
  const noNames = (name: string, given: Arguments, parameters: string[]): (Value | undefined)[] => {
    if (given.named.size > 0) fail(`str.${name}() takes no keyword arguments`)
    meter.text(text.length)
    return bind(name, given, parameters)
  }
  const stripping =
    (name: string, left: boolean, right: boolean): Method =>
    (given) => {
      const [chars] = noNames(name, given, ['chars'])
      return strip(
        text,
        chars === undefined || chars === null ? null : asText(chars, `${name} arg`),
        left,
        right,
        meter,
      )
    }
  const padding =
    (name: string, side: 'left' | 'right' | 'both'): Method =>
    (given) => {
      const [width, fill] = noNames(name, given, ['width!', 'fillchar'])
      return padded(
        text,
        asInt(width, 'width'),
        fill === undefined ? ' ' : asText(fill, 'The fill character'),
        side,
        meter,
      )
    }
  const starting =
    (name: string, goes: (part: string) => boolean): Method =>
    (given) => {
      const test = (part: string): boolean => {
        meter.charge(0.25 + Math.min(part.length, text.length) / 256)
        return goes(part)
      }
      const [part, start, end] = noNames(name, given, ['prefix!', 'start', 'end'])
      if (start !== undefined || end !== undefined) return refuse(`${name} with a start or an end`)
      if (part instanceof Tuple) return part.items.some((one) => test(asText(one, `tuple for ${name}`)))
      return test(asText(part, `${name} first arg`))
    }
  const finding =
    (name: string, last: boolean, strict: boolean): Method =>
    (given) => {
      const [part, start, end] = noNames(name, given, ['sub!', 'start', 'end'])
      if (start !== undefined || end !== undefined) return refuse(`${name} with a start or an end`)
      const at = found(text, asText(part, 'must'), last, meter)
      return at < 0 && strict ? fail('substring not found') : at
    }
  const parting =
    (name: string, last: boolean): Method =>
    (given) => {
      const [separator] = noNames(name, given, ['sep!'])
      const by = asText(separator, 'must')
      if (by === '') return fail('empty separator')
      const finder = new Finder(by, meter),
        at = last ? finder.last(text, text.length) : finder.next(text, 0)
      if (at < 0) return new Tuple(last ? ['', '', text] : [text, '', ''])
      return new Tuple([text.slice(0, at), by, text.slice(at + by.length)])
    }
  const splitting =
    (name: string, make: typeof split): Method =>
    (given) => {
      meter.text(text.length)
      const [separator, max] = bind(name, given, ['sep', 'maxsplit'])
      const parts = make(
        text,
        separator === undefined || separator === null ? null : asText(separator, 'must'),
        max === undefined ? -1 : asInt(max, 'maxsplit'),
        meter,
      )
      meter.items(parts.length)
      return parts
    }
  return {
    upper: plain('upper', () => {
      meter.charge(text.length / 64)
      return done(text.toUpperCase())
    }),
    lower: plain('lower', () => {
      meter.charge(text.length / 64)
      return done(text.toLowerCase())
    }),
    capitalize: plain('capitalize', () => {
      meter.charge(text.length / 4)
      return capitalized(text)
    }),
    title: plain('title', () => {
      meter.charge(text.length / 4)
      return titled(text)
    }),
    swapcase: plain('swapcase', () => {
      meter.charge(text.length / 4)
      return done(swapped(text))
    }),
    strip: stripping('strip', true, true),
    lstrip: stripping('lstrip', true, false),
    rstrip: stripping('rstrip', false, true),
    center: padding('center', 'both'),
    ljust: padding('ljust', 'right'),
    rjust: padding('rjust', 'left'),
    zfill: (given) => {
      const width = asInt(noNames('zfill', given, ['width!'])[0], 'width'),
        sign = /^[+-]/.exec(text)?.[0] ?? ''
      return sign + padded(text.slice(sign.length), width - sign.length, '0', 'left', meter)
    },
    startswith: starting('startswith', (part) => text.startsWith(part)),
    endswith: starting('endswith', (part) => text.endsWith(part)),
    find: finding('find', false, false),
    rfind: finding('rfind', true, false),
    index: finding('index', false, true),
    rindex: finding('rindex', true, true),
    count: (given) => {
      const [part, start, end] = noNames('count', given, ['sub!', 'start', 'end'])
      return start !== undefined || end !== undefined
        ? refuse('count with a start or an end')
        : counted(text, asText(part, 'must'), meter)
    },
    split: splitting('split', split),
    rsplit: splitting('rsplit', rsplit),
    splitlines: (given) => {
      meter.text(text.length)
      meter.charge(text.length / 32)
      const [keep] = bind('splitlines', given, ['keepends'])
      const parts = lines(
        text,
        keep === true || (keep !== undefined && keep !== false && asInt(keep, 'keepends') !== 0),
      )
      meter.items(parts.length)
      return parts
    },
    partition: parting('partition', false),
    rpartition: parting('rpartition', true),
    replace: (given) => {
      const [from, to, count] = noNames('replace', given, ['old!', 'new!', 'count'])
      return replaced(
        text,
        asText(from, 'replace() argument 1'),
        asText(to, 'replace() argument 2'),
        count === undefined ? -1 : asInt(count, 'count'),
        meter,
      )
    },
    removeprefix: (given) => {
      const part = asText(noNames('removeprefix', given, ['prefix!'])[0], 'must')
      meter.charge(Math.min(part.length, text.length) / 256)
      return text.startsWith(part) ? text.slice(part.length) : text
    },
    removesuffix: (given) => {
      const part = asText(noNames('removesuffix', given, ['suffix!'])[0], 'must')
      meter.charge(Math.min(part.length, text.length) / 256)
      return part !== '' && text.endsWith(part) ? text.slice(0, -part.length) : text
    },
    join: (given) => {
      const list = items(noNames('join', given, ['iterable!'])[0]!).map((item, i) =>
        typeof item === 'string' ? item : fail(`sequence item ${i}: expected str instance`),
      )
      meter.items(list.length)
      meter.text(list.reduce((sum, item) => sum + item.length + text.length, 0))
      return list.join(text)
    },
    format: (given) => formatBraces(text, given, meter, (of, name) => attribute(of, name, meter)),
    isupper: plain('isupper', () => isCase(text, 'upper', meter)),
    islower: plain('islower', () => isCase(text, 'lower', meter)),
    isspace: plain('isspace', () => text !== '' && strip(text, null, true, false, meter) === ''),
    isascii: plain('isascii', () => /^[\0-\x7f]*$/.test(text)),
    isalpha: classed('isalpha', () => /^\p{L}+$/u.test(text)),
    isdecimal: classed('isdecimal', () => /^\p{Nd}+$/u.test(text)),
    isalnum: classed('isalnum', () => /^[\p{L}\p{N}]+$/u.test(text)),
    isdigit: classed('isdigit', () =>
      /\p{No}/u.test(text) ? refuse('isdigit on a number sign') : /^\p{Nd}+$/u.test(text),
    ),
    isnumeric: classed('isnumeric', () =>
      /^[\0-\x7f]*$/.test(text) ? /^\d+$/.test(text) : refuse('isnumeric beyond ASCII'),
    ),
  }
}

function dictMethods(dict: Dict, meter: Meter): Record<string, Method | undefined> {
  const none = (name: string, given: Arguments): void => {
    bind(name, given, [])
    meter.items(dict.size)
  }
  return {
    get: (given) => {
      if (given.named.size > 0) return fail('dict.get() takes no keyword arguments')
      const [key, otherwise] = bind('get', given, ['key!', 'default'])
      return or(dict.get(key!, meter), or(otherwise, null))
    },
    items: (given) => {
      none('items', given)
      return new View('items', dict)
    },
    keys: (given) => {
      none('keys', given)
      return new View('keys', dict)
    },
    values: (given) => {
      none('values', given)
      return new View('values', dict)
    },
    copy: (given) => {
      none('copy', given)
      const copy = new Dict()
      for (const [key, value] of dict.entries()) copy.set(key, value, meter)
      return copy
    },
  }
}

function listMethods(list: Value[], meter: Meter): Record<string, Method | undefined> {
  return {
    index: (given) => {
      meter.items(list.length)
      if (given.args.length > 1) return refuse('index with a start or an end')
      const [value] = bind('index', given, ['value!'])
      const at = list.findIndex((item) => equal(item, value!, meter))
      return at < 0 ? fail(`${str(value!, meter)} is not in list`) : int(at)
    },
    count: (given) => {
      meter.items(list.length)
      const [value] = bind('count', given, ['value!'])
      return list.filter((item) => equal(item, value!, meter)).length
    },
    copy: (given) => {
      bind('copy', given, [])
      meter.items(list.length)
      return [...list]
    },
  }
}
