// What a run costs on this machine, before it begins: some answers, looks inside, and its first updates, by a copy of the
// model with an adapter of its own, which is thrown away. The loaded model, what is stored and what is learnt later know
// nothing of it.

import type { FreshLora, LoadOptions, LearnedReward, ModelSource, TrainEvent } from '../engine/index.ts'
import { rewardsOf } from './judging.ts'
import type { EngineDoor, Loaded } from './door.ts'
import { idsOf, looker } from './looks.ts'
import { saidIn } from './said.ts'
import type { TeachTask } from './teaching.ts'

export type PriceEvent =
  | Extract<TrainEvent, { type: 'begin' | 'step' }>
  /** milliseconds of an answer, as long as samples are */
  | { type: 'answer'; ms: number }
  /** milliseconds of a look inside, as there is one in between (looks.ts) */
  | { type: 'look'; ms: number }

/** Updates that are measured, behind a first one which compiles what the others run. */
export const MEASURED = 3
/** Looks: the first one reads the model's own matrices, too. */
const LOOKS = 2
/** The copy's adapter. */
const OWN = 'price'
/** Tokens of an answer, as of a sample's. */
const LONGEST = 48

/** A model of its own with one more adapter, which has learnt nothing. */
export async function fresh(
  door: Pick<EngineDoor, 'newAdapter' | 'loadEngine'>,
  source: ModelSource,
  name: string,
  lora: FreshLora,
  { adapters = [], ...options }: LoadOptions,
): Promise<Loaded> {
  const own = { name, files: await door.newAdapter(source, lora) }
  return door.loadEngine(source, { ...options, adapters: [...adapters, own] })
}

/**
 * @param open a model of its own, with an adapter of this name that has learnt nothing; it is disposed of
 * @param judge what rewards answers in the rule's place
 */
export async function* price(
  open: (adapter: string) => Promise<Loaded>,
  { options, reward, look = 0 }: Pick<TeachTask, 'options' | 'reward' | 'look'>,
  signal: AbortSignal,
  judge: () => Promise<LearnedReward | null> = () => Promise.resolve(null),
): AsyncGenerator<PriceEvent> {
  if (signal.aborted) return
  const engine = await open(OWN)
  try {
    const { samples = [], watch: _, ...own } = saidIn(options)
    for (const prompt of samples) {
      const from = performance.now()
      for await (const event of engine.generate(prompt, { maxTokens: LONGEST, temperature: 0, signal })) void event
      yield { type: 'answer', ms: performance.now() - from }
    }
    const seen = looker(engine, OWN, await idsOf(engine, options.rows[look] ?? options.rows[0]!))
    for (let i = 0; i < LOOKS; i++) {
      const from = performance.now()
      await seen(0).catch(() => null)
      yield { type: 'look', ms: performance.now() - from }
    }
    const steps = Math.max(1 + MEASURED, options.steps ?? 0)
    const set = { ...own, adapter: OWN, steps, every: steps, signal }
    for await (const event of engine.train({ ...set, ...rewardsOf(reward, await judge()) })) {
      if (event.type === 'begin' || event.type === 'step') yield event
      if (event.type === 'step' && event.step > MEASURED) return
    }
  } finally {
    engine.dispose()
  }
}
