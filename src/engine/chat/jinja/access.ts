// value.name and value[key], as jinja2's sandbox looks them up.

import { attribute } from './methods.ts'
import { fail, refuse, type Meter } from './meter.ts'
import { slice, subscript } from './operators.ts'
import { Undefined, or, typeName, type Value } from './values.ts'

const missing = (value: Value, name: string): Undefined =>
  new Undefined(`'${typeName(value)} object' has no attribute '${name}'`)

// what Python's Undefined has itself, and the sandbox hides; anything else of it is an error
const ownNames = new Set(
  'add aiter bool call class complex delattr dir div doc eq float floordiv format ge getattr getattribute getitem getstate gt hash init init_subclass int iter le len lt mod module mul ne neg new pos pow radd rdiv reduce reduce_ex repr rfloordiv rmod rmul rpow rsub rtruediv setattr sizeof slots str sub subclasshook truediv'
    .split(' ')
    .map((name) => `__${name}__`),
)

/** value.name: an attribute, else an item */
export function getAttribute(value: Value, name: string, meter: Meter): Value {
  meter.charge(1)
  if (value instanceof Undefined) {
    return ownNames.has(name) ? new Undefined(`access to attribute '${name}'`) : fail(`${value.what} is undefined`)
  }
  const found = attribute(value, name, meter)
  if (found !== undefined) return found
  return or(subscript(value, name, meter), missing(value, name))
}

/** value[key]: an item, else an attribute */
export function getItem(value: Value, key: Value, meter: Meter): Value {
  meter.charge(1)
  if (value instanceof Undefined) return fail(`${value.what} is undefined`)
  const item = subscript(value, key, meter)
  const found = item === undefined && typeof key === 'string' ? attribute(value, key, meter) : item
  return or(found, missing(value, typeof key === 'string' ? key : typeName(key)))
}

export function getSlice(value: Value, from: Value, to: Value, by: Value, meter: Meter): Value {
  if (value instanceof Undefined) return fail(`${value.what} is undefined`)
  return slice(value, from, to, by, meter) ?? refuse(`a slice of this kind of ${typeName(value)}`)
}
