// A presenter's window: says what it shows whenever that changes, and answers what following windows ask of its run. They
// have no model: every number on their screens is read from the one that runs here.

import { create } from 'zustand'
import type { Glass } from '../../worker/protocol.ts'
import { toData } from '../client.ts'
import { useInspect } from '../inspect.ts'
import { useSettings } from '../settings.ts'
import { figureInSight } from '../in-sight.ts'
import { until } from '../until.ts'
import { join, type ClassState, type Message } from './message.ts'
import { usePresenting } from './presenting.ts'
import { onViews, viewsNow } from './views.ts'

/** windows that follow now */
export const useFollowers = create<{ count: number }>()(() => ({ count: 0 }))

/** Milliseconds between messages: a pointer that moves says where it is some twenty times a second. */
const pause = 50
/** Questions that a following window may ask: all that only look. */
const questions = new Set<keyof Glass>([
  'info',
  'tokens',
  'probe',
  'attention',
  'valueNorms',
  'thumbnails',
  'headStats',
  'lens',
  'contributions',
  'sampling',
  'draws',
  'attentionError',
  'cosines',
  'direction',
  'weights',
  'weightTile',
  'plan',
  'timings',
  'adapterNorms',
])

/** Speaks in a room until the returned function is called. */
export function present(room: string): () => void {
  const driver = crypto.randomUUID(),
    since = Date.now()
  let seq = 0,
    run: number | null = null,
    timer: ReturnType<typeof setTimeout> | undefined,
    before = ''
  const followers = new Set<string>()

  const state = (): Omit<ClassState, 'driver' | 'since' | 'seq'> => {
    const { lang, theme } = useSettings.getState()
    const { selection, version, writing, editing, state: run_, tokens } = useInspect.getState()
    const { lesson, large } = usePresenting.getState()
    // while it is written or changed, what was there stays on the other screens
    if (run_ === 'none' || (run_ === 'ready' && tokens.length === 0)) run = null
    else if (run_ === 'ready' && !writing && !editing) run = version
    const panel = /^#\/([a-z-]+)/.exec(location.hash)?.[1] ?? 'chat'
    return {
      ...{ lang, theme: large ? 'projector' : theme, panel, selection, run, lesson },
      figure: figureInSight()?.dataset['testid'] ?? null,
      views: viewsNow(),
    }
  }
  const say = (again = false): void => {
    if (usePresenting.getState().frozen && !again) return
    const now = state(),
      text = JSON.stringify(now)
    if (text === before && !again) return
    before = text
    channel.send({ kind: 'state', room, state: { ...now, driver, since, seq: ++seq } })
  }
  const soon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined
      say()
    }, pause)
  }

  let turn: Promise<unknown> = Promise.resolve()
  const answer = async ({ from, id, method, args }: Message & { kind: 'ask' }): Promise<void> => {
    const to = { kind: 'answer', room, to: from, id } as const
    try {
      if (!questions.has(method as keyof Glass)) throw new Error(`A window that follows cannot ask "${method}".`)
      await until(useInspect, (s) => !s.editing)
      const { glass } = useInspect.getState()
      if (!glass) throw new Error('There is no run to look at.')
      const value = await (glass[method as keyof Glass] as (...given: unknown[]) => Promise<unknown>)(...args)
      channel.send({ ...to, value })
    } catch (error) {
      channel.send({ ...to, error: toData(error) })
    }
  }
  const channel = join(room, (message) => {
    if (message.kind === 'hello') {
      followers.add(message.from)
      say(true)
    } else if (message.kind === 'bye') followers.delete(message.from)
    else if (message.kind === 'ask') turn = turn.then(() => answer(message))
    useFollowers.setState({ count: followers.size })
  })
  const stops = [useInspect, useSettings, usePresenting].map((store) => store.subscribe(soon))
  stops.push(onViews(soon))
  addEventListener('hashchange', soon)
  addEventListener('scroll', soon, { capture: true, passive: true })
  say(true)
  return () => {
    clearTimeout(timer)
    for (const stop of stops) stop()
    removeEventListener('hashchange', soon)
    removeEventListener('scroll', soon, { capture: true })
    channel.send({ kind: 'end', room })
    channel.close()
    useFollowers.setState({ count: 0 })
  }
}
