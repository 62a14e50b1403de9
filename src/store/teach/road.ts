// The road of InstructGPT (Ouyang et al. 2022, arXiv 2203.02155) behind imitation: the model writes two answers to each story, the
// reader, or a rule that counts words, says which one is better; it learns from that (DPO), or a reward model does. Then it writes many
// and is rewarded by the rule, or by that model (GRPO). Runs are the teaching panel's own.

import { create } from 'zustand'
import type { ErrorData } from '../../worker/protocol.ts'
import { worth, type RewardRule } from '../../worker/reward.ts'
import { getClient, toData } from '../client.ts'
import { useModels } from '../models.ts'
import { begin, busy, end, settling } from '../running.ts'
import type { Judged, RoadDraft } from './draft.ts'
import { useTeach } from './index.ts'
import { judgeFor } from './judge.ts'
import type { Lesson } from './lesson.ts'
import { at, goOn, languages, people, places, says, told } from './stories.ts'

export { worth as worthOf } from '../../worker/reward.ts'
export type { Judged } from './draft.ts'
export type Way = RoadDraft['way']
export type Side = 'a' | 'b'

/** `plus`, `minus`: words that count, and words that count against it, with commas between. */
export interface Road extends RoadDraft {
  /** updates, of the model's either way, and of a reward model's */
  steps: Record<'pairs' | 'answers' | 'judge', number>
  seed: number
  /** answers that are written; null: none now */
  writing: { done: number; of: number } | null
  error: ErrorData | null
  set(change: Partial<Pick<Road, 'way' | 'plus' | 'minus' | 'beta' | 'kl' | 'seed' | 'learner' | 'by'>>): void
  setSteps(steps: number): void
  like(index: number, liked: Side | null): void
  /** two answers to each story, drawn anew */
  write(): Promise<void>
  stop(): void
  /** by the rule: those that are worth the same are left to the reader */
  judge(): void
  start(name: string): Promise<void>
}

/** Tokens of an answer. */
const LONGEST = 40
/** Of adapters that learn so: a third of what imitation takes. */
const LR = 1e-3
/**
 * Of a reward model, which is no speaker that could lose its sense, and of answers that one rewards: its reward is bounded, and with
 * smaller steps nothing is seen of either in the updates that are set.
 */
const JUDGE_LR = 3e-3
const GROUP = 8
/** Of the pairs, for a reward model: it is asked them, and never learns them. */
const HELD_OUT = 0.25
/** Answers of before whose loss is looked at. */
const WATCHED = 12
/** Once more where both answers are the same. */
const TRIES = 3

/** Stories of one or two people that it is to go on with. */
export const roadPrompts = (count = 24): string[] =>
  Array.from({ length: count }, (_, i) => {
    const [lang, n] = [languages[i % 2]!, i >> 1]
    const one = says(lang, at(people[lang], n), at(places[lang], 2 * n + (n >> 2)), 3 * n)
    const two = says(lang, at(people[lang], n + 3), at(places[lang], 2 * n + 1), 3 * n + 2)
    return `${told(lang, n % 2 ? [one, two] : [one])}\n\n${goOn(lang)}`
  })

const wordsOf = (text: string): string[] =>
  text
    .split(/[,，、;；\n]/)
    .map((word) => word.trim())
    .filter((word) => word !== '')
export const ruleOf = ({ plus, minus }: Pick<Road, 'plus' | 'minus'>): RewardRule => ({
  plus: wordsOf(plus),
  minus: wordsOf(minus),
})
export const decided = (pairs: readonly Judged[]): readonly Judged[] =>
  pairs.filter(({ a, b, liked }) => liked !== null && a !== b)

/** Whose updates are set. */
export const stageOf = ({ way, learner }: Pick<Road, 'way' | 'learner'>): keyof Road['steps'] =>
  way === 'answers' ? 'answers' : learner === 'judge' ? 'judge' : 'pairs'

/** What would be learnt now; null: nothing from likings. @param judge the adapter of the reward model that there is */
export function lessonIn(
  road: Pick<Road, 'way' | 'pairs' | 'plus' | 'minus' | 'steps' | 'seed' | 'beta' | 'kl' | 'learner' | 'by'>,
  judge: string | null,
): Lesson | null {
  const { way, pairs, seed, beta, kl, learner, by } = road
  if (way === 'rows' || (way === 'answers' && by === 'judge' && judge === null)) return null
  const asked = [pairs[0], pairs[1]].flatMap((one) => (one ? [one.prompt] : []))
  const all = { lr: LR, seed, heldOut: 0, steps: road.steps[stageOf(road)] }
  const shared = { fresh: { rank: 8, seed }, asked, own: { count: WATCHED, use: 'watch' as const } }
  if (way === 'pairs') {
    const rows = decided(pairs).map(({ prompt, a, b, liked }) =>
      liked === 'a' ? { prompt, chosen: a, rejected: b } : { prompt, chosen: b, rejected: a },
    )
    const options = { ...all, rows, batch: 2 }
    if (learner === 'model') return { ...shared, options: { ...options, beta } }
    // it says numbers, and no words
    const learning = { ...options, lr: JUDGE_LR, heldOut: HELD_OUT, objective: 'reward' as const }
    return { ...shared, asked: [], own: { count: 0, use: 'watch' }, options: learning }
  }
  const rows = pairs.map(({ prompt }) => ({ prompt }))
  const options = {
    ...all,
    ...(by === 'judge' && { lr: JUDGE_LR }),
    rows,
    batch: 1,
    group: GROUP,
    kl,
    maxTokens: LONGEST,
  }
  return { ...shared, options, reward: ruleOf(road), ...(by === 'judge' && { judge: judge! }) }
}

export const useRoad = create<Road>()((set, get) => {
  let stopping = new AbortController()

  async function two(prompt: string, seed: number, signal: AbortSignal): Promise<[string, string]> {
    const said: [string, string] = ['', '']
    const odds = { temperature: 1, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 }
    const options = { ...odds, seed, n: 2, maxTokens: LONGEST, signal }
    for await (const event of getClient().generate([{ role: 'user', content: prompt }], options)) {
      if (event.type === 'done') said[event.answer === 1 ? 1 : 0] = event.text
    }
    return said
  }

  async function all(): Promise<void> {
    const { pairs, seed } = get()
    stopping = new AbortController()
    const signal = AbortSignal.any([begin(null), stopping.signal])
    set({ error: null, writing: { done: 0, of: pairs.length } })
    try {
      for (const [i, { prompt }] of pairs.entries()) {
        let said: [string, string] = ['', '']
        for (let n = 0; n < TRIES && said[0] === said[1] && !signal.aborted; n++) {
          said = await two(prompt, 1000 * seed + 2 * (TRIES * i + n), signal)
        }
        if (signal.aborted) break
        const [a, b] = said
        set((s) => ({
          pairs: s.pairs.map((one, at) => (at === i ? { prompt, a, b, liked: null } : one)),
          writing: { done: i + 1, of: pairs.length },
        }))
      }
    } catch (error) {
      if (!signal.aborted) set({ error: toData(error) })
    } finally {
      end()
      set({ writing: null })
    }
  }

  return {
    way: 'rows',
    pairs: roadPrompts().map((prompt) => ({ prompt, a: '', b: '', liked: null })),
    plus: 'happy, 开心',
    minus: 'unhappy, 不开心',
    beta: 0.1,
    kl: 0,
    learner: 'model',
    by: 'rule',
    steps: { pairs: 20, answers: 40, judge: 20 },
    seed: 0,
    writing: null,
    error: null,
    set: (change) => set(change),
    setSteps: (count) => set((s) => ({ steps: { ...s.steps, [stageOf(s)]: count } })),
    like: (index, liked) =>
      set(({ pairs }) => ({ pairs: pairs.map((one, i) => (i === index ? { ...one, liked } : one)) })),
    async write() {
      if (busy() || get().writing || useModels.getState().active?.state !== 'ready') return
      await settling(all())
    },
    stop: () => stopping.abort(),
    judge() {
      const rule = ruleOf(get())
      set(({ pairs }) => ({
        pairs: pairs.map((one) => {
          const apart = worth(rule, one.a) - worth(rule, one.b)
          return { ...one, liked: apart > 0 ? 'a' : apart < 0 ? 'b' : one.liked }
        }),
      }))
    },
    async start(name) {
      const lesson = lessonIn(get(), judgeFor(useModels.getState().active?.id)?.adapter ?? null)
      if (lesson) await useTeach.getState().startWith(name, lesson)
    },
  }
})

// over a reload: what is liked stands in the panel's own draft
const draftOf = ({ way, pairs, plus, minus, beta, kl, learner, by }: RoadDraft): RoadDraft => ({
  ...{ way, pairs, plus, minus, beta, kl, learner, by },
})
const bring = ({ started, road }: { started: boolean; road: RoadDraft | null }): void => {
  if (started && road) useRoad.setState(draftOf(road))
}
bring(useTeach.getState())
useTeach.subscribe((now, old) => {
  if (now.started && !old.started) bring(now)
})
useRoad.subscribe((now, old) => {
  const [is, was] = [draftOf(now), draftOf(old)]
  const isSame = (Object.keys(is) as (keyof RoadDraft)[]).every((key) => is[key] === was[key])
  if (!isSame && useTeach.getState().started) useTeach.setState({ road: is })
})
