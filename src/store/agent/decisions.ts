// Which tokens of a turn decided something: the first of the thought, the one that chose between a call and an answer, the one
// that chose the tool, and those of its arguments. They are found by where the text stands; their numbers are the run's own.

import type { Grammar } from '../../agent/machine.ts'
import type { TokenEvent } from '../../worker/protocol.ts'

export type Choice = 'begin' | 'act' | 'tool' | 'arguments'
export interface Decided {
  choice: Choice
  /** index among the turn's tokens */
  at: number
}

/** Bytes of each token's end in the text that all of them spell. */
function ends(events: readonly TokenEvent[]): { text: string; at: number[] } {
  let text = ''
  const at: number[] = []
  for (const { bytes } of events) {
    text += String.fromCharCode(...bytes)
    at.push(text.length)
  }
  return { text, at }
}

/** The token that holds the first byte behind what is found. */
export function decisions(events: readonly TokenEvent[], grammar: Grammar): Decided[] {
  const { text, at } = ends(events)
  const tokenAt = (place: number): number => at.findIndex((end) => end > place)
  const behind = (pattern: RegExp): number => {
    const found = pattern.exec(text)
    return found ? tokenAt(found.index + found[0].length) : -1
  }
  // a template's answer has no mark: with its first token it is no call
  const called = /<tool_call>|\[TOOL_CALLS\]|<\|python_tag\|>/.exec(text)
  const found: [Choice, number][] =
    grammar === 'native'
      ? [
          ['act', called ? tokenAt(called.index) : events.length > 0 ? 0 : -1],
          ['tool', called ? behind(/"name":\s*"/) : -1],
          ['arguments', called ? behind(/"(?:arguments|parameters)":\s*/) : -1],
        ]
      : [
          ['begin', behind(/^Thought:[ \t]*/)],
          ['act', behind(/(?:^|\n)(?=Action:|Final Answer:)/)],
          ['tool', behind(/(?:^|\n)Action:[ \t]*/)],
          ['arguments', behind(/(?:^|\n)Action Input:[ \t]*\{?/)],
        ]
  const first: [Choice, number][] =
    found.every(([, i]) => i < 0) && !text.startsWith('Thought:') && events.length > 0 ? [['begin', 0]] : found
  return first.filter(([, i]) => i >= 0).map(([choice, i]) => ({ choice, at: i }))
}
