import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsePythonJson } from './python-json.ts'

describe('JSON as Python writes it', () => {
  it('bare words are numbers, in strings they are text', () => {
    expect(
      parsePythonJson(
        '{"a": NaN, "b": [Infinity, -Infinity], "NaN": "Infinity \\"NaN\\" \\\\", "c": {"__float__": "-Infinity"}}',
      ),
    ).toEqual({ a: NaN, b: [Infinity, -Infinity], NaN: 'Infinity "NaN" \\', c: -Infinity })
  })
  it('everything else is strict', () => {
    for (const text of [
      '{"a": Infinit}',
      '{"a": nan}',
      '{a: NaN}',
      '[NaN NaN]',
      '{"a": +Infinity}',
      '{"a": NaN,}',
      '{"a": - Infinity}',
      '"NaN',
      '{"a": NaN',
      '{NaN: 1}',
    ]) {
      expect(() => parsePythonJson(text), text).toThrow(SyntaxError)
    }
    expect(parsePythonJson('{"__float__": "x", "y": {"__float__": 1}}')).toEqual({
      __float__: 'x',
      y: { __float__: 1 },
    })
    expect(Object.keys(parsePythonJson('{"__proto__": {"x": NaN}, "k": NaN}') as object)).toEqual(['k'])
  })
  it('whatever JSON holds comes back as it was, beside a NaN too', () => {
    const deep = (value: unknown): boolean =>
      JSON.stringify(value).includes('__float__') || JSON.stringify(value).includes('__proto__')
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        if (deep(value)) return
        expect(parsePythonJson(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)))
        expect(parsePythonJson(`[${JSON.stringify(value)}, NaN]`)).toEqual([JSON.parse(JSON.stringify(value)), NaN])
      }),
    )
  })
  it('takes time in proportion to its length', () => {
    const start = performance.now()
    expect(() => parsePythonJson(`{"a": "${'\\"'.repeat(500_000)}`)).toThrow(SyntaxError)
    expect(performance.now() - start).toBeLessThan(2000)
  })
})
