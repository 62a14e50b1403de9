// Forms that no answer can be held to, for the catalogs' test: one for every problem of engine/constrain/refuse.ts. For
// tests only.

import { Form, formed } from '../../engine/constrain/form.ts'
import { byteEnd, byteTokens } from '../../engine/constrain/testing.ts'
import type { ErrorCode } from '../../engine/errors.ts'
import { generate } from '../../engine/generate.ts'
import { scripted, scriptedPrompt } from '../../engine/testing/scripted.ts'
import type { Constraint, GenerateOptions } from '../../engine/types.ts'

const form = (constraint: Constraint) => (): unknown => new Form(constraint, byteTokens).hold(new Set([byteEnd]))
const pattern = (text: string) => form({ pattern: text })
const schema = (given: object) => form({ schema: given as Record<string, unknown> })
const asked = (options: GenerateOptions, template?: string) => async (): Promise<unknown> => {
  const { context } = await scripted('x')
  if (template !== undefined) context.model.template = template
  const prompt = template === undefined ? { ids: scriptedPrompt } : [{ role: 'user' as const, content: 'x' }]
  return generate(context, prompt, options).next()
}
const decoded = { decoding: { steps: { token: [], text: [], suffix: '</w>' }, token: () => 'x', skips: () => false } }
const gpt1 = { tokenBytes: () => new Uint8Array(), isSpecial: () => false, ...decoded }
const onlyA = { tokenBytes: () => Uint8Array.of(0x61), isSpecial: () => false }

const list: [what: string, run: () => unknown][] = [
  ['a pattern that is not closed', pattern('(a|b')],
  ['a pattern with a star too many', pattern('a**')],
  ['a pattern that looks ahead', pattern('a(?=b)')],
  ['a class that no character is in', pattern('[^\\s\\S]')],
  ['a part that is repeated too often', pattern('a{1,1000000000}')],
  ['a pattern that is too long', pattern('a'.repeat(20_000))],
  ['groups that are nested too deep', pattern('('.repeat(300))],
  ['a pattern that can be read in too many ways', pattern('((a?){0,9999}){0,9999}b')],
  ['a keyword that nothing computes with', schema({ properties: { a: { uniqueItems: true } } })],
  ['two keywords that are not computed with together', schema({ type: 'string', pattern: 'a', maxLength: 3 })],
  ['a bound of a number', schema({ type: 'number', minimum: 1 })],
  ['several of allOf', schema({ allOf: [{}, {}] })],
  ['items as a list', schema({ type: 'array', items: [{}] })],
  ['a keyword with a value that it cannot have', schema({ type: 'string', maxLength: -1 })],
  ['a reference to nothing', schema({ $ref: '#/$defs/a' })],
  ['alternatives that overlap', schema({ oneOf: [{ type: 'integer' }, { type: 'number' }] })],
  ['a schema that nothing can have', schema({ enum: [] })],
  ['too many schemas', schema({ anyOf: Array.from({ length: 6000 }, (_, i) => ({ const: i })) })],
  ['too long values', schema({ enum: ['a'.repeat(3_000_000)] })],
  ['too many alternatives', schema(ring(1000))],
  ['a form that no token begins', () => formed(onlyA, 2, { pattern: 'b' }).hold(new Set())],
  ['an answer so far that does not have the form', asked({ constraint: { pattern: '[0-9]+' }, continueFrom: 1 })],
  ['a tokenizer whose tokens hang together', () => formed(gpt1, 2, 'json')],
  ['a form beside tools', asked({ constraint: 'json', tools: [{}] })],
  [
    'a form inside a thought',
    asked({ constraint: 'json' }, '{% for m in messages %}{{ m.content }}{% endfor %}<think>'),
  ],
]
export const formCauses = list.map(([what, run]) => ({ code: 'CONSTRAINT_INVALID' as ErrorCode, what, run }))

function ring(length: number): object {
  const one = (i: number): [string, object] => [
    `${i}`,
    { anyOf: [{ $ref: `#/$defs/${(i + 1) % length}` }, { const: i }] },
  ]
  return { $defs: Object.fromEntries(Array.from({ length }, (_, i) => one(i))), $ref: '#/$defs/0' }
}
