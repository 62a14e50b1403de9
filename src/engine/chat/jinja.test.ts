// Jinja expressions and statements against Python's jinja2, configured as transformers does:
// the same text, or an error; never another text. Dates against strftime.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { EngineError } from '../errors.ts'
import { runTemplate } from './sandbox.ts'
import { titleOf } from './jinja/case.ts'
import { strftime } from './jinja/strftime.ts'
import { renderTemplate } from './template.ts'

const readJson = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8'))
const render = (source: string, variables: Record<string, unknown> = {}): string => runTemplate(source, variables).text

describe('random templates', () => {
  const { variables, cases } = readJson('fixtures/chat/jinja.json') as {
    variables: Record<string, unknown>
    cases: [string, string | null][]
  }
  test("give Python's text, or a refusal where Python has one", () => {
    const wrong: unknown[] = []
    let refused = 0
    for (const [source, want] of cases) {
      let got: string | null = null
      try {
        got = render(source, variables)
      } catch (error) {
        expect((error as EngineError).code, source).toMatch(/^TEMPLATE_(FAILED|LIMIT)$/)
        if (want === null) continue
        // only what we name as not computed may fail where Python does not
        expect((error as Error).message, source).toContain('is not supported')
        refused++
        continue
      }
      if (got !== want) wrong.push({ source, got, want })
    }
    expect(wrong).toEqual([])
    expect(refused).toBeLessThan(cases.length * 0.03)
  })
})

test('what Qwen3, Llama 3 and others write', () => {
  for (const [source, want] of [
    ['{{ "\\n  x".lstrip("\\n") }}', '  x'],
    ["{{ 'xxhixx'.strip('x') }}|{{ 'hixx'.rstrip('x') }}", 'hi|hi'],
    ['{{ true }} {{ false }} {{ none }} {{ [true, none] }}', 'True False None [True, None]'],
    [
      "{{ 'hELLO wORLD'|title }} {{ 'hELLO'|capitalize }} {{ 'hELLO wORLD'.title() }} {{ 'hELLO'.capitalize() }}",
      'Hello World Hello Hello World Hello',
    ],
    ["{{ [{'a': 1}, {}]|selectattr('a', 'undefined')|list }}", '[{}]'],
    ['{{ 2.0|tojson }} {{ 1e16 }} {{ 7 / 2 }} {{ 4 / 2 }} {{ 7 // 2.0 }}', '2.0 1e+16 3.5 2.0 3.0'],
    ["{{ 'a' if false }}|{{ missing }}|{{ missing|default('d') }}|{{ none|default('d') }}", '||d|None'],
    ["{{ {'a': none}.get('a', 'x') }} {{ {'a': none}['a'] }}", 'None None'],
  ] as const) {
    expect(render(source), source).toBe(want)
  }
})

describe('conversations beyond plain text', () => {
  const template =
    "{% for m in messages %}[{{ m.role }}]{% if m.content is string %}{{ m.content }}{% elif m.content is none %}-{% else %}{% for part in m.content %}{% if part.type == 'text' %}{{ part.text }}{% else %}<{{ part.type }}>{% endif %}{% endfor %}{% endif %}{% for call in m.tool_calls or [] %}{{ call.function.arguments | tojson }}{% endfor %}{% endfor %}{% if tools %}{{ tools | tojson(indent=2) }}{% endif %}{{ 'think' if enable_thinking is defined and enable_thinking else 'no' }}"
  test('contents that are lists or None, tool calls, tools, more variables', () => {
    const messages = [
      { role: 'user', content: [{ type: 'image' }, { type: 'text', text: 'look' }] },
      { role: 'assistant', content: null, tool_calls: [{ function: { name: 'f', arguments: { x: 1.5, y: 'é' } } }] },
    ]
    expect(renderTemplate(template, messages, {})).toBe('[user]<image>look[assistant]-{"x": 1.5, "y": "é"}no')
    expect(renderTemplate(template, [], { tools: [{ name: 'f' }], extra: { enable_thinking: true } })).toBe(
      '[\n  {\n    "name": "f"\n  }\n]think',
    )
  })
  test('no message of the system: what is missing is empty, never a crash', () => {
    expect(
      renderTemplate(
        "{{ messages[0].role }}{{ messages[5] }}{{ messages[0]['tool_calls'] }}",
        [{ role: 'user', content: '' }],
        {},
      ),
    ).toBe('user')
    expect(() => renderTemplate('{{ messages[5].role }}', [{ role: 'user', content: '' }], {})).toThrow('is undefined')
  })
})

test('dates as glibc writes them', () => {
  const dates = readJson('fixtures/chat/dates.json') as {
    formats: string[]
    cases: [[number, number, number, number, number, number], string[]][]
  }
  for (const [[year, month, day, hour, minute, second], texts] of dates.cases) {
    const date = new Date(year, month - 1, day, hour, minute, second)
    expect(
      dates.formats.map((format) => strftime(date, format)),
      String(date),
    ).toEqual(texts)
  }
  expect(
    runTemplate("{{ strftime_now('%-d %j %I %p %-m') }}", {}, undefined, () => new Date(2024, 6, 5, 21, 3, 7)).text,
  ).toBe('5 187 09 PM 7')
  expect(() => render("{{ strftime_now('%Q') }}")).toThrow('the date format "%Q", which is not supported')
})

describe('work is counted', () => {
  const steps = (source: string): number => runTemplate(source, {}).spent
  test('by what is done, not by the clock', () => {
    expect(steps('{% for i in range(100) %}x{% endfor %}')).toBe(steps('{% for i in range(100) %}x{% endfor %}'))
    expect(steps('{% for i in range(1000) %}x{% endfor %}')).toBeGreaterThan(
      9 * steps('{% for i in range(100) %}x{% endfor %}'),
    )
    expect(steps(`{{ '${'a'.repeat(50_000)}'|upper|lower|title|trim }}`)).toBeGreaterThan(1500)
    expect(
      steps(`{% set x = '${'a'.repeat(50_000)}' %}{{ x.count('b') }}{{ 'b' in x }}{{ x.split('b')|length }}`),
    ).toBeGreaterThan(1000)
  })
  test.each([
    ["{{ 'x' * 10000000 }}"],
    ['{{ [1] * 10000000 }}'],
    ["{{ 'x'.ljust(99999999) }}"],
    ["{{ '%999999999d' % 1 }}"],
    ["{{ '{:>99999999}'.format(1) }}"],
    ["{{ 'x'|center(99999999) }}"],
    ["{{ [1]|batch(99999999, 'x')|list }}"],
    ['{{ []|slice(99999999)|list }}'],
    ["{{ 'a'|indent(99999999) }}"],
    ['{{ [[]]|tojson(indent=99999999) }}'],
    ["{% set x = 'a' * 200000 %}{{ x.replace('a', x) }}"],
    ["{% set x = 'a' * 200000 %}{{ x.join(x) }}"],
    ['{{ range(99999) | map("string") | map("center", 50000) | list | length }}'],
    ["{% set x = 'a' * 200000 %}{% for i in range(9999) %}{% set y = x | reverse %}{% endfor %}"],
    ['{% set x = range(9999)|list %}{% for i in range(9999) %}{% if 5 in x %}{% endif %}{{ x == x }}{% endfor %}'],
    ["{% set x = 'aB ' * 30000 %}{% for i in range(999) %}{% set y = x|title %}{% endfor %}"],
    ["{% set x = 'a<' * 60000 %}{% for i in range(999) %}{% set y = x|tojson %}{% endfor %}"],
    ["{% set x = ' ' * 200000 %}{% for i in range(9999) %}{% set y = x.strip() %}{% endfor %}"],
  ])('%s is stopped', (source) => {
    expect(() => render(source)).toThrow(expect.objectContaining({ code: 'TEMPLATE_LIMIT' }) as Error)
  })
})

describe('capitals and small letters as Python has them', () => {
  const { titles, words } = readJson('fixtures/chat/title.json') as {
    titles: Record<string, string>
    words: string[][]
  }
  test('the title form of every character', () => {
    const wrong: unknown[] = []
    for (let code = 0; code < 0x110000; code++) {
      if (code >= 0xd800 && code < 0xe000) continue
      const character = String.fromCodePoint(code),
        want = titles[character] ?? character.toUpperCase()
      if (titleOf(character) !== want) wrong.push([code.toString(16), titleOf(character), want])
    }
    expect(wrong).toEqual([])
  })
  test.each(words)('%s', (word, ...want) => {
    expect(
      JSON.parse(render('{{ [x.title(), x.swapcase(), x.capitalize(), x|title, x|capitalize]|tojson }}', { x: word })),
    ).toEqual(want)
  })
})

test('what the sandbox of jinja2 shows and hides', () => {
  const x = { role: 'user', b: [1] }
  for (const [source, want] of [
    ['{{ self is defined }}', 'True'],
    ["{{ ''.__class__ }}", ''],
    ['{{ foo.__class__ }}', ''],
    ["{{ '{0.role} {0[role]} {a.b[0]} {0.nothing}'.format(x, a=x) }}", 'user user 1 '],
    ["{{ '+-5'|int }} {{ '+5'|int }} {{ '1_0'|int }} {{ '1.'|float }} {{ '.5'|float }}", '0 5 10 1.0 0.5'],
  ] as const) {
    expect(render(source, { x }), source).toBe(want)
  }
  for (const source of ["{{ ''.__class__.__mro__ }}", '{{ foo.__mro__ }}', "{{ '{0.a.b}'.format(x) }}"]) {
    expect(() => render(source, { x }), source).toThrow(expect.objectContaining({ code: 'TEMPLATE_FAILED' }) as Error)
  }
  for (const source of [
    "{{ 'upper' is filter }}",
    "{{ 'odd' is test }}",
    '{{ "\\N{BULLET}" }}',
    "{{ '\\ud83d' }}",
    '{{ self.block() }}',
  ]) {
    expect(() => render(source, { x }), source).toThrow('is not supported')
  }
})
