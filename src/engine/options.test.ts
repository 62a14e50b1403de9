// The door: 10^5 calls with anything in any option are answered by a checked copy or by PARAM_INVALID, never by
// anything else.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EngineError } from './errors.ts'
import { checkGenerate, checkLoad } from './options.ts'

const fails = (work: () => unknown): EngineError => {
  try {
    work()
  } catch (error) {
    if (error instanceof EngineError) return error
    throw error
  }
  throw new Error('it was accepted')
}

const names = [
  'temperature',
  'topK',
  'topP',
  'minP',
  'repetitionPenalty',
  'presencePenalty',
  'frequencyPenalty',
  'seed',
  'logitBias',
  'maxTokens',
  'stop',
  'stopTokenIds',
  'signal',
  'continueFrom',
  'force',
  'seedAt',
  'top',
]
const thrower = (name: string): object =>
  Object.defineProperty({}, name, {
    enumerable: true,
    get: () => {
      throw new TypeError('getter')
    },
  })
const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
const invalid = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    NaN,
    Infinity,
    -Infinity,
    -0,
    0,
    1,
    1e308,
    -1e308,
    1e-308,
    5e-324,
    2 ** 53,
    '',
    '1',
    'nan',
    true,
    1n,
    Symbol('s'),
    () => 1,
    [],
    [''],
    [null],
    [1, 2],
    ['a', 3],
    {},
    { toString: 1 },
    { valueOf: null },
    { 0: NaN },
    { x: 1 },
    { __proto__: null },
    new Date(NaN),
    new Map(),
    new Uint8Array(2),
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('keys')
        },
      },
    ),
  ),
  fc.double(),
  fc.integer(),
  fc.string({ maxLength: 5 }),
  fc.array(fc.constantFrom<unknown>('', 'x', 1, -1, NaN, null, {}), { maxLength: 3 }),
  fc.dictionary(fc.nat(99).map(String), fc.double(), { maxKeys: 3 }),
)

describe('checkGenerate', () => {
  test('gives the defaults, and what was asked for', () => {
    expect(checkGenerate({})).toMatchObject({
      maxTokens: 512,
      top: 20,
      stop: [],
      stopTokenIds: [],
      sampling: { temperature: 0.8, seed: 0 },
    })
    // the model's own defaults stand before ours, and behind what the caller says; its stop texts are always there
    const own = { sampling: { temperature: 0.3, topK: 5 }, maxTokens: 9, stop: ['|'], ignored: [] }
    expect(checkGenerate({}, own)).toMatchObject({
      maxTokens: 9,
      stop: ['|'],
      sampling: { temperature: 0.3, topK: 5, topP: 0.95 },
    })
    expect(checkGenerate({ temperature: 1, maxTokens: 2, stop: ['x'] }, own)).toMatchObject({
      maxTokens: 2,
      stop: ['|', 'x'],
      sampling: { temperature: 1, topK: 5 },
    })
    expect(
      checkGenerate({ temperature: 0, maxTokens: 1, top: 0, stop: ['', 'x'], continueFrom: 0, signal: undefined }),
    ).toMatchObject({ sampling: { temperature: 0 }, maxTokens: 1, top: 0, stop: ['', 'x'], continueFrom: 0 })
  })
  test('names a mistyped option and those there are', () => {
    const error = fails(() => checkGenerate({ temprature: 0 }))
    expect(error).toMatchObject({ code: 'PARAM_INVALID', facts: { param: 'temprature', value: '0' } })
    expect(error.message).toContain('temperature')
    expect(fails(() => checkLoad({ ctx: 1 }))).toMatchObject({ code: 'PARAM_INVALID', facts: { param: 'ctx' } })
  })
  const bad: [string, unknown][] = [
    ['maxTokens', 0],
    ['maxTokens', -1],
    ['maxTokens', 1.5],
    ['maxTokens', Infinity],
    ['maxTokens', '5'],
    ['top', -1],
    ['top', 1e9],
    ['top', {}],
    ['continueFrom', -1],
    ['continueFrom', NaN],
    ['force', [1]],
    ['force', { x: 1 }],
    ['force', { 0: -1 }],
    ['force', { 0: '1' }],
    ['force', null],
    ['seedAt', 3],
    ['seedAt', [-1]],
    ['seedAt', [0.5]],
    ['stop', 'end'],
    ['stop', [1]],
    ['stop', null],
    ['stop', ['x'.repeat(1001)]],
    ['stop', new Array<string>(101).fill('a')],
    ['stopTokenIds', [1.5]],
    ['stopTokenIds', [-1]],
    ['stopTokenIds', 3],
    ['signal', {}],
    ['signal', true],
    ['repetitionPenalty', 1e-308],
    ['temperature', { toString: 1 }],
    ['seed', 1n],
  ]
  test.each(bad)('%s: %o is refused by name', (name, value) => {
    expect(fails(() => checkGenerate({ [name]: value }))).toMatchObject({
      code: 'PARAM_INVALID',
      facts: { param: name },
    })
  })
  test('options that are none', () => {
    for (const make of [
      () => null,
      () => 1,
      () => 'x',
      () => [],
      () => true,
      () => 1n,
      revoked,
      () =>
        new Proxy(
          {},
          {
            ownKeys: () => {
              throw new Error('keys')
            },
          },
        ),
    ]) {
      expect(fails(() => checkGenerate(make())).code).toBe('PARAM_INVALID')
      expect(fails(() => checkLoad(make())).code).toBe('PARAM_INVALID')
    }
  })
  test.each(names)('a getter that throws in "%s"', (name) => {
    expect(fails(() => checkGenerate(thrower(name)))).toMatchObject({ code: 'PARAM_INVALID', facts: { param: name } })
  })
  test('10^5 times anything', () => {
    let accepted = 0
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), invalid, { maxKeys: 4 }), (options) => {
        try {
          const { sampling, maxTokens, top } = checkGenerate(options)
          accepted++
          const numbers = [
            sampling.temperature,
            sampling.topK,
            sampling.topP,
            sampling.minP,
            sampling.repetitionPenalty,
            sampling.presencePenalty,
            sampling.frequencyPenalty,
            sampling.seed,
            maxTokens,
            top,
            ...Object.values(sampling.logitBias),
          ]
          if (!numbers.every((n) => Number.isFinite(n) && !Object.is(n, -0))) {
            throw new Error(`accepted ${String(numbers)}`)
          }
        } catch (error) {
          if (
            !(error instanceof EngineError && error.code === 'PARAM_INVALID' && typeof error.facts['need'] === 'string')
          ) {
            throw error
          }
          structuredClone(error.facts)
        }
      }),
      { numRuns: 100_000 },
    )
    expect(accepted).toBeGreaterThan(1000)
  })
})

describe('checkLoad', () => {
  test.each<[string, unknown]>([
    ['context', 0],
    ['context', NaN],
    ['context', '9'],
    ['chunk', 0],
    ['chunk', 1e9],
    ['chunk', 2.5],
    ['linear', 'q4'],
    ['linear', null],
    ['embedding', 8],
    ['device', 'npu'],
    ['device', true],
    ['force', 'f23'],
    ['force', 'class=gpu,class=software'],
    ['force', 1],
    ['threads', 0],
    ['threads', 5],
    ['selfCheck', 0],
    ['signal', 1],
  ])('%s: %o is refused by name', (name, value) => {
    expect(fails(() => checkLoad({ [name]: value }))).toMatchObject({ code: 'PARAM_INVALID', facts: { param: name } })
  })
  test('what is right stays', () => {
    const options = {
      context: 64,
      chunk: 16,
      linear: 'keep' as const,
      embedding: 'i8' as const,
      force: 'f32, limits=default,,class=gpu',
      device: 'reference' as const,
      signal: new AbortController().signal,
      gpu: undefined,
    }
    expect(checkLoad(options)).toBe(options)
  })
})
