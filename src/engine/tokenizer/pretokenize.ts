// The pre-tokenizer of a tokenizer.json: the text is cut into pieces that no token
// crosses, step by step as the Rust library does it. Unknown steps are refused by name.

import { asString, clip, eachStep, invalid, unsupported, type Json } from './check.ts'
import { mapBytes } from './byte-map.ts'
import type { Meter } from './meter.ts'
import type { Stretch } from './normalize.ts'
import { findMatches, patterns, readPattern, tableRegex, type Matcher } from './patterns.ts'
import { punctuation } from './unicode.ts'
import { plainly } from '../shown.ts'

export type PreTokenizer = (stretch: Stretch, meter: Meter) => Stretch[]
type Behavior = 'removed' | 'isolated' | 'mergedwithprevious' | 'mergedwithnext' | 'contiguous'

const utf8 = new TextEncoder()

export function readPreTokenizer(node: unknown): PreTokenizer | null {
  const steps = eachStep(node, 'pretokenizers', readStep)
  if (steps.length === 0) return null
  return (stretch, meter) => {
    let pieces = [stretch]
    for (const step of steps) {
      const next: Stretch[] = []
      for (const piece of pieces) {
        meter.charge(piece.text.length)
        meter.work(8) // what a short piece costs, too
        for (const part of step(piece)) if (part.text !== '') next.push(part)
      }
      pieces = next
    }
    return pieces
  }
}

type Step = (piece: Stretch) => Stretch[]

/** Cuts at the matches of a pattern; what happens to a match is its behavior. `invert` swaps matches and the rest. */
function splitter(pattern: Matcher, behavior: Behavior, invert = false): Step {
  return ({ text, first }) => {
    const spans: { from: number; to: number; match: boolean }[] = []
    let at = 0
    for (const [from, to] of findMatches(text, pattern)) {
      if (at < from) spans.push({ from: at, to: from, match: invert })
      spans.push({ from, to, match: !invert })
      at = to
    }
    if (at < text.length) spans.push({ from: at, to: text.length, match: invert })
    return joined(spans, behavior).map(({ from, to }) => ({ text: text.slice(from, to), first: first && from === 0 }))
  }
}

function joined(
  spans: { from: number; to: number; match: boolean }[],
  behavior: Behavior,
): { from: number; to: number }[] {
  if (behavior === 'removed') return spans.filter((span) => !span.match)
  if (behavior === 'isolated') return spans
  const out: { from: number; to: number }[] = []
  let before = false
  if (behavior === 'mergedwithnext') {
    for (const { from, to, match } of spans.toReversed()) {
      if (match && !before && out.length > 0) out.at(-1)!.from = from
      else out.push({ from, to })
      before = match
    }
    return out.reverse()
  }
  for (const { from, to, match } of spans) {
    const merge = behavior === 'contiguous' ? match === before : match && !before
    if (merge && out.length > 0) out.at(-1)!.to = to
    else out.push({ from, to })
    before = match
  }
  return out
}

function readBehavior(value: unknown): Behavior {
  const behavior = plainly(value ?? 'Isolated')
    .toLowerCase()
    .replaceAll('_', '')
  if (!['removed', 'isolated', 'mergedwithprevious', 'mergedwithnext', 'contiguous'].includes(behavior)) {
    throw unsupported(`a Split with behavior "${clip(behavior)}"`)
  }
  return behavior as Behavior
}

const table = (name: keyof typeof patterns): Matcher => ({ regex: tableRegex(patterns[name]) })

function readStep(step: Json, type: string): Step[] {
  switch (type) {
    case 'ByteLevel': {
      const prefix = step.add_prefix_space === true
      const steps: Step[] = []
      if (prefix) steps.push(({ text, first }) => [{ text: text.startsWith(' ') ? text : ` ${text}`, first }])
      if (step.use_regex !== false) steps.push(splitter(table('gpt2'), 'isolated'))
      return [...steps, ({ text, first }) => [{ text: mapBytes(utf8.encode(text)), first }]]
    }
    case 'Split':
      return [splitter(readPattern(step.pattern), readBehavior(step.behavior), step.invert === true)]
    case 'Digits':
      return [
        splitter(
          { regex: tableRegex(patterns.digit), ours: true },
          step.individual_digits === true ? 'isolated' : 'contiguous',
        ),
      ]
    case 'Punctuation':
      return [splitter({ regex: punctuation, ours: true }, readBehavior(step.behavior))]
    case 'Whitespace':
      return [splitter(table('words'), 'removed', true)]
    case 'WhitespaceSplit':
      return [splitter(table('spaceOne'), 'removed')]
    case 'BertPreTokenizer':
      return [splitter(table('spaceOne'), 'removed'), splitter({ regex: punctuation, ours: true }, 'isolated')]
    case 'CharDelimiterSplit':
      return [splitter({ literal: oneCharacter(step.delimiter, 'delimiter') }, 'removed')]
    case 'FixedLength': {
      const length = step.length ?? 5
      if (!(Number.isInteger(length) && (length as number) > 0)) {
        throw invalid('"FixedLength.length" must be a whole number, 1 or more')
      }
      return [
        ({ text, first }) => {
          // no string has more characters than units
          if (text.length <= (length as number)) return [{ text, first }]
          const characters = [...text],
            pieces: Stretch[] = []
          for (let i = 0; i < characters.length; i += length as number) {
            pieces.push({ text: characters.slice(i, i + (length as number)).join(''), first: first && i === 0 })
          }
          return pieces
        },
      ]
    }
    case 'Metaspace':
      return metaspace(step)
    default:
      throw unsupported(`the pre-tokenizer "${clip(type)}"`)
  }
}

function metaspace(step: Json): Step[] {
  const mark = oneCharacter(step.replacement ?? '▁', 'replacement')
  const scheme = step.prepend_scheme ?? (step.add_prefix_space === false ? 'never' : 'always')
  if (scheme !== 'never' && scheme !== 'always' && scheme !== 'first') {
    throw unsupported(`Metaspace with prepend_scheme "${clip(plainly(scheme))}"`)
  }
  const mapped: Step = ({ text, first }) => {
    const marked = text.replaceAll(' ', mark)
    const prepend = scheme !== 'never' && !marked.startsWith(mark) && (scheme === 'always' || first)
    return [{ text: prepend ? mark + marked : marked, first }]
  }
  return step.split === false ? [mapped] : [mapped, splitter({ literal: mark }, 'mergedwithnext')]
}

function oneCharacter(value: unknown, name: string): string {
  const text = asString(value, name, 2)
  if ([...text].length !== 1) throw invalid(`"${name}" must be one character`)
  return text
}
