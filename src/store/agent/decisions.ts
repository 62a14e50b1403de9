// Which tokens of a turn decided something: the first of the thought, the one that chose between a call and an answer, the one
// that chose the tool, and those of its arguments. They are found by where the text stands; their numbers are the run's own.

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
export function decisions(events: readonly TokenEvent[]): Decided[] {
  const { text, at } = ends(events)
  const tokenAt = (place: number): number => at.findIndex((end) => end > place)
  const behind = (pattern: RegExp): number => {
    const found = pattern.exec(text)
    return found ? tokenAt(found.index + found[0].length) : -1
  }
  const native = /<tool_call>|\[TOOL_CALLS\]|<\|python_tag\|>/.exec(text)
  const found: [Choice, number][] = native
    ? [
        ['act', tokenAt(native.index)],
        ['tool', behind(/"name":\s*"/)],
        ['arguments', behind(/"(?:arguments|parameters)":\s*/)],
      ]
    : [
        ['begin', behind(/^Thought:[ \t]*/)],
        ['act', behind(/(?:^|\n)(?=Action:|Final Answer:)/)],
        ['tool', behind(/(?:^|\n)Action:[ \t]*/)],
        ['arguments', behind(/(?:^|\n)Action Input:[ \t]*\{?/)],
      ]
  // an answer in a template's form: that it begins as no call does is the decision
  const first: [Choice, number][] =
    found.every(([, i]) => i < 0) && !text.startsWith('Thought:') && events.length > 0 ? [['act', 0]] : found
  return first.filter(([, i]) => i >= 0).map(([choice, i]) => ({ choice, at: i }))
}
