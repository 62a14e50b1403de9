// ReAct: what models write is read as it was meant or refused, and the form of a turn allows what the tools take, and only that.

import { describe, expect, test } from 'vitest'
import { readArguments, toolNamed, tools, type Tool } from '../tools/index.ts'
import { argumentsForm, instructions, read, turnForm } from './react.ts'

const calculator = toolNamed('calculator')!
const at = (text: string, isCut = false) => read(text, tools, isCut)
const calls = (text: string, isCut = false) => at(text, isCut).calls.map(({ name, args }) => `${name} ${args}`)
const turn = (name: string, args: string): string => `Thought: I count.\nAction: ${name}\nAction Input: ${args}`

describe('a turn', () => {
  test('is a thought and a call, or a thought and an answer', () => {
    expect(at(turn('calculator', '{"expression": "6*7"}'))).toEqual({
      text: turn('calculator', '{"expression": "6*7"}'),
      thought: 'I count.',
      calls: [{ name: 'calculator', args: '{"expression": "6*7"}' }],
      answer: null,
      problem: null,
    })
    expect(at('Thought: I know.\nFinal Answer: 42\nand more')).toMatchObject({
      thought: 'I know.',
      calls: [],
      answer: '42\nand more',
      problem: null,
    })
    expect(at('Thought：知道了。\nFinal Answer：四十二')).toMatchObject({ thought: '知道了。', answer: '四十二' })
  })

  test('is read as small models write it', () => {
    for (const args of ['6*7', '"6*7"', '```json\n{"expression": "6*7"}\n```', '{"expression":"6*7"} trailing']) {
      expect(calls(turn('calculator', args)).map((one) => one.replace(/[: ]+/g, ''))).toEqual([
        'calculator{"expression""6*7"}',
      ])
    }
    expect(calls('**Action:** calculator\n**Action Input:** 1+1')).toEqual(['calculator {"expression":"1+1"}'])
    expect(calls('Action: `clock`')).toEqual(['clock {}'])
    expect(calls('Action: clock\nAction Input:')).toEqual(['clock {}'])
    expect(calls(turn('calculator', '{"expression": "}\\"{"}x'))).toEqual(['calculator {"expression": "}\\"{"}'])
    // a tool that is not there is a call, too: the tools' own door refuses it
    expect(calls(turn('rm', '{}'))).toEqual(['rm {}'])
    expect(calls(turn('convert_units', '5 mi'))).toEqual(['convert_units 5 mi'])
  })

  test('ends where results would begin: those that it makes up are none', () => {
    const made = `${turn('calculator', '{"expression": "6*7"}')}\nObservation: 41\nThought: so.\nFinal Answer: 41`
    expect(at(made)).toMatchObject({ answer: null })
    expect(calls(made)).toEqual(['calculator {"expression": "6*7"}'])
    expect(at('Thought: a\nFinal Answer: 1\nAction: clock\nAction Input: {}')).toMatchObject({ calls: [] })
    expect(at('Thought: a\nAction: clock\nAction Input: {}\nFinal Answer: 1')).toMatchObject({ answer: null })
  })

  test('that is none says what is wrong with it', () => {
    for (const text of ['Hello.', 'Thought: hm', 'Thought: hm\nAction:', 'Action: two\nlines']) {
      expect([text, at(text).calls.length === 0 ? at(text).problem : 'call']).toEqual([
        text,
        text.startsWith('Action: two') ? 'call' : 'unreadable',
      ])
    }
    expect(at('  \n').problem).toBe('empty')
    expect(at('Thought: x\nFinal Answer: ').problem).toBe('empty')
    expect(at('Observation: 42').problem).toBe('empty')
    expect(at(turn('calculator', '{"expression": "6*'), true)).toMatchObject({ calls: [], problem: 'cut' })
    expect(at('Thought: this goes on', true).problem).toBe('cut')
    expect(calls(turn('calculator', '{"expression": "6*7"}'), true)).toHaveLength(1)
  })
})

describe('the form', () => {
  const form = (given: readonly Tool[]): RegExp => new RegExp(`^(?:${turnForm(given)})$`, 'u')
  const fits = (args: string, tool: Tool): boolean =>
    new RegExp(`^(?:${argumentsForm(tool.parameters)})$`, 'u').test(args)

  test('names the tools that are there, and no other', () => {
    expect(form([calculator]).test(turn('calculator', '{"expression": "6*7"}'))).toBe(true)
    expect(form([calculator]).test(turn('clock', '{}'))).toBe(false)
    expect(form(tools).test(turn('clock', '{}'))).toBe(true)
    expect(form([]).test('Thought: no tools.\nFinal Answer: none')).toBe(true)
    expect(form([]).test(turn('', '{}'))).toBe(false)
    expect(form(tools).test('Thought: a\n\nFinal Answer: b')).toBe(false)
  })

  test('allows arguments that the tool takes, and only those', () => {
    const [clock, units, open] = [toolNamed('clock')!, toolNamed('convert_units')!, toolNamed('read_document')!]
    const good: [Tool, string][] = [
      [clock, '{}'],
      [clock, '{"time_zone": "Asia/Shanghai"}'],
      [calculator, '{"expression": "a \\"b\\" \\u00e9 中"}'],
      [units, '{"value": -0.5, "from": "mi", "to": "km"}'],
      [open, '{"document": "a.md", "passage": 12}'],
    ]
    for (const [tool, args] of good) {
      expect([args, fits(args, tool)]).toEqual([args, true])
      expect(Object.keys(readArguments(tool.parameters, args)).length).toBe(
        Object.keys(JSON.parse(args) as object).length,
      )
    }
    const bad: [Tool, string][] = [
      [calculator, '{}'],
      [calculator, '{"expression": 5}'],
      [calculator, '{"expression": "a\nb"}'],
      [calculator, '{"expression": ""}'],
      [calculator, '{"expression": "1"} and more'],
      [units, '{"value": 01, "from": "a", "to": "b"}'],
      [units, '{"value": 1, "from": "a"}'],
      [clock, '{"zone": "UTC"}'],
    ]
    for (const [tool, args] of bad) expect([args, fits(args, tool)]).toEqual([args, false])
  })

  test('of several that may be left out allows any', () => {
    const text = { type: 'string', description: '' } as const
    const parameters = {
      type: 'object',
      properties: { a: text, b: text },
      required: [],
      additionalProperties: false,
    } as const
    const may = { ...calculator, parameters }
    const all = ['{}', '{"a": "x"}', '{"b": "x"}', '{"a": "x", "b": "y"}']
    for (const args of all) expect([args, fits(args, may)]).toEqual([args, true])
    expect(fits('{, "b": "x"}', may)).toBe(false)
  })

  test('is what the model is told: tools, arguments, lines', () => {
    for (const lang of ['en', 'zh'] as const) {
      const told = instructions([calculator], lang)
      for (const part of [
        'calculator: ',
        '"expression": "…"',
        'Thought:',
        'Action:',
        'Action Input:',
        'Final Answer:',
      ]) {
        expect(told).toContain(part)
      }
      expect(told).not.toContain('clock')
    }
  })
})
