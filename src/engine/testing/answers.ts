// The model that ships, and what its answers are held against. Tests only.

import { expect } from 'vitest'
import type { EngineError } from '../errors.ts'
import type { ModelFiles } from '../formats/bytes.ts'
import { folderFiles } from '../formats/testing.ts'
import {
  loadEngine,
  type DoneEvent,
  type Engine,
  type GenerateEvent,
  type LoadOptions,
  type PromptEvent,
  type TokenEvent,
} from '../index.ts'

export const storyteller = folderFiles('public/models/storyteller')
export const load = (options: LoadOptions, files: ModelFiles = storyteller): Promise<Engine> =>
  loadEngine({ name: 'storyteller', files }, { context: 192, ...options })

export interface Answered {
  prompt: PromptEvent
  tokens: TokenEvent[]
  done: DoneEvent
  ids: number[]
  joined: string
}
export async function collect(
  events: AsyncGenerator<GenerateEvent>,
  onToken?: (token: TokenEvent) => void,
): Promise<Answered> {
  const all: GenerateEvent[] = []
  for await (const event of events) {
    all.push(event)
    if (event.type === 'token') onToken?.(event)
  }
  // how far a long prompt is read comes in between, ever further and never all of it
  const prefill = all.filter((event) => event.type === 'prefill'),
    first = all.findIndex(({ type }) => type === 'token')
  expect(
    prefill.every(
      ({ done, total }, i) =>
        done < total && done > (prefill[i - 1]?.done ?? 0) && total === (all[0] as PromptEvent).ids.length,
    ),
  ).toBe(true)
  if (first >= 0) expect(all.slice(first).some(({ type }) => type === 'prefill')).toBe(false)
  for (const event of prefill) all.splice(all.indexOf(event), 1)
  const tokens = all.slice(1, -1) as TokenEvent[]
  expect(all.map(({ type }) => type)).toEqual(['prompt', ...tokens.map(() => 'token'), 'done'])
  return {
    prompt: all[0] as PromptEvent,
    tokens,
    done: all.at(-1) as DoneEvent,
    ids: tokens.map(({ id }) => id),
    joined: tokens.map(({ text }) => text).join(''),
  }
}
export const failure = async (work: Promise<unknown>): Promise<EngineError> => {
  try {
    await work
  } catch (error) {
    return error as EngineError
  }
  throw new Error('it should have failed')
}
export const user = (content: string): { role: 'user'; content: string }[] => [{ role: 'user', content }]
export const question = user('Tom was at the lake.\n\nWho was at the lake?')
export const greedy = { temperature: 0 }
/** never ends by itself */
export const endless = { logitBias: { 0: -1e4, 2: -1e4 } }
