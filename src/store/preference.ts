// Two answers to one prompt, as the model itself and the model with its adapters hold them: log-probabilities, and the
// reward that a preference training (DPO) takes for granted where it ends in this model, β · log(π / π_ref).

import { create } from 'zustand'
import type { ErrorData } from '../worker/protocol.ts'
import { promptNow } from './able.ts'
import { useAdapters } from './adapters.ts'
import type { Message } from './chat-data.ts'
import { getClient, toData } from './client.ts'
import { editsSettled } from './edited.ts'
import { useInspect } from './inspect.ts'
import { useModels } from './models.ts'
import { begin, busy, end, settling } from './running.ts'
import { both, setStrengths, strengthsNow, type Strengths, type Which } from './side-by-side.ts'

/** Log-probability of one answer, in nats, all its tokens together. */
export interface Held {
  tokens: number
  base: number
  now: number
}
export interface Preference {
  prompt: string
  a: string
  b: string
  beta: number
  /** of the texts and strengths as they are */
  held: Readonly<Record<Which, Held>> | null
  /** which one the reader likes better */
  liked: Which | null
  running: boolean
  error: ErrorData | null

  set(change: Partial<Pick<Preference, 'prompt' | 'a' | 'b'>>): void
  setBeta(beta: number): void
  like(which: Which): void
  run(): Promise<void>
}

/** @param beta as the training had it, more than 0 */
export const impliedReward = ({ base, now }: Held, beta: number): number => beta * (now - base)
/** How likely the first is to be preferred, with such rewards (Bradley and Terry). */
export const preferred = (first: number, second: number): number => 1 / (1 + Math.exp(second - first))

const question = (prompt: string): Message => ({
  id: '',
  role: 'user',
  content: prompt,
  state: 'done',
  tokens: 0,
  at: 0,
})

/** The model reads prompt and answer; nothing is written that counts. */
async function logp(prompt: string, answer: string): Promise<{ tokens: number; sum: number }> {
  const { tokenize, generate, tokenizer, glass } = getClient()
  const { ids } = await tokenize(promptNow('', [question(prompt)]))
  const own = (await tokenizer.explain('loaded', answer)).tokens.map(({ id }) => id)
  const options = { maxTokens: 1, temperature: 0, continueFrom: ids.length }
  for await (const event of generate({ ids: [...ids, ...own] }, options)) void event
  const tokens = (await glass.tokens()).slice(ids.length, ids.length + own.length)
  return { tokens: own.length, sum: tokens.reduce((sum, { logprob }) => sum + (logprob ?? NaN), 0) }
}

export const usePreference = create<Preference>()((set, get) => {
  async function judge(): Promise<void> {
    const { prompt, a, b } = get()
    const model = useModels.getState().active?.id
    const here = (): boolean => useModels.getState().active?.id === model
    const now = strengthsNow()
    const off: Strengths = Object.fromEntries(Object.keys(now).map((id) => [id, 0]))
    set({ running: true, held: null, error: null })
    const signal = begin(null)
    try {
      await editsSettled(signal)
      const held = await useInspect.getState().aside(async () => {
        try {
          const of = async (strengths: Strengths) => {
            await setStrengths(strengths)
            return { a: await logp(prompt, a), b: await logp(prompt, b) }
          }
          const [base, changed] = [await of(off), await of(now)]
          return Object.fromEntries(
            both.map((one) => [one, { tokens: base[one].tokens, base: base[one].sum, now: changed[one].sum }]),
          ) as Record<Which, Held>
        } finally {
          if (here()) await setStrengths(strengthsNow())
        }
      })
      if (here() && get().prompt === prompt && get().a === a && get().b === b) set({ held })
    } catch (error) {
      set({ error: toData(error) })
    }
    end()
    set({ running: false })
  }
  return {
    prompt: '',
    a: '',
    b: '',
    beta: 0.1,
    held: null,
    liked: null,
    running: false,
    error: null,
    set: (change) => set({ ...change, held: null, liked: null, error: null }),
    setBeta: (beta) => set({ beta: Math.max(0.001, Math.min(10, beta)) }),
    like: (liked) => set({ liked }),
    async run() {
      const { prompt, a, b } = get()
      if (busy() || useModels.getState().active?.state !== 'ready') return
      if ([prompt, a, b].some((text) => text.trim() === '')) return
      await settling(judge())
    },
  }
})

// with other adapters, or others as strong, it is another model
useAdapters.subscribe(({ live }, old) => {
  const same = live.length === old.live.length && live.every((one, i) => one.scale === old.live[i]!.scale)
  if (!same && !usePreference.getState().running) usePreference.setState({ held: null })
})
