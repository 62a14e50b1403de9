// Schemas against a validator: what is written of one is valid, and what is valid, in the ways that JSON is written, can
// be written.

import { Validator } from '@cfworker/json-schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { EngineError } from '../errors.ts'
import { Form } from './form.ts'
import { accepts, byteEnd, byteTokens, bytes, follows, walk, withBytes } from './testing.ts'

type Json = Record<string, unknown>
/** A schema, and a value of it. */
interface Case {
  schema: unknown
  value: fc.Arbitrary<unknown>
}
const names = ['a', 'ab', 'b"c', 'é', 'constructor', '__proto__x', '']
const text = fc.string({
  unit: fc.constantFrom('a', 'b', 'é', '😀', '"', '\\', '\n', '\u0001', '/', '\u2028'),
  maxLength: 5,
})

const leaf: fc.Arbitrary<Case> = fc.oneof(
  fc.constant({ schema: { type: 'null' }, value: fc.constant(null) }),
  fc.constant({ schema: { type: 'boolean', title: 'yes or no' }, value: fc.boolean() }),
  fc.constant({ schema: { type: 'string' }, value: text }),
  fc
    .tuple(fc.nat(3), fc.nat(3))
    .map(([low, more]) => ({
      schema: { type: 'string', minLength: low, maxLength: low + more },
      value: fc
        .array(fc.constantFrom('a', 'é', '😀', '"'), { minLength: low, maxLength: low + more })
        .map((chars) => chars.join('')),
    })),
  fc.constant({
    schema: { type: 'string', pattern: '^[a-c"]{1,3}(é|\\\\)?$' },
    value: fc.stringMatching(/^[a-c"]{1,3}(é|\\)?$/),
  }),
  fc.constant({ schema: { type: 'string', pattern: 'b+' }, value: text.map((one) => `${one}b${one}`) }),
  fc
    .tuple(fc.integer({ min: -1200, max: 1200 }), fc.nat(3000))
    .map(([low, more]) => ({
      schema: { type: 'integer', minimum: low, maximum: low + more },
      value: fc.integer({ min: low, max: low + more }),
    })),
  fc
    .integer({ min: -50, max: 50 })
    .map((low) => ({
      schema: { type: 'integer', exclusiveMinimum: low },
      value: fc.integer({ min: low + 1, max: 2 ** 40 }),
    })),
  fc.constant({ schema: { type: 'integer' }, value: fc.integer() }),
  fc.constant({
    schema: { type: 'number' },
    value: fc.oneof(
      fc.integer(),
      fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((n) => Number(n.toFixed(6))),
    ),
  }),
  fc.constant({
    schema: { enum: ['red', 'green', 3, null, { x: 1 }] },
    value: fc.constantFrom('red', 'green', 3, null, { x: 1 }),
  }),
  fc.constant({ schema: { type: ['string', 'null'], enum: ['on', null, 5] }, value: fc.constantFrom('on', null) }),
  fc.constant({ schema: { const: 'é"' }, value: fc.constant('é"') }),
  fc.constant({ schema: { type: ['string', 'null'] }, value: fc.option(text) }),
)
const { cases } = fc.letrec<{ cases: Case }>((tie) => ({
  cases: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc
      .tuple(tie('cases'), fc.array(tie('cases'), { maxLength: 2 }), fc.nat(2), fc.nat(2), fc.boolean())
      .map(([rest, first, low, more, isOpen]): Case => ({
        schema: {
          type: 'array',
          items: rest.schema,
          prefixItems: first.map(({ schema }) => schema),
          minItems: low,
          ...(!isOpen && { maxItems: low + more }),
        },
        value: fc
          .integer({ min: low, max: low + more })
          .chain((count) => fc.tuple(...Array.from({ length: count }, (_, i) => (first[i] ?? rest).value))),
      })),
    fc
      .tuple(
        fc.subarray(names),
        fc.array(fc.tuple(tie('cases'), fc.boolean()), { minLength: 7, maxLength: 7 }),
        fc.constantFrom(true, false),
        tie('cases'),
      )
      .map(([keys, members, isOpen, others]): Case => ({
        schema: {
          type: 'object',
          properties: Object.fromEntries(keys.map((key, i) => [key, members[i]![0].schema])),
          required: keys.filter((_, i) => members[i]![1]),
          additionalProperties: isOpen ? others.schema : false,
        },
        value: fc
          .record(
            {
              ...Object.fromEntries(keys.map((key, i) => [key, members[i]![0].value])),
              ...(isOpen && { abc: others.value, z: others.value }),
            },
            { requiredKeys: keys.filter((_, i) => members[i]![1]) as never[], noNullPrototype: true },
          )
          // names in another order
          .map((made) => Object.fromEntries(Object.entries(made).reverse())),
      })),
    fc
      .tuple(tie('cases'), tie('cases'))
      .map(([a, b]): Case => ({ schema: { anyOf: [a.schema, b.schema] }, value: fc.oneof(a.value, b.value) })),
  ),
}))

const some = withBytes([
  '{"',
  '":',
  '": ',
  '",',
  '", "',
  '"}',
  '}}',
  '[[',
  'true',
  'null',
  '12',
  '"a"',
  'é"',
  ' "',
  '\n  "',
  'ab',
])
const dumps = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(dumps).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([key, one]) => `${JSON.stringify(key)}: ${dumps(one)}`)
    .join(', ')}}`
}
const valid = (schema: unknown, value: unknown): boolean =>
  new Validator(schema as Json, '2020-12').validate(value).valid

describe('against a validator', () => {
  test('what is valid can be written, with any usual white space and names in any order', () => {
    fc.assert(
      fc.property(
        cases.chain(({ schema, value }) => fc.tuple(fc.constant(schema), value)),
        ([schema, value]) => {
          expect(valid(schema, value)).toBe(true) // the test's own values
          const form = new Form({ schema: schema as Json }, byteTokens)
          for (const written of [
            JSON.stringify(value),
            JSON.stringify(value, null, 2),
            JSON.stringify(value, null, '\t'),
            dumps(value),
          ]) {
            expect([written, follows(form, byteEnd, bytes(written))]).toEqual([written, true])
          }
        },
      ),
      { numRuns: 120, seed: 11 },
    )
  })

  test('what is written is valid', () => {
    let whole = 0
    fc.assert(
      fc.property(cases, fc.infiniteStream(fc.nat()), ({ schema }, random) => {
        const form = new Form({ schema: schema as Json }, some.tokens)
        // strings and lists are ended where they can be, half of the time, so that most answers come to an end
        const closing = [...'"}],'].map((char) => char.charCodeAt(0))
        const ids = walk(form, some.end, (allowed) => {
          const ends = [some.end, ...closing].find((id) => allowed.includes(id))
          const n = random.next().value!
          return ends !== undefined && n % 2 === 0 ? ends : allowed[n % allowed.length]!
        })
        if (!ids) return
        whole++
        const text = new TextDecoder('utf-8', { fatal: true }).decode(
          Uint8Array.from(ids.flatMap((id) => [...some.tokens.texts.bytes(id, false)!])),
        )
        const value: unknown = JSON.parse(text)
        expect([text, valid(schema, value)]).toEqual([text, true])
      }),
      { numRuns: 120, seed: 13 },
    )
    expect(whole).toBeGreaterThan(80)
  })

  test('of random texts those are taken that are valid', () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'integer', minimum: 5, maximum: 120 }, ab: { enum: ['x', 'y'] } },
      required: ['a'],
      additionalProperties: { type: 'boolean' },
    }
    const form = new Form({ schema }, byteTokens)
    let right = 0
    const bit = fc.constantFrom(
      '{',
      '}',
      '"a"',
      '"ab"',
      '"abc"',
      '"b"',
      ':',
      ',',
      '5',
      '4',
      '120',
      '121',
      '"x"',
      '"z"',
      'true',
      'null',
    )
    const pair = fc.tuple(
      fc.constantFrom('"a"', '"ab"', '"abc"', '"b"'),
      fc.constantFrom('5', '4', '120', '121', '"x"', '"z"', 'true'),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(bit, { maxLength: 6 }).map((bits) => bits.join('')),
          fc.array(pair, { maxLength: 3 }).map((pairs) => `{${pairs.map((one) => one.join(':')).join()}}`),
        ),
        (text) => {
          let is: boolean
          try {
            is = valid(schema, JSON.parse(text))
          } catch {
            is = false
          }
          // of a name that stands twice JSON.parse sees the last, and a form each
          const twice = ['"a"', '"ab"', '"abc"', '"b"'].some((name) => text.split(name).length > 2)
          if (!twice) expect([text, follows(form, byteEnd, bytes(text)) === true]).toEqual([text, is])
          if (is) right++
        },
      ),
      { numRuns: 2000, seed: 17 },
    )
    expect(right).toBeGreaterThan(30)
  })
})

const linked = {
  $defs: {
    node: {
      type: 'object',
      properties: { v: { type: 'integer' }, next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } },
      required: ['v', 'next'],
      additionalProperties: false,
    },
  },
  $ref: '#/$defs/node',
}
test.each<[string, unknown, string[], string[]]>([
  [
    'a list that holds itself',
    linked,
    ['{"v":1,"next":{"next":null,"v":-2}}'],
    ['{"v":1}', '{"v":1,"next":{}}', '{"v":1,"next":null,"v":2}'],
  ],
  [
    'any value',
    true,
    ['[[{"a":[null,"x",1.5e3]}]]', '"\\ud83d\\ude00\\n\\u00e9"'],
    ['nul', '"\\ud83d"', '01', '1.', '"\n"', '[1,]', '{a:1}'],
  ],
  ['what is said by the name of a type alone', { minLength: 2 }, ['"ab"', '5', '{}'], ['"a"']],
  [
    'tuples',
    { type: 'array', prefixItems: [{ const: 1 }, { const: 'b' }], items: false },
    ['[]', '[1]', '[1,"b"]'],
    ['["b"]', '[1,"b",1]'],
  ],
  [
    'what cannot be is left out',
    { type: 'object', properties: { a: false, b: { type: 'null' } } },
    ['{"b":null,"c":1}', '{}'],
    ['{"a":1}', '{"a":null}'],
  ],
  [
    'a name in disguise',
    { type: 'object', properties: { a: { const: 1 } } },
    ['{"b":2,"a":1}'],
    ['{"\\u0061":2}', '{"a":2}'],
  ],
  [
    'one of them, told apart',
    {
      oneOf: [
        { type: 'object', properties: { kind: { const: 'a' } }, required: ['kind'] },
        { type: 'object', properties: { kind: { const: 'b' }, n: { type: 'integer' } }, required: ['kind', 'n'] },
      ],
    },
    ['{"kind":"a"}', '{"kind":"b","n":1}'],
    ['{"kind":"b"}', '{"kind":"c"}'],
  ],
  [
    'bounds of doubles',
    { type: 'integer', minimum: -9007199254740991, maximum: 9007199254740991 },
    ['9007199254740991', '-9007199254740991', '0'],
    ['9007199254740992', '-0', '00'],
  ],
  ['halves as bounds', { type: 'integer', minimum: 0.5, exclusiveMaximum: 3 }, ['1', '2'], ['0', '3']],
  ['nullable', { type: 'string', nullable: true }, ['null', '"a"'], ['1']],
  ['what a pattern finds anywhere', { type: 'string', pattern: '^a|b$' }, ['"ax"', '"xb"', '"a"'], ['"xa"', '"bx"']],
])('%s', (_, schema, good, bad) => {
  for (const text of good) expect([text, accepts({ schema: schema as Json }, text)]).toEqual([text, true])
  for (const text of bad) expect([text, accepts({ schema: schema as Json }, text)]).toEqual([text, false])
})

test('an object, and nothing else', () => {
  for (const [text, is] of [
    ['{}', true],
    ['{"a": [1, {"b": null}]}', true],
    ['[]', false],
    ['1', false],
    ['', false],
    ['{} ', false],
  ] as const) {
    expect([text, accepts('json', text)]).toEqual([text, is])
  }
})

const problem = (schema: unknown): unknown => {
  try {
    return new Form({ schema: schema as Json }, byteTokens)
  } catch (error) {
    const { code, facts } = error as EngineError
    return [code, facts.problem, facts.at ?? '', facts.found ?? facts.what ?? null]
  }
}
const chain = (length: number) => ({
  $defs: Object.fromEntries(
    Array.from({ length }, (_, i) => [i, { anyOf: [{ $ref: `#/$defs/${(i + 1) % length}` }, { const: i }] }]),
  ),
  $ref: '#/$defs/0',
})
test.each<[string, unknown, string, string, string | null]>([
  [
    'a keyword nobody knows',
    { type: 'object', properties: { a: { typ: 'string' } } },
    'keyword',
    '/properties/a',
    'typ',
  ],
  ['patternProperties', { patternProperties: {} }, 'keyword', '', 'patternProperties'],
  ['uniqueItems', { type: 'array', uniqueItems: true }, 'keyword', '', 'uniqueItems'],
  ['not', { not: {} }, 'keyword', '', 'not'],
  ['constructor', { constructor: 1 }, 'keyword', '', 'constructor'],
  ['bounds of numbers', { type: 'number', minimum: 0 }, 'keyword', '', 'minimum'],
  ['a length beside a pattern', { type: 'string', pattern: 'a', minLength: 3 }, 'keyword', '', 'minLength'],
  ['anything beside a reference', { $defs: { a: {} }, $ref: '#/$defs/a', type: 'string' }, 'keyword', '', 'type'],
  ['several of allOf', { allOf: [{}, {}] }, 'keyword', '', 'allOf'],
  ['items as a list', { type: 'array', items: [{}] }, 'keyword', '', 'items'],
  ['a type nobody knows', { type: 'text' }, 'value', '', 'type'],
  ['a length below 0', { type: 'string', minLength: -1 }, 'value', '', 'minLength'],
  ['a list that is none', { enum: 'ab' }, 'value', '', 'enum'],
  ['a reference out of it', { $ref: 'https://example.org/schema' }, 'reference', '', 'https://example.org/schema'],
  ['a reference to nothing', { $ref: '#/$defs/a' }, 'reference', '', '#/$defs/a'],
  ['alternatives that overlap', { oneOf: [{ type: 'integer' }, { type: 'number' }] }, 'overlap', '', null],
  [
    'a pattern with a mistake',
    { properties: { 'a/b': { type: 'string', pattern: '(' } } },
    'syntax',
    '/properties/a~1b/pattern',
    '',
  ],
  ['nothing', false, 'empty', '', null],
  ['no value listed', { enum: [] }, 'empty', '', null],
  ['a number above itself', { type: 'integer', minimum: 3, maximum: 2 }, 'empty', '', null],
  ['what must hold itself', { type: 'object', properties: { a: { $ref: '#' } }, required: ['a'] }, 'empty', '', null],
  ['what is only itself', { $ref: '#' }, 'empty', '', null],
  [
    'a name that must be and may not',
    { type: 'object', required: ['a'], additionalProperties: false },
    'empty',
    '',
    null,
  ],
  ['a list that must be longer than it can', { type: 'array', prefixItems: [false], minItems: 1 }, 'empty', '', null],
  [
    'more schemas than are allowed',
    { anyOf: Array.from({ length: 6000 }, (_, i) => ({ const: i })) },
    'size',
    '/anyOf/4999',
    'schemas',
  ],
])('%s is refused by its name', (_, schema, kind, at, found) => {
  expect(problem(schema)).toEqual(['CONSTRAINT_INVALID', kind, at, found])
})

test('hostile ones end soon', () => {
  const started = performance.now()
  expect(accepts({ schema: chain(200) }, '199')).toBe(true)
  expect(problem(chain(4000))).toEqual(['CONSTRAINT_INVALID', 'size', '/$defs/1666/anyOf/0', 'schemas'])
  const many = { enum: Array.from({ length: 50_000 }, (_, i) => `value ${i}`) }
  expect(accepts({ schema: many }, '"value 49999"')).toBe(true)
  expect(accepts({ schema: many }, '"value 50000"')).toBe(false)
  expect(accepts({ schema: { type: 'string', maxLength: 1e15 } }, '"ab"')).toBe(true)
  expect(accepts({ schema: { type: 'array', minItems: 1e15 } }, '[1]')).toBe(false)
  // nested deeper than calls are counted: refused at that place, not lost
  const deep = '['.repeat(900)
  expect(accepts({ schema: true }, deep + ']'.repeat(900))).toBe(true)
  expect(accepts({ schema: true }, '['.repeat(1100) + ']'.repeat(1100))).toBe(false)
  const wide = { type: 'object', properties: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`k${i}`, {}])) }
  expect(
    accepts(
      { schema: wide },
      JSON.stringify(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`k${29 - i}`, i]))),
    ),
  ).toBe(true)
  expect(performance.now() - started).toBeLessThan(20_000)
})

test('what says more than is held to is listed', () => {
  const schema = { type: 'object', properties: { when: { type: 'string', format: 'date-time' } } }
  expect(new Form({ schema }, byteTokens).ignored).toEqual(['/properties/when/format: "date-time"'])
})
