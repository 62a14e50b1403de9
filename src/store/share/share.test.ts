// Links: what goes in comes out, and what nobody here wrote is refused with the field's name.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Edit } from '../../worker/protocol.ts'
import { defaultParams } from '../settings.ts'
import { fromBase64, packFloats, toBase64, unpackFloats } from './base64.ts'
import { longest, pack, shareHash, sharedIn, unpack } from './link.ts'
import { fromWire, toWire, type SharedRun } from './run.ts'

const small = fc.integer({ min: 0, max: 60 })
const range = fc.tuple(small, small).map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)])
const vector = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { maxLength: 24 })
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({
    kind: fc.constant('scale-head' as const),
    layer: small,
    head: small,
    factor: fc.double({ min: -3, max: 3, noNaN: true }).map((x) => x + 0),
  }),
  fc.record({
    kind: fc.constant('skip' as const),
    layer: small,
    part: fc.constantFrom('attn' as const, 'mlp' as const),
  }),
  fc.record({
    kind: fc.constant('mask-edges' as const),
    layer: fc.constantFrom(-1, 0, 3),
    head: fc.constantFrom(-1, 2),
    queries: range,
    keys: range,
  }),
  fc.record({
    kind: fc.constant('direction' as const),
    layer: small,
    positions: range,
    mode: fc.constantFrom('add' as const, 'ablate' as const),
    factor: fc.integer({ min: -9, max: 9 }).map((n) => n / 4 + 0),
    direction: vector,
  }),
  fc.record({ kind: fc.constant('patch' as const), layer: small, position: small, values: vector }),
  fc.record({ kind: fc.constant('evict' as const), keys: range }),
)
const origin: fc.Arbitrary<SharedRun['model']['from']> = fc.oneof(
  fc.constantFrom(
    { kind: 'embedded' as const },
    { kind: 'local' as const },
    { kind: 'file' as const },
    { kind: 'url' as const, url: 'https://example.org/m/' },
  ),
  fc.record(
    {
      kind: fc.constant('hub' as const),
      repo: fc.constantFrom('a/b', 'Qwen/Qwen3-0.6B'),
      revision: fc.constantFrom('main', 'a1b2'),
      file: fc.constantFrom('x.gguf', 'sub/y.gguf'),
    },
    { requiredKeys: ['kind', 'repo'] },
  ),
)
const said = fc.string({ unit: 'grapheme', maxLength: 60 })
const run: fc.Arbitrary<SharedRun> = fc
  .record({
    model: fc.record({ id: fc.constant('m'), name: said, from: origin }),
    system: said,
    load: fc.record(
      {
        context: fc.integer({ min: 1, max: 4096 }),
        linear: fc.constantFrom('keep' as const, 'nf4' as const, 'i8' as const, 'f16' as const),
        embedding: fc.constantFrom('keep' as const, 'i8' as const, 'nf4' as const),
      },
      { requiredKeys: [] },
    ),
    turns: fc.array(said, { maxLength: 4 }).map((texts) =>
      texts.flatMap((text) => [
        { role: 'user' as const, text },
        { role: 'assistant' as const, text: `${text}!` },
      ]),
    ),
    params: fc
      .record({
        temperature: fc.constantFrom(0, 0.8, 1.5),
        topK: small,
        seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        stop: fc.array(said, { maxLength: 2 }),
        format: fc.constantFrom('auto' as const, 'Vicuna v1.1' as const, 'Text' as const),
        tools: fc.constantFrom('', '[{"type":"function"}]'),
        form: fc.constantFrom('free' as const, 'pattern' as const),
        formPattern: fc.constantFrom('', '[0-9]+'),
        banned: fc.array(
          fc.record(
            {
              id: small,
              text: said,
              model: fc.constant('m'),
              bias: fc.integer({ min: -200, max: 200 }).map((n) => n / 2 + 0),
            },
            { requiredKeys: ['id', 'text', 'model'] },
          ),
          { maxLength: 2 },
        ),
      })
      .map((given) => ({ ...defaultParams, randomSeed: false, ...given })),
    ids: fc.option(fc.array(fc.integer({ min: 0, max: 150_000 }), { minLength: 1, maxLength: 40 })),
    prompt: fc.option(fc.array(small, { maxLength: 9 })),
    forced: fc.array(fc.nat({ max: 999 }), { maxLength: 4 }),
    finish: fc.constantFrom('stop' as const, 'length' as const, 'aborted' as const, null),
    adapters: fc.array(fc.record({ name: said, scale: fc.constantFrom(0.35, 1, -2) }), { maxLength: 3 }),
    edits: fc.array(edit, { maxLength: 5 }),
    drawn: fc.array(edit, { maxLength: 2 }),
    at: fc.record({
      panel: fc.constantFrom('chat', 'attention', 'lens'),
      position: fc.option(small),
      layer: small,
      head: small,
    }),
  })
  .map(({ ids, prompt, forced, finish, ...rest }) => ({
    ...rest,
    answer:
      ids && rest.turns.length
        ? {
            ids,
            prompt,
            finish,
            forced: [...new Set(forced.map((n) => n % ids.length))].sort((a, b) => a - b),
            redrawn: forced.length ? [0] : [],
          }
        : null,
  }))

test('a run comes back as it went in', async () => {
  await fc.assert(
    fc.asyncProperty(run, async (given) => {
      expect(await unpack(await pack(given))).toEqual(given)
    }),
    { numRuns: 300 },
  )
})

test('bytes and 32-bit floats survive to the bit', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      expect(fromBase64(toBase64(bytes))).toEqual(bytes)
    }),
  )
  fc.assert(
    fc.property(vector, (values) => {
      expect(unpackFloats(packFloats(values), 24)).toEqual(values)
    }),
  )
  expect(unpackFloats(packFloats([0.1]), 1)).toEqual([Math.fround(0.1)])
  expect([
    unpackFloats(packFloats([1, 2]), 1),
    unpackFloats(packFloats([NaN]), 1),
    unpackFloats('abc', 9),
    fromBase64('a+b/'),
    fromBase64('a'),
  ]).toEqual([null, null, null, null, null])
})

const plain: SharedRun = {
  model: { id: 'storyteller', name: 'Storyteller', from: { kind: 'embedded' } },
  load: {},
  system: '',
  turns: [
    { role: 'user', text: 'Hi' },
    { role: 'assistant', text: 'Yes' },
  ],
  params: { ...defaultParams, randomSeed: false, seed: 7 },
  answer: { ids: [5, 6], forced: [], redrawn: [], prompt: null, finish: 'stop' },
  adapters: [],
  edits: [],
  drawn: [],
  at: { panel: 'attention', position: 3, layer: 1, head: 2 },
}
async function raw(value: unknown): Promise<string> {
  const bytes = typeof value === 'string' ? value : JSON.stringify(value)
  return toBase64(
    new Uint8Array(
      await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate-raw'))).arrayBuffer(),
    ),
  )
}
const wire = (change: Record<string, unknown>): Promise<string> => raw({ ...toWire(plain), ...change })
const refusal = async (data: string): Promise<unknown> =>
  unpack(data).then(
    () => 'opened',
    ({ code, facts }: { code: string; facts: { reason: string; field?: string } }) => [
      code,
      facts.field ?? facts.reason,
    ],
  )

test('a usual link is short', async () => {
  expect((await pack(plain)).length).toBeLessThan(300)
  expect(sharedIn(shareHash('abc'))).toBe('abc')
  expect(sharedIn('#/chat?p=1')).toBeNull()
})

test.each<[string, Record<string, unknown>]>([
  ['link.more', { more: 1 }],
  [
    'model.from.host',
    { model: { id: 'x', name: 'x', from: { kind: 'hub', repo: 'a/b', host: 'https://evil.example' } } },
  ],
  ['model.from.repo', { model: { id: 'x', name: 'x', from: { kind: 'hub', repo: '../b' } } }],
  ['model.from.file', { model: { id: 'x', name: 'x', from: { kind: 'hub', repo: 'a/b', file: '../../x' } } }],
  ['model.from.url', { model: { id: 'x', name: 'x', from: { kind: 'url', url: 'javascript:alert(1)' } } }],
  ['model.from.url', { model: { id: 'x', name: 'x', from: { kind: 'url', url: 'https://user:secret@example.org/' } } }],
  ['model.from.kind', { model: { id: 'x', name: 'x', from: { kind: 'served' } } }],
  ['turns[0]', { turns: [['a', 'an answer to nothing']] }],
  ['turns[0][0]', { turns: [['s', 'x']] }],
  ['params.temperature', { params: { temperature: -1 } }],
  ['params.seed', { params: { seed: 0.5 } }],
  ['params.format', { params: { format: 'chatml' } }],
  ['params.tools', { params: { tools: '{}' } }],
  ['params.form', { params: { form: 'verse' } }],
  ['params.logitBias', { params: { logitBias: { 3: 1e4 } } }],
  ['answer.ids[0]', { answer: { ids: [-1] } }],
  ['answer.forced[0]', { answer: { ids: [1], forced: [1] } }],
  ['answer.forced', { answer: { ids: [1, 2], forced: [1, 0] } }],
  ['answer.redrawn[0]', { answer: { ids: [1], redrawn: ['0'] } }],
  ['params.banned[0].model', { params: { banned: [{ id: 1, text: 'a', model: 'x' }] } }],
  ['answer', { turns: [['u', 'x']] }],
  ['edits', { edits: Array.from({ length: 500 }, () => ({ kind: 'drop', keys: [0, 1] })) }],
  ['edits[0].kind', { edits: [{ kind: 'format-disk' }] }],
  ['edits[0].keys', { edits: [{ kind: 'drop', keys: [3, 1] }] }],
  ['edits[0].keys[1]', { edits: [{ kind: 'drop', keys: [0, 1e300] }] }],
  ['edits[0].values', { edits: [{ kind: 'patch', layer: 0, position: 0, values: packFloats([Infinity]) }] }],
  ['edits[0].factor', { edits: [{ kind: 'scale-head', layer: 0, head: 0, factor: null }] }],
  ['adapters[0][1]', { adapters: [['a', 9]] }],
  ['adapters[0][0]', { adapters: [[1, 1]] }],
  ['at.panel', { at: { panel: '//evil.example', position: null, layer: 0, head: 0 } }],
  ['version', { v: 2 }],
])('refuses %s', async (field, change) => {
  expect(await refusal(await wire(change))).toEqual(['LINK_INVALID', field])
})

test('refuses what is damaged, and what unpacks to too much, before reading it all', async () => {
  const good = await pack(plain)
  for (const data of [
    '',
    'x',
    good.slice(0, -5),
    good.slice(3),
    `${good}!`,
    good.replace(/.$/, '='),
    'A'.repeat(longest + 4),
    await raw('not json'),
    await raw('[]'),
    await raw('null'),
  ]) {
    expect(await refusal(data), data.slice(0, 20)).toMatchObject(['LINK_INVALID', expect.any(String)])
  }
  const bomb = await raw(' '.repeat(2 ** 20 * 8))
  expect(bomb.length).toBeLessThan(longest)
  expect(await refusal(bomb)).toEqual(['LINK_INVALID', 'damaged'])
  await fc.assert(
    fc.asyncProperty(fc.string({ maxLength: 200 }), async (data) => {
      expect(await refusal(data)).toMatchObject(['LINK_INVALID', expect.any(String)])
    }),
  )
})

test('any change of one value is either refused or still a run', async () => {
  const junk = fc.oneof(fc.jsonValue(), fc.constant(null), fc.integer(), fc.constant({ __proto__: 1 }))
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...Object.keys(toWire(plain))), junk, async (key, value) => {
      const outcome = await unpack(await wire({ [key]: value })).catch((error: { code?: string }) => error.code)
      expect(outcome === 'LINK_INVALID' || typeof outcome === 'object').toBe(true)
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
    }),
    { numRuns: 200 },
  )
})

test('too much for a link is refused, naming what takes the room', async () => {
  const noise = (n: number): string =>
    Array.from({ length: n }, (_, i) => String.fromCodePoint(0x4e00 + ((i * 7919) % 20_000))).join('')
  const floats = (n: number): number[] => Array.from({ length: n }, (_, i) => Math.sin(i * 12.9898) * 43.7585)
  const too = async (change: Partial<SharedRun>): Promise<unknown> =>
    pack({ ...plain, ...change }).then(
      () => 'made',
      ({ code, facts }: { code: string; facts: { part: string } }) => [code, facts.part],
    )
  expect(
    await too({
      turns: [
        { role: 'user', text: noise(20_000) },
        { role: 'assistant', text: 'x' },
      ],
    }),
  ).toEqual(['LINK_TOO_LONG', 'text'])
  expect(await too({ edits: [{ kind: 'patch', layer: 0, position: 0, values: floats(4096) }] })).toEqual([
    'LINK_TOO_LONG',
    'edits',
  ])
  expect(
    await too({ answer: { ...plain.answer!, ids: Array.from({ length: 16_000 }, (_, i) => (i * 7919) % 150_000) } }),
  ).toEqual(['LINK_TOO_LONG', 'answer'])
})

test('an older link means floats alone when it says how weights were packed', () => {
  const wire = (load: object): unknown => ({
    v: 1,
    model: { id: 'm', name: 'M', from: { kind: 'file' } },
    at: { panel: 'chat', position: null, layer: 0, head: 0 },
    load,
  })
  expect(fromWire(wire({ context: 8, linear: 'nf4', embedding: 'i8' })).load).toEqual({ context: 8 })
  expect(fromWire(wire({ linear: 'keep' })).load).toEqual({ linear: 'keep' })
  expect(fromWire(wire({ weights: { linear: 'nf4', embedding: 'f16' } })).load).toEqual({
    linear: 'nf4',
    embedding: 'f16',
  })
  expect(() => fromWire(wire({ weights: { linear: 'q4' } }))).toThrow(/load\.weights\.linear/)
})
