// The loop of training on a tiny model and the plain references, for tests: letters are its tokens.

import { openModel, placeModel } from '../load.ts'
import type { Writer } from '../train/data.ts'
import type { TrainEvent, TrainOptions, TrainState } from '../train/events.ts'
import { baseOf } from '../train/state.ts'
import { train, type TrainWork } from '../train/train.ts'
import { diskModel } from './disk.ts'
import type { Where } from './machines.ts'

const letters = (text: string): number[] => [...text].map((c) => c.charCodeAt(0) % 90)
/** 1 ends what the assistant says, 2 the turn. */
const writer: Writer = {
  chat: (messages, open) => [
    ...messages.flatMap(({ role, content }) => [
      3,
      ...(role === 'assistant' ? [4] : []),
      ...letters(String(content)),
      1,
      2,
    ]),
    ...(open ? [3, 4] : []),
  ],
  text: letters,
  ends: new Set([1]),
  words: 97,
}

/** fixtures/train/tiny, or another model of its shape, with an adapter "a", or several that are the same, loaded anew. */
export async function tinyWork(
  model = 'tiny',
  where: Where | { device: 'reference' } = { device: 'reference' },
  names: readonly string[] = ['a'],
): Promise<TrainWork> {
  const { files } = diskModel('fixtures/train/adapter')
  const adapters = names.map((name) => ({ name, files }))
  const options = { ...where, linear: 'keep', embedding: 'keep', adapters, context: 64 } as const
  const opened = await openModel(diskModel(`fixtures/train/${model}`), options)
  const { runtime } = await placeModel(opened, options)
  const base = await baseOf(opened.plan, opened.checkpoint)
  const answer = (): Promise<string> => Promise.resolve('')
  const draw = (): Promise<null> => Promise.resolve(null)
  return { runtime, writer, parameters: 1e4, base, context: 600, off: new Set(), answer, draw }
}

export const tinyRows = ['ab', 'cd', 'efg', 'hij', 'kl'].map((text) => ({ prompt: text, completion: `${text}!` }))
export const tinySet: TrainOptions = { adapter: 'a', rows: tinyRows, steps: 6, batch: 2, lr: 1e-3, every: 3, seed: 5 }

/** All events of a run. @param on default: a model that is loaded anew */
export async function tinyRun(options: Partial<TrainOptions>, on?: TrainWork): Promise<TrainEvent[]> {
  const events: TrainEvent[] = []
  for await (const event of train(on ?? (await tinyWork()), { ...tinySet, ...options })) events.push(event)
  return events
}
export const lastState = (events: readonly TrainEvent[]): TrainState =>
  events.flatMap((event) => (event.type === 'saved' ? [event.state] : [])).at(-1)!
export const lossesOf = (events: readonly TrainEvent[]): number[] =>
  events.flatMap((event) => (event.type === 'step' ? [event.loss] : []))
