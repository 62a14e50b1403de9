// Chat templates against Python's jinja2, hostile templates against the clock, stop
// strings against a search of the whole text.

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ChatMessage } from '../types.ts'
import { strftime } from './jinja/strftime.ts'
import { StopMatcher } from './stop.ts'
import { turnsOf } from './format.ts'
import { standIn } from './formats.ts'
import { chatTemplateOf, renderChat, renderTemplate } from './template.ts'

interface Fixture {
  name: string
  template: string
  cases: { messages: ChatMessage[]; generation: boolean; text?: string; error?: string }[]
}
const readJson = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8'))
const hi: ChatMessage[] = [{ role: 'user', content: 'Hi' }]

describe("templates render as Python's jinja2 renders them", () => {
  test.each((readJson('fixtures/chat/templates.json') as Fixture[]).map((f) => [f.name, f] as const))(
    '%s',
    (_, { template, cases }) => {
      for (const { messages, generation, text, error } of cases) {
        const result = renderChat(template, messages, {
          bosToken: '<s>',
          eosToken: '</s>',
          addGenerationPrompt: generation,
        })
        if (error !== undefined) {
          expect(result.usedFallback).toBe(true)
          expect(result.notice?.error?.message).toContain(error)
        } else expect(result).toEqual({ text, usedFallback: false })
      }
    },
  )
  test.each(
    (
      readJson('fixtures/chat/real.json') as (Fixture & {
        cases: { tools?: object[]; vars?: Record<string, unknown> }[]
      })[]
    ).map((f) => [f.name, f] as const),
  )('%s, as its model brings it', (_, { template, cases }) => {
    for (const { messages, generation, tools, vars, text, error } of cases) {
      const run = (): string =>
        renderTemplate(template, messages, {
          bosToken: '<s>',
          eosToken: '</s>',
          addGenerationPrompt: generation,
          ...(tools && { tools }),
          ...(vars && { extra: vars }),
        })
      if (error === undefined) expect(run()).toBe(text)
      else expect(run).toThrow(/^The model's chat template/)
    }
  })
  test('the golden conversations of SmolLM2', () => {
    const golden = readJson('fixtures/smollm2/golden.json') as { prompts: { messages: ChatMessage[]; text: string }[] }
    const template =
      "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
    for (const { messages, text } of golden.prompts) expect(renderChat(template, messages, {}).text).toBe(text)
  })
  test('a thousand messages are no attack', () => {
    const messages = Array.from({ length: 1000 }, (_, i): ChatMessage => ({
      role: i % 2 ? 'assistant' : 'user',
      content: 'word '.repeat(50),
    }))
    for (const { name, template } of readJson('fixtures/chat/templates.json') as Fixture[]) {
      expect(renderChat(template, messages, { bosToken: '<s>', eosToken: '</s>' }).notice, name).toBeUndefined()
    }
  })
  test('a very long message is no attack', () => {
    const messages: ChatMessage[] = [{ role: 'user', content: 'a\n'.repeat(1_000_000) }]
    for (const { name, template } of readJson('fixtures/chat/templates.json') as Fixture[]) {
      expect(renderChat(template, messages, { bosToken: '<s>', eosToken: '</s>' }).notice, name).toBeUndefined()
    }
  })
})

const nested = (open: string, close: string, n: number, inner = '1'): string => open.repeat(n) + inner + close.repeat(n)
const attacks: Record<string, string> = {
  'range of 10^6': '{% for i in range(1000000) %}{{ i }}{% endfor %}',
  'range of 10^9': '{% for i in range(1000000000) %}{% endfor %}',
  'range with a tiny step': '{{ range(0, 10, 0.0000001) }}',
  'range to infinity': '{{ range(1 // 0) }}',
  'loops 2000 × 2000': '{% for i in range(2000) %}{% for j in range(2000) %}x{% endfor %}{% endfor %}',
  'loops with an empty body': '{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}',
  'loops that continue': '{% for i in range(9999) %}{% for j in range(9999) %}{% continue %}{% endfor %}{% endfor %}',
  'loop over a dropped list': '{% for i in range(9999) %}{% for j in range(9999) if false %}{% endfor %}{% endfor %}',
  'many unknown names': '{% for i in range(9999) %}{% for j in range(99) %}{{ nothing }}{% endfor %}{% endfor %}',
  'brackets 5k deep': `{{ ${nested('(', ')', 5000)} }}`,
  'lists 20k deep': `{{ ${nested('[', ']', 20000)} }}`,
  'not 20k deep': `{{ ${'not '.repeat(20000)}true }}`,
  'ifs 5k deep': nested('{% if 1 %}', '{% endif %}', 5000),
  'elif 5k long': `{% if 0 %}${'{% elif 0 %}'.repeat(5000)}{% endif %}`,
  'a sum of 20k terms': `{{ ${'1+'.repeat(20000)}1 }}`,
  'a list that grows deep at run time':
    '{% set ns = namespace(x=[]) %}{% for i in range(40000) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}',
  'a macro that calls itself': '{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}',
  'a macro that calls itself twice':
    '{% macro f(n) %}{% if n > 0 %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(40) }}',
  'a caller that calls itself':
    '{% macro f() %}{{ caller() }}{% endmacro %}{% macro g() %}{% call f() %}{{ g() }}{% endcall %}{% endmacro %}{{ g() }}',
  'a text doubled 60 times': `{% set ns = namespace(x='ab') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x }}`,
  'a text doubled with +': `{% set x = 'ab' %}${'{% set x = x + x %}'.repeat(60)}{{ x }}`,
  'a list doubled': `{% set x = [1] %}${'{% set x = x + x %}'.repeat(60)}{{ x }}`,
  'a list of itself, printed': `{% set x = [1, 1] %}${'{% set x = [x, x] %}'.repeat(60)}{{ x }}`,
  'a list of itself as JSON': `{% set x = [1, 1] %}${'{% set x = [x, x] %}'.repeat(60)}{{ x | tojson }}`,
  'a dict of itself as JSON': `{% set x = {'a': 1} %}${"{% set x = {'a': x, 'b': x} %}".repeat(60)}{{ x | tojson }}`,
  'a namespace that holds itself': '{% set ns = namespace() %}{% set ns.a = ns %}{{ ns | tojson }}',
  'a list that holds its namespace': '{% set ns = namespace() %}{% set ns.a = [ns, ns] %}{{ ns | tojson }}',
  'namespaces of namespaces': `{% set a = namespace(x=1) %}${'{% set a = namespace(x=a, y=a) %}'.repeat(60)}{{ a | tojson }}`,
  'replace that multiplies': `{% set x = '${'a'.repeat(5000)}' %}{{ x | replace('a', x) | replace('a', x) }}`,
  'replace as a method': `{% set x = '${'a'.repeat(5000)}' %}{{ x.replace('', x).replace('', x) }}`,
  'replace by its bracket name': `{% set x = '${'a'.repeat(5000)}' %}{{ x['replace']('a', x)['replace']('a', x) }}`,
  'replace kept in a name': `{% set x = '${'a'.repeat(5000)}' %}{% set f = x.replace %}{{ f('a', x) | length }}{% for i in range(9999) %}{% set y = f('a', x) %}{% endfor %}`,
  'join that multiplies': `{% set x = '${'a'.repeat(50000)}' %}{{ range(9999) | join(x) }}`,
  'join of long texts': `{% set x = '${'a'.repeat(50000)}' %}{{ [${'x,'.repeat(2000)}x] | join }}`,
  'indent by 10^9': "{{ 'a\nb' | indent(1000000000, true) }}",
  'indent by a number that is computed': "{% set n = 1000 * 1000 * 1000 %}{{ 'a\nb' | indent(n, true) }}",
  'tojson indent': '{{ messages | tojson(indent=1000000000) }}',
  'filters on a large list':
    '{% set x = range(9999) | list %}{% for i in range(9999) %}{% set y = x | sort %}{% endfor %}',
  'slices of a large list':
    '{% set x = range(9999) | list %}{% for i in range(9999) %}{% set y = x[::1] %}{% endfor %}',
  'splits of a long text': `{% set x = '${'a,'.repeat(20000)}' %}{% for i in range(9999) %}{% set y = x.split(',') %}{% endfor %}`,
  'searches in a long text': `{% set x = '${'a'.repeat(40000)}' %}{% for i in range(9999) %}{% if x ~ 'b' in x %}{% endif %}{% endfor %}`,
  'case of a long text': `{% set x = '${'a'.repeat(40000)}' %}{% for i in range(9999) %}{% set y = x | upper %}{% endfor %}`,
  'a long map path': `{{ messages | map(attribute='${'a.'.repeat(30000)}') | list }}`,
  raise: "{{ raise_exception('no thanks') }}",
  prototype: "{{ messages.constructor.constructor('return 1')() }}",
  'not closed': '{% for m in messages %}{{ m.content',
  'not closed for': '{% for m in messages %}',
  'not closed if': '{% if a %}{% else %}',
  'not closed text': "{{ 'abc",
  'not closed comment': '{# abc',
  'a run of spaces': `${' '.repeat(100_000)}{% x`,
  'a mix of white space': `${' \n\t'.repeat(30_000)}{%`,
  'too long': `{# ${'x'.repeat(200_000)} #}`,
  'unknown tag': '{% include "x" %}',
  'unknown filter': '{{ messages | sausage("x") }}',
  'wrong types': '{{ messages - 1 }}',
}

describe('a hostile template ends in the built-in format', () => {
  const expected = '<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n'
  renderChat('{% for m in messages %}{{ m.content }}{% endfor %}', hi, {}) // warm
  test.each(Object.keys(attacks))('%s', (name) => {
    const start = process.cpuUsage()
    const result = renderChat(attacks[name]!, hi, { hasToken: (token) => token === '<|im_start|>' })
    const took = cpu(start)
    expect(result.usedFallback).toBe(true)
    expect(result.text).toBe(expected)
    const { format, error } = result.notice!
    expect(format).toBe('ChatML')
    expect(error!.code).toMatch(/^TEMPLATE_(LIMIT|FAILED)$/)
    expect(error!.message).toMatch(/^The model's chat template .*\.$/s)
    expect(JSON.stringify(error).length).toBeLessThan(1200)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    timings.push([took, name])
  })
  const timings: [number, string][] = []
  // processor time: the machine has other work
  const cpu = (since: NodeJS.CpuUsage): number => {
    const { user, system } = process.cpuUsage(since)
    return (user + system) / 1000
  }
  test('each within 200 ms of processor time', () => {
    // a first run also pays for the compiler: the slow ones are asked again
    const slow = timings
      .filter(([took]) => took > 200)
      .filter(([, name]) => {
        const start = process.cpuUsage()
        renderChat(attacks[name]!, hi, {})
        return cpu(start) > 200
      })
    console.info(
      `slowest: ${timings
        .sort((a, b) => b[0] - a[0])
        .slice(0, 5)
        .map(([ms, name]) => `${name} ${ms.toFixed(0)} ms`)
        .join(', ')}`,
    )
    expect(slow).toEqual([])
  })
  test('nothing of JavaScript can be reached', () => {
    for (const path of [
      "messages['__proto__']",
      'messages.constructor',
      "messages[0]['constructor']",
      "''.constructor",
      'range.constructor',
      'messages.__class__',
    ]) {
      expect(renderTemplate(`[{{ ${path} }}]`, hi, {}), path).toBe('[]')
    }
    expect(() =>
      renderTemplate("{% set ns = namespace() %}{% set ns.__proto__ = {'polluted': 1} %}{{ ns.__proto__ }}", hi, {}),
    ).toThrow('underscore-prefixed')
    expect(
      renderTemplate(
        "{% set d = {'__proto__': 1, 'constructor': 2} %}{{ d }}{{ d.polluted }}{{ d.constructor }}",
        hi,
        {},
      ),
    ).toBe("{'__proto__': 1, 'constructor': 2}2")
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
  test('any text is a template, a limit or a failure', () => {
    const part = fc.constantFrom(
      '{{',
      '}}',
      '{%',
      '%}',
      '{#',
      '#}',
      ' for m in messages ',
      ' endfor ',
      ' if ',
      ' endif ',
      'messages',
      '|',
      'length',
      'x',
      '.',
      '[',
      ']',
      '(',
      ')',
      '1',
      "'a'",
      '~',
      '+',
      ' not ',
      ' in ',
      '-',
      ',',
      '\n',
      ' set x = ',
      ' macro f() ',
      ' endmacro ',
      ' else ',
      'tojson',
      ':',
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 25 }), (parts) => {
        try {
          renderTemplate(parts.join(''), hi, {})
        } catch (error) {
          expect(['TEMPLATE_LIMIT', 'TEMPLATE_FAILED']).toContain((error as { code?: string }).code)
        }
      }),
      { numRuns: 1000 },
    )
  })
})

test('the date is English whatever the browser speaks', () => {
  expect(strftime(new Date(2024, 6, 5, 9, 3, 7), '%d %b %Y, %B %A %H:%M:%S %y %e 100%%')).toBe(
    '05 Jul 2024, July Friday 09:03:07 24  5 100%',
  )
  expect(() => strftime(new Date(), '%Q')).toThrow('the date format "%Q"')
  expect(renderTemplate("{{ strftime_now('%Y') }}", hi, {})).toBe(String(new Date().getFullYear()))
})

describe('where the template comes from', () => {
  test('file, text, list', () => {
    expect(chatTemplateOf({ chat_template: 'a' }, 'b')).toBe('b')
    expect(
      chatTemplateOf(
        {
          chat_template: [
            { name: 'tool_use', template: 't' },
            { name: 'default', template: 'd' },
          ],
        },
        null,
      ),
    ).toBe('d')
    expect(
      chatTemplateOf(
        {
          chat_template: [
            { name: 'default', template: 'd' },
            { name: 'default', template: 'e' },
          ],
        },
        null,
      ),
    ).toBe('e')
    for (const nothing of [null, undefined, {}, { chat_template: 5 }, { chat_template: [] }, 'x']) {
      expect(chatTemplateOf(nothing, null)).toBeNull()
    }
  })
  test('what transformers refuses or renders as nothing', () => {
    const reason = (reason: string): unknown =>
      expect.objectContaining({ code: 'TEMPLATE_FAILED', facts: expect.objectContaining({ reason }) as unknown })
    // the empty file counts, and the configuration's template does not come back
    for (const empty of ['', ' \n']) expect(chatTemplateOf({ chat_template: 'a' }, empty)).toEqual(reason('empty'))
    expect(chatTemplateOf({ chat_template: '' }, null)).toEqual(reason('empty'))
    expect(chatTemplateOf({ chat_template: [{ name: 'x' }, { name: 'tool_use', template: 't' }] }, null)).toEqual(
      reason('default'),
    )
    expect(chatTemplateOf({ chat_template: 'a' }, null, ['tool_use'])).toEqual(reason('default'))
    const { text, notice } = renderChat(chatTemplateOf({}, ''), hi, { bosToken: '<s>', eosToken: '</s>' })
    expect([text, notice!.error!.message]).toEqual([
      '<s>User: Hi\nAssistant:',
      "The model's chat template cannot be used: it is empty, and no word of a chat would reach the model.",
    ])
  })
  test('tokens that nobody named are undefined', () => {
    const shown = '{{ bos_token is defined }} {{ eos_token }} {{ pad_token }}'
    expect(renderTemplate(shown, hi, { specials: { pad_token: '<p>' }, bosToken: '<s>', eosToken: '</s>' })).toBe(
      'False  <p>',
    )
    expect(renderTemplate(shown, hi, { bosToken: '<s>' })).toBe('True  ')
    expect(() => renderTemplate("{{ bos_token + 'x' }}", hi, { specials: {} })).toThrow('undefined')
    // what a caller passes counts before the model's own
    expect(renderTemplate('{{ pad_token }}', hi, { specials: { pad_token: '<p>' }, extra: { pad_token: 'q' } })).toBe(
      'q',
    )
  })
  test('reasoning is found by each of its names', () => {
    const shown = '{% for m in messages %}{{ m.thinking }}|{{ m.reasoning_content }}|{{ m.reasoning }};{% endfor %}'
    expect(
      renderTemplate(
        shown,
        [
          { role: 'assistant', content: '', reasoning_content: 'a' },
          { role: 'assistant', thinking: 'b' },
          { role: 'assistant', reasoning: 'c' },
          { role: 'assistant', thinking: 'd', reasoning_content: 'e' },
          { role: 'assistant', reasoning_content: null },
        ],
        {},
      ),
    ).toBe('a|a|;b|b|;c|c|c;d|e|;|None|;')
  })
})

describe('built-in formats', () => {
  const talk: ChatMessage[] = [
    { role: 'system', content: 'S' },
    { role: 'user', content: ' a ' },
    { role: 'assistant', content: 'b' },
    { role: 'user', content: 'c' },
  ]
  const render = (tokens: string[], messages = talk): [string, string] => {
    const idOf = (token: string): number | undefined => (tokens.includes(token) ? 0 : undefined)
    const format = standIn({ idOf })
    const vars = { bosToken: '', eosToken: '', addGenerationPrompt: true, idOf }
    return [format.name, format.write(turnsOf(messages), vars) as string]
  }
  test('are chosen by the vocabulary', () => {
    expect(render(['<|im_start|>', '<s>'])).toEqual([
      'ChatML',
      '<|im_start|>system\nS<|im_end|>\n<|im_start|>user\n a <|im_end|>\n<|im_start|>assistant\nb<|im_end|>\n<|im_start|>user\nc<|im_end|>\n<|im_start|>assistant\n',
    ])
    expect(render(['<|start_header_id|>'])).toEqual([
      'Llama-3',
      '<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nS<|eot_id|><|start_header_id|>user<|end_header_id|>\n\na<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nb<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nc<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n',
    ])
    expect(render(['<start_of_turn>'])).toEqual([
      'Gemma',
      '<bos><start_of_turn>user\nS\n\na<end_of_turn>\n<start_of_turn>model\nb<end_of_turn>\n<start_of_turn>user\nc<end_of_turn>\n<start_of_turn>model\n',
    ])
    expect(render(['<s>', '</s>', '<0x0A>'])).toEqual([
      'Llama-2',
      '<s>[INST] <<SYS>>\nS\n<</SYS>>\n\na [/INST] b </s><s>[INST] c [/INST]',
    ])
    expect(render([])).toEqual(['User/Assistant', 'S\nUser: a\nAssistant: b\nUser: c\nAssistant:'])
    expect(render(['<s>', '</s>', '<0x0A>'], [{ role: 'system', content: 'S' }])[1]).toBe(
      '<s>[INST] <<SYS>>\nS\n<</SYS>> [/INST]',
    )
    expect(render(['[INST]', '<s>', '</s>', '<0x0A>'])).toEqual([
      'Mistral v3',
      '<s>[INST]  a [/INST] b</s>[INST] S\n\nc[/INST]',
    ])
  })
  test('stand in when there is no template, with a notice', () => {
    const result = renderChat(null, hi, { bosToken: '<s>', eosToken: '</s>' })
    expect(result).toEqual({
      text: '<s>User: Hi\nAssistant:',
      usedFallback: true,
      notice: { error: null, format: 'User/Assistant' },
    })
  })
})

describe('stop strings', () => {
  const run = (stops: string[], pieces: string[]): string => {
    const matcher = new StopMatcher(stops)
    let out = ''
    for (const piece of pieces) {
      const { emit, stopped } = matcher.push(piece)
      out += emit
      if (stopped) return `${out}!`
    }
    return out + matcher.flush()
  }
  test('are found across token borders, and false starts are given back', () => {
    expect(run(['</s>'], ['Hi', '<', '/s', '>', 'more'])).toBe('Hi!')
    expect(run(['</s>'], ['a<', '/b', '<'])).toBe('a</b<')
    expect(run(['\n\nUser:'], ['x\n', '\n\n', 'User', ':'])).toBe('x\n!')
    expect(run(['aab'], ['a', 'a', 'a', 'b'])).toBe('a!')
    expect(run(['', 'b'], ['abc'])).toBe('a!')
    expect(run([], ['abc'])).toBe('abc')
    expect(run(['###', '###Input'], ['x###', 'Input'])).toBe('x!')
  })
  test('hold back only what could become a stop', () => {
    const matcher = new StopMatcher(['STOP'])
    expect(matcher.push('abcST')).toEqual({ emit: 'abc', stopped: false })
    expect(matcher.push('AR')).toEqual({ emit: 'STAR', stopped: false })
    expect(matcher.push('STOP')).toEqual({ emit: '', stopped: true })
    expect(matcher.push('more')).toEqual({ emit: '', stopped: true })
    expect(matcher.flush()).toBe('')
  })
  test('do not depend on how the text is cut', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 30 })
    fc.assert(
      fc.property(
        text,
        fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 }), { maxLength: 3 }),
        fc.array(fc.nat(30)),
        (whole, stops, cuts) => {
          const at = [0, ...cuts.map((c) => Math.min(c, whole.length)).sort((a, b) => a - b), whole.length]
          const pieces = at.slice(1).map((end, i) => whole.slice(at[i], end))
          expect(run(stops, pieces)).toBe(run(stops, [...whole]))
          const result = run(stops, pieces)
          if (!result.endsWith('!')) expect(stops.some((stop) => whole.includes(stop))).toBe(false)
          else expect(stops.some((stop) => whole.startsWith(result.slice(0, -1) + stop))).toBe(true)
        },
      ),
    )
  })
})
