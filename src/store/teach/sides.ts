// One prompt before and after: the model with the taught adapter off, and with it as strong as the reader says. Nothing of it enters
// the chat, and the strengths that were set are in force again whatever ends it.

import { create } from 'zustand'
import type { ErrorData } from '../../worker/protocol.ts'
import { getClient, toData } from '../client.ts'
import { editsSettled } from '../edited.ts'
import { useModels } from '../models.ts'
import { begin, busy, end, settling, stopAnswer } from '../running.ts'
import { setStrengths, strengthsNow, type Strengths } from '../side-by-side.ts'

export interface Sides {
  prompt: string
  strength: number
  /** what was asked, with which strength, and the answers so far; null: not yet */
  asked: {
    /** whose answers these are */
    adapter: string
    prompt: string
    strength: number
    /** the other adapters that are on, on both sides, and how strong */
    others: Strengths
    before: string
    after: string | null
  } | null
  running: boolean
  error: ErrorData | null
  set(change: Partial<Pick<Sides, 'prompt' | 'strength'>>): void
  /** @param adapter the one that is off, then on; the model must have it */
  run(adapter: string): Promise<void>
  stop(): void
}

/** Tokens of an answer. */
const most = 64

export const useSides = create<Sides>()((set, get) => {
  const put = (side: 'before' | 'after', text: string): void =>
    set(({ asked }) => ({ asked: asked && { ...asked, [side]: text } }))

  async function answer(side: 'before' | 'after', prompt: string, signal: AbortSignal): Promise<void> {
    let text = ''
    put(side, '')
    const asked = [{ role: 'user' as const, content: prompt }]
    for await (const event of getClient().generate(asked, { temperature: 0, maxTokens: most, signal })) {
      if (event.type !== 'token') continue
      text += event.text
      put(side, text)
    }
  }

  async function both(adapter: string): Promise<void> {
    const { prompt, strength } = get()
    const now = strengthsNow()
    const others = Object.fromEntries(Object.entries(now).filter(([id, scale]) => id !== adapter && scale !== 0))
    set({ asked: { adapter, prompt, strength, others, before: '', after: null }, running: true, error: null })
    const signal = begin(null)
    const model = useModels.getState().active?.id
    try {
      await editsSettled(signal)
      for (const side of ['before', 'after'] as const) {
        if (signal.aborted) break
        await setStrengths({ ...now, [adapter]: side === 'before' ? 0 : strength })
        await answer(side, prompt, signal)
      }
    } catch (error) {
      if (!signal.aborted) set({ error: toData(error) })
    }
    const { active } = useModels.getState()
    if (active?.id === model && active?.state === 'ready') {
      await setStrengths(strengthsNow()).catch((error: unknown) => set({ error: toData(error) }))
    }
    end()
    set({ running: false })
  }

  return {
    prompt: '',
    strength: 1,
    asked: null,
    running: false,
    error: null,
    set: (change) => set(change),
    async run(adapter) {
      if (busy() || get().prompt.trim() === '') return
      await settling(both(adapter))
    },
    stop: () => {
      if (get().running) stopAnswer()
    },
  }
})
