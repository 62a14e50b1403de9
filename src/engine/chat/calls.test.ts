// Calls out of answers: what real models write, what hostile ones could, and that nothing of it runs.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { callStyleOf, parseCalls, type CallStyle } from './calls.ts'
import { parsePythonCall } from './python-call.ts'

const weather = { name: 'get_weather', arguments: { city: '北京', days: 2 } }

describe('Qwen and Hermes', () => {
  const one = '<tool_call>\n{"name": "get_weather", "arguments": {"city": "北京", "days": 2}}\n</tool_call>'
  test('blocks, one or several, with text around', () => {
    expect(parseCalls(one, 'hermes')).toEqual({ calls: [weather], text: '' })
    expect(parseCalls(`Let me see.\n${one}\n${one}<|im_end|>`, 'hermes')).toEqual({
      calls: [weather, weather],
      text: 'Let me see.',
    })
  })
  test('arguments as a text of JSON, none at all, and a block that was not closed', () => {
    expect(parseCalls('<tool_call>{"name":"f","arguments":"{\\"a\\":1}"}</tool_call>', 'hermes').calls).toEqual([
      { name: 'f', arguments: { a: 1 } },
    ])
    expect(parseCalls('<tool_call>{"name":"f"}<|im_end|>', 'hermes').calls).toEqual([{ name: 'f', arguments: {} }])
  })
  test('what is broken stays text', () => {
    for (const text of [
      '<tool_call>\n{"name": "f", "arg',
      '<tool_call>{"name": 5, "arguments": {}}</tool_call>',
      '<tool_call>{"name": "f", "arguments": [1]}</tool_call>',
      '<tool_call>f()</tool_call>',
      'no call <tool_call>',
    ]) {
      expect(parseCalls(text, 'hermes')).toEqual({ calls: [], text })
    }
    const mixed = parseCalls(`<tool_call>bad</tool_call> ${one}`, 'hermes')
    expect(mixed).toEqual({ calls: [weather], text: '<tool_call>bad</tool_call>' })
  })
})

describe('Llama 3', () => {
  test('bare JSON, several by semicolons, behind the tag, and its own tools', () => {
    const call = '{"name": "get_weather", "parameters": {"city": "北京", "days": 2}}'
    expect(parseCalls(`${call}<|eot_id|>`, 'llama3')).toEqual({ calls: [weather], text: '' })
    expect(parseCalls(`<|python_tag|>${call}; ${call}<|eom_id|>`, 'llama3').calls).toEqual([weather, weather])
    expect(parseCalls('<|python_tag|>brave_search.call(query="a \\"b\\"")<|eom_id|>', 'llama3').calls).toEqual([
      { name: 'brave_search', arguments: { query: 'a "b"' } },
    ])
    expect(parseCalls('Sure.<|python_tag|>print(1)', 'llama3')).toEqual({
      calls: [{ name: 'code_interpreter', arguments: { code: 'print(1)' } }],
      text: 'Sure.',
    })
  })
  test('an answer in words, and JSON that is no call', () => {
    for (const text of ['It is 22 degrees.', '{"a": 1}', '', '[1, 2]']) {
      expect(parseCalls(text, 'llama3')).toEqual({ calls: [], text })
    }
  })
})

test('Mistral', () => {
  expect(
    parseCalls('[TOOL_CALLS] [{"name": "get_weather", "arguments": {"city": "北京", "days": 2}}]</s>', 'mistral'),
  ).toEqual({ calls: [weather], text: '' })
  expect(parseCalls('[TOOL_CALLS] [{"nam', 'mistral').calls).toEqual([])
})

describe('ChatGLM3', () => {
  const body = "```python\ntool_call(city='北京', days=2)\n```"
  test('the name on the metadata line, the arguments in a fence', () => {
    expect(parseCalls(`get_weather\n ${body}<|observation|>`, 'chatglm3')).toEqual({ calls: [weather], text: '' })
    expect(parseCalls(`\n 我来查。<|assistant|>get_weather\n ${body}`, 'chatglm3')).toEqual({
      calls: [weather],
      text: '我来查。',
    })
    expect(parseCalls('interpreter\n ```python\nprint(1)\n```', 'chatglm3').calls).toEqual([
      { name: 'interpreter', arguments: { code: 'print(1)' } },
    ])
  })
  test('a plain answer, of one line or many', () => {
    expect(parseCalls('\n 你好', 'chatglm3')).toEqual({ calls: [], text: '你好' })
    expect(parseCalls('First line\nsecond', 'chatglm3')).toEqual({ calls: [], text: 'First line\nsecond' })
  })
})

describe("Python's literals", () => {
  test('as data', () => {
    expect(
      parsePythonCall(
        `tool_call(a=1, b=-2.5e3, c="x" 'y', d=[True, None, (1,)], e={'k': "é\\n\\x41\\u4f60", 2: 0.5,}, f='''a\nb''', g=1_000,)`,
        'tool_call',
      ),
    ).toEqual({ a: 1, b: -2500, c: 'xy', d: [true, null, [1]], e: { k: 'é\nA你', '2': 0.5 }, f: 'a\nb', g: 1000 })
    expect(parsePythonCall('f()', 'f')).toEqual({})
  })
  test('nothing else', () => {
    for (const code of [
      'tool_call(a=__import__("os").system("ls"))',
      'tool_call(a=1+1)',
      'tool_call(a=b)',
      'tool_call(1)',
      'tool_call(**{"a": 1})',
      'tool_call(a=1, a=2)',
      'tool_call(a=1); tool_call(b=2)',
      'other(a=1)',
      'tool_call(a=f"{1}")',
      'tool_call(a="x)',
      'tool_call(a=Truest)',
      `tool_call(a=${'['.repeat(100)}${']'.repeat(100)})`,
      `tool_call(a=${'['.repeat(100_000)}`,
      'tool_call(a="\\U7fffffff")',
    ]) {
      expect(parsePythonCall(code, 'tool_call'), code.slice(0, 60)).toBeNull()
    }
  })
  test('a key called __proto__ is a key', () => {
    const args = parsePythonCall("f(__proto__={'polluted': 1}, constructor=2)", 'f')!
    expect(Object.keys(args)).toEqual(['__proto__', 'constructor'])
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    expect(Object.getPrototypeOf(args)).toBe(Object.prototype)
  })
})

test('which way a template teaches', () => {
  expect(callStyleOf('… <tool_call> …')).toBe('hermes')
  expect(callStyleOf('{{ "<|python_tag|>" }}')).toBe('llama3')
  expect(callStyleOf('{{ "[TOOL_CALLS]" }}')).toBe('mistral')
  expect(callStyleOf('{{ messages }}')).toBeNull()
})

test('any text at all gives calls and text, quickly', () => {
  const part = fc.constantFrom(
    '<tool_call>',
    '</tool_call>',
    '{"name":"f","arguments":{}}',
    'tool_call(',
    "a='",
    ')',
    '```python\n',
    '\n```',
    '<|assistant|>',
    '<|python_tag|>',
    '[TOOL_CALLS]',
    '{',
    '}',
    ';',
    '\n',
    ' ',
    'x',
    '\\',
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      for (const style of ['hermes', 'llama3', 'mistral', 'chatglm3'] as CallStyle[]) {
        const { calls, text } = parseCalls(parts.join(''), style)
        expect(typeof text).toBe('string')
        for (const call of calls) expect(Object.getPrototypeOf(call.arguments)).toBe(Object.prototype)
      }
    }),
    { numRuns: 500 },
  )
  for (const unit of [
    '<tool_call>',
    '{"name":',
    '; {',
    '<|assistant|>f\n',
    '```python\n',
    '\n ',
    '<|python_tag|>',
    ' \n```',
  ]) {
    for (const style of ['hermes', 'llama3', 'mistral', 'chatglm3'] as CallStyle[]) {
      const start = process.cpuUsage().user
      parseCalls(unit.repeat(Math.ceil(200_000 / unit.length)), style)
      expect((process.cpuUsage().user - start) / 1000, `${style} ${unit}`).toBeLessThan(400)
    }
  }
})

describe('arguments that could not be kept', () => {
  const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`
  const said = (args: string): Record<CallStyle, string> => ({
    hermes: `<tool_call>{"name":"f","arguments":{"a":${args}}}</tool_call>`,
    llama3: `{"name":"f","parameters":{"a":${args}}}`,
    mistral: `[TOOL_CALLS][{"name":"f","arguments":{"a":${args}}}]`,
    chatglm3: `f\n\`\`\`python\ntool_call(a=${args})\n\`\`\``,
  })
  test.each<[string, string, number]>([
    ['nested as deep as any real ones', deep(30), 1],
    ['nested deeper', deep(40), 0],
    ['nested without end', deep(100_000), 0],
    ['half a character', '"\\ud800"', 0],
    ['a number beyond all', '1e999', 0],
    ['thousands of values', `[${'1,'.repeat(20_000)}1]`, 0],
    ['many values', `[${'1,'.repeat(5000)}1]`, 1],
  ])('%s', (_, args, count) => {
    for (const [style, text] of Object.entries(said(args))) {
      const found = parseCalls(text, style as CallStyle)
      expect(found.calls, style).toHaveLength(count)
      if (count === 0) expect(found.text).toContain(args.slice(0, 100))
      else expect(structuredClone(found)).toEqual(found)
    }
  })
  test('more calls than a turn can keep', () => {
    const text = (n: number): string => '<tool_call>{"name":"f"}</tool_call>'.repeat(n)
    expect(parseCalls(text(128), 'hermes').calls).toHaveLength(128)
    expect(parseCalls(text(129), 'hermes')).toEqual({ calls: [], text: text(129) })
  })
})

test('Python’s brackets and escapes mean what they mean in Python', () => {
  const read = (text: string): unknown => parsePythonCall(`tool_call(a=${text})`, 'tool_call')?.['a']
  expect([read('(1)'), read('(1,)'), read('()'), read('((2))'), read('(1, 2,)')]).toEqual([1, [1], [], 2, [1, 2]])
  expect([read("'\\0'"), read("'\\012'"), read("'\\1018'"), read("'\\8'")]).toEqual(['\0', '\n', 'A8', '\\8'])
  expect(read("'\\N{BULLET}'")).toBeUndefined()
})

test('long answers are read in time that grows with them', () => {
  const tags = ['<tool_call>', '</tool_call>', '[TOOL_CALLS]', '<|assistant|>', '{"name":"f"}', 'f.call(', '```\n']
  for (const style of ['hermes', 'llama3', 'mistral', 'chatglm3'] as const) {
    for (const part of [...tags, ';', ' ', 'f\n', '(', 'a=', "'", '\\', '; {', '"""', '1_', 'é;\n{', '[', '{"a":']) {
      const text = part.repeat(Math.floor(400_000 / part.length))
      const from = performance.now()
      for (const before of ['', '<tool_call>', 'f\ntool_call(a=', 'f.call(a=']) parseCalls(before + text, style)
      expect(performance.now() - from, `${style} ${part}`).toBeLessThan(3000)
    }
  }
})
