// '{} {0} {name} {x[0]} {x.y}'.format(…): fields without a format of their own, and the plain
// ones for texts and whole numbers; anything else is refused.

import { fail, refuse, type Meter } from './meter.ts'
import { subscript } from './operators.ts'
import { fixed, repr, str } from './print.ts'
import { padded } from './text.ts'
import { Float, Undefined, isInt, or, textLength, typeName, type Arguments, type Value } from './values.ts'

export function formatBraces(
  text: string,
  { args, named }: Arguments,
  meter: Meter,
  attribute: (of: Value, name: string) => Value | undefined,
): string {
  meter.charge(text.length / 32)
  let next = 0,
    counted = false,
    numbered = false,
    made = text.length
  return text.replace(
    /\{\{|\}\}|\{([^{}!:]*)(?:!([^{}:]*))?(?::([^{}]*))?\}|[{}]/g,
    (all, path: string | undefined, conversion: string | undefined, spec: string | undefined) => {
      meter.charge(1)
      if (all === '{{' || all === '}}') return all[0]!
      if (path === undefined) return refuse('a format with braces in it')
      // what follows looks at a part of the path more than once
      if (path.length > 1000) return refuse('a format with a field of more than 1000 characters')
      const [, head, rest] = /^([^.[]*)(.*)$/s.exec(path)!
      let value: Value | undefined
      if (head === '') {
        counted = true
        value = args[next++]
      } else if (/^\d+$/.test(head!)) {
        numbered = true
        value = args[Number(head)]
      } else value = named.get(head!)
      if (counted && numbered) {
        return fail('cannot switch between manual field specification and automatic field numbering')
      }
      if (value === undefined) return fail(`the format has no value for "${head}"`)
      for (const [, name, index] of rest!.matchAll(/\.([^.[]+)|\[([^\]]*)\]/g)) {
        if (value instanceof Undefined) return fail(`the format finds nothing for "${path}"`)
        // as the sandbox of jinja2 looks them up: an attribute or else an item, and the other way round
        const key = name ?? (/^\d+$/.test(index!) ? Number(index) : index!)
        const item = (): Value | undefined => subscript(value!, key, meter),
          of = (): Value | undefined => (typeof key === 'string' ? attribute(value!, key) : undefined)
        const found: Value | undefined =
          name === undefined ? or(item(), or(of(), new Undefined(path))) : or(of(), or(item(), new Undefined(path)))
        value = found
      }
      if (rest !== '' && rest!.replace(/\.([^.[]+)|\[([^\]]*)\]/g, '') !== '') {
        return fail('the format has a field that cannot be read')
      }
      if (conversion !== undefined) {
        value =
          conversion === 'r'
            ? repr(value, meter)
            : conversion === 's'
              ? str(value, meter)
              : refuse(`the conversion !${conversion}`)
      }
      const out = formatted(value, spec ?? '', meter)
      meter.text((made += out.length))
      return out
    },
  )
}

function formatted(value: Value, spec: string, meter: Meter): string {
  if (spec === '') return str(value, meter)
  const found = /^([<>^])?(0)?(\d+)?(?:\.(\d+))?([sdf])?$/.exec(spec)
  if (!found) return refuse(`the format "${spec}"`)
  const [, align, zero, width, places, kind] = found
  let body: string
  if (typeof value === 'string' && (kind ?? 's') === 's' && zero === undefined) {
    body = places === undefined ? value : [...value].slice(0, Number(places)).join('')
  } else if (typeof value === 'number' && (kind ?? 'd') === 'd' && places === undefined) body = String(value)
  else if ((value instanceof Float || isInt(value)) && kind === 'f') {
    body = fixed(value instanceof Float ? value.value : Number(value), Number(places ?? 6))
  } else return refuse(`the format "${spec}" of a ${typeName(value)}`)
  const wide = Number(width ?? 0)
  if (zero !== undefined && align === undefined) {
    const sign = body.startsWith('-') ? '-' : ''
    return sign + padded(body.slice(sign.length), wide - sign.length, '0', 'left', meter)
  }
  const side = (align ?? (typeof value === 'string' ? '<' : '>')) === '<' ? 'right' : align === '^' ? 'both' : 'left'
  if (side === 'both' && (wide - textLength(body)) % 2 !== 0) return refuse('a centred format of odd width')
  return padded(body, wide, zero === undefined ? ' ' : '0', side, meter)
}
