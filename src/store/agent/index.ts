// The agent on screen: its run (agent/machine.ts), who writes its turns (the loaded model), and what runs its calls. While a
// turn is written, or a tool runs, the chat waits, as it does for any other answer; while a call waits for the reader nothing
// is busy. Loaded with its panel.

import { create } from 'zustand'
import {
  advance,
  begin as beginRun,
  isOver,
  pending,
  spent,
  type AgentEvent,
  type Decision,
  type Run,
} from '../../agent/machine.ts'
import { remembered, summaryPrompt, type Exchange, type MemoryKind, type Summary } from '../../agent/memory.ts'
import { messagesOf } from '../../agent/prompt.ts'
import { call, toolNamed, tools, type Tool } from '../../tools/index.ts'
import type { ChatMessage, ErrorData } from '../../worker/protocol.ts'
import { asText } from '../able.ts'
import type { AnswerRun } from '../answers.ts'
import { getClient, toData } from '../client.ts'
import { editsSettled } from '../edited.ts'
import { goTo, stand } from '../lessons/stage.ts'
import { useModels } from '../models.ts'
import { useStanding } from '../standing.ts'
import { idsOf } from '../reading.ts'
import { begin, busy, end, settling, stopAnswer } from '../running.ts'
import { surroundings } from '../surroundings.ts'
import { openFile, toFile } from './file.ts'
import { letter, letterOnly, letterSearch, letterTools, talk, talkQuestion } from './sample.ts'
import type { AgentSettings, Begun } from './types.ts'
import { sampling, writeTurn, type Wanted } from './write.ts'

export type { Call, Decision, End, Grammar, Phase, Problem, Run, Turn } from '../../agent/machine.ts'
export { mostSteps, mostTokens, pending, repeats, spent, stepsOf } from '../../agent/machine.ts'
export { kept, memoryKinds, type Exchange, type MemoryKind, type Summary } from '../../agent/memory.ts'
export { letter } from './sample.ts'
export { decisions, type Choice, type Decided } from './decisions.ts'
export type { AgentSettings, Begun } from './types.ts'
export const toolsHere = tools

/** Until the reader chooses: those that change nothing; fewer where instructions, which are in every prompt, have to say them. */
const offered: Record<AgentSettings['grammar'], string[]> = {
  react: ['calculator', 'clock'],
  native: ['calculator', 'clock', 'convert_units', 'note'],
}

export interface Bill {
  kind: MemoryKind
  /** tokens of the next prompt; null: there is no summary yet, or nothing could count them */
  tokens: number | null
  /** exchanges that are told */
  told: number
}

export interface AgentState {
  settings: AgentSettings
  task: string
  run: Run | null
  begun: Begun | null
  /** by turn: prompt and tokens; null where the page put it there */
  runs: readonly (AnswerRun | null)[]
  /** what is being written */
  writing: string | null
  /** a file stands here: nobody can go on with it */
  opened: boolean
  notes: readonly string[]
  demoNotes: readonly string[]
  past: readonly Exchange[]
  summary: (Summary & { tokens: number }) | null
  bills: readonly Bill[]
  summing: boolean
  /** tokens of the first prompt of the task, at least (a template's tools are not counted); null: not counted */
  first: number | null
  error: ErrorData | null
  /** what was chosen is no recorded run */
  badFile: boolean
  /** the way of calling is the reader's choice: no model changes it */
  chosen: boolean
  setTask(task: string): void
  /** the model's own calls where it was taught some, else ReAct; not where the reader chose */
  suit(): void
  set(change: Partial<AgentSettings>): void
  switchTool(name: string, on: boolean): void
  start(lang: 'en' | 'zh'): Promise<void>
  /** The injection demo: a letter has been searched for, and says what to do. */
  demo(lang: 'en' | 'zh'): Promise<void>
  decide(how: Decision): Promise<void>
  stop(): void
  clear(): void
  /** a short talk in the place of the earlier one */
  sample(lang: 'en' | 'zh'): void
  forget(): void
  count(lang: 'en' | 'zh'): Promise<void>
  /** counts the first prompt of the task as it stands */
  measure(lang: 'en' | 'zh'): Promise<void>
  sumUp(lang: 'en' | 'zh'): Promise<void>
  /** lets the model read a turn again, and goes to the distribution of one of its tokens. @param at index among them */
  look(turn: number, at: number): Promise<void>
  /** the run as a file that `open` reads */
  save(): Blob | null
  open(file: Blob): Promise<void>
  dismiss(): void
  /** A lesson's settings, and a run of its own; null: what was here before is back. */
  lend(settings: Partial<AgentSettings> | null): void
}

export const ranges = { steps: [1, 8], turnTokens: [16, 512], temperature: [0, 2], seed: [0, 2 ** 31 - 1] } as const
const within = (value: number, [low, high]: readonly [number, number], old: number): number =>
  Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : old
/** Earlier exchanges that are remembered, and characters of each side. */
const mostPast = 50
const longestSaid = 4000

const ready = () => {
  const { active } = useModels.getState()
  return active?.state === 'ready' && !active.remote ? active : null
}
const named = (names: readonly string[]): Tool[] => names.flatMap((name) => toolNamed(name) ?? [])

export const useAgent = create<AgentState>()((set, get) => {
  const notes: string[] = []
  /** of the demonstration, whose letter may have had them made */
  let demoNotes: string[] = []
  /** what stood here before a lesson's run; null: none is here */
  let own: Pick<AgentState, 'settings' | 'chosen' | 'task' | 'run' | 'begun' | 'runs' | 'opened'> | null = null
  /** the model writes for this run, or a tool runs */
  let working = false
  const hear = (event: AgentEvent): void => set(({ run }) => (run ? { run: advance(run, event) } : {}))
  const failed = (error: unknown): void => {
    set({ error: toData(error) })
    hear({ type: 'failed' })
  }

  /** Turns and calls, one after the other, until a call waits for the reader or the run has ended. */
  async function goOn(): Promise<void> {
    const signal = begin(null)
    working = true
    const mine = get().begun
    try {
      await editsSettled(signal)
      for (;;) {
        const { run, begun } = get()
        if (!run || !begun || begun !== mine || signal.aborted) break
        if (run.phase === 'think') await think(run, begun, signal)
        else if (run.phase === 'act') await act(run, begun, signal)
        else break
      }
      if (signal.aborted) hear({ type: 'stopped' })
    } catch (error) {
      if (signal.aborted) hear({ type: 'stopped' })
      else failed(error)
    } finally {
      working = false
      set({ writing: null })
      end()
      remember()
    }
  }

  async function think(run: Run, { settings, lang, before }: Begun, signal: AbortSignal): Promise<void> {
    const wanted: Wanted = {
      ...settings,
      grammar: run.grammar,
      tools: named(settings.tools),
      maxTokens: Math.max(1, Math.min(settings.turnTokens, run.limits.tokens - spent(run))),
    }
    const messages = messagesOf(run, { tools: wanted.tools, lang, before })
    set({ writing: '' })
    const written = await writeTurn(getClient(), messages, wanted, signal, (writing) => set({ writing }))
    set({ writing: null })
    if (!written || get().run !== run) return
    set((s) => ({ runs: [...s.runs, written.run] }))
    hear({ type: 'wrote', said: written.said })
  }

  async function act(run: Run, { settings, lang, demo }: Begun, signal: AbortSignal): Promise<void> {
    const asked = pending(run)!
    const here = { ...surroundings('', demo ? demoNotes : notes), ...(demo && letterOnly(letter[lang])) }
    const { text, failed: isFailed } = await call(asked.name, asked.args, settings.tools, here, signal)
    if (signal.aborted || get().run !== run) return
    set({ notes: [...notes], demoNotes: [...demoNotes] })
    hear({ type: 'observed', text, failed: isFailed })
  }

  /** What was asked and answered is what a memory is made of. */
  function remember(): void {
    const { run, begun, past } = get()
    const answer = run?.end === 'answered' ? run.turns.at(-1)?.answer : null
    if (!run || !answer || begun?.demo) return
    const cut = (text: string): string => text.slice(0, longestSaid).replace(/[\uD800-\uDBFF]$/, '')
    set({ past: [...past, { asked: cut(run.task), answered: cut(answer) }].slice(-mostPast), bills: [] })
  }

  async function launch(lang: 'en' | 'zh', task: string, demo: boolean): Promise<void> {
    const model = ready()
    if (busy() || !model || task.trim() === '') return
    const { settings, past, summary } = get()
    const before = demo ? [] : (remembered(settings.memory, past, task, summary, lang) ?? [])
    const begun: Begun = {
      settings: demo ? { ...settings, tools: letterTools } : settings,
      lang,
      before,
      model: { id: model.id, name: model.name },
      demo,
    }
    demoNotes = []
    const run = beginRun(task.trim(), settings.grammar, { steps: settings.steps, tokens: Infinity })
    set({ run, begun, runs: [], opened: false, error: null, badFile: false, demoNotes: [] })
    if (demo) {
      set({ runs: [null] })
      hear({ type: 'wrote', by: 'page', said: letterSearch(letter[lang]) })
      return
    }
    await settling(goOn())
  }

  return {
    settings: {
      grammar: 'react',
      tools: offered.react,
      held: true,
      steps: 4,
      turnTokens: 128,
      temperature: 0,
      seed: 0,
      memory: 'window', // all of a talk soon is more than a small model holds
    },
    task: '',
    run: null,
    begun: null,
    runs: [],
    writing: null,
    opened: false,
    notes: [],
    demoNotes: [],
    past: [],
    summary: null,
    bills: [],
    summing: false,
    first: null,
    error: null,
    badFile: false,
    chosen: false,
    suit() {
      const tools = ready()?.info?.tools
      if (tools === undefined || get().chosen || own) return
      const grammar = tools ? 'native' : 'react'
      const isUntouched = Object.values(offered).some((list) => list.join() === get().settings.tools.join())
      set(({ settings }) => ({ settings: { ...settings, grammar, ...(isUntouched && { tools: offered[grammar] }) } }))
    },
    setTask: (task) => set({ task, bills: [] }),
    set(change) {
      const { settings: old } = get()
      const next = { ...old, ...change }
      set({
        chosen: get().chosen || change.grammar !== undefined,
        settings: {
          ...next,
          steps: Math.round(within(next.steps, ranges.steps, old.steps)),
          turnTokens: Math.round(within(next.turnTokens, ranges.turnTokens, old.turnTokens)),
          temperature: within(next.temperature, ranges.temperature, old.temperature),
          seed: Math.round(within(next.seed, ranges.seed, old.seed)),
        },
      })
    },
    switchTool(name, on) {
      const { settings } = get()
      const wanted = tools.map((tool) => tool.name).filter((one) => (one === name ? on : settings.tools.includes(one)))
      get().set({ tools: wanted })
    },
    start: (lang) => launch(lang, get().task, false),
    demo: (lang) => launch(lang, letter[lang].task, true),
    async decide(how) {
      const { run, begun, opened } = get()
      if (busy() || opened || run?.phase !== 'consent' || !begun) return
      // another model would go on with what this one began
      if (ready()?.id !== begun.model.id) return
      hear({ type: 'decided', how })
      await settling(goOn())
    },
    stop() {
      if (!get().run || isOver(get().run!)) return
      hear({ type: 'stopped' })
      // while a call waits, what is written is the chat's
      if (working) stopAnswer()
    },
    clear() {
      if (!busy()) set({ run: null, begun: null, runs: [], opened: false, error: null })
    },
    sample(lang) {
      if (!busy()) set({ past: talk[lang], summary: null, bills: [], task: talkQuestion[lang] })
    },
    forget() {
      notes.length = 0
      set({ past: [], summary: null, bills: [], notes: [] })
    },
    async count(lang) {
      const { past, task, summary } = get()
      const bills: Bill[] = []
      try {
        for (const kind of ['whole', 'window', 'summary', 'retrieval'] as const) {
          const before = remembered(kind, past, task, summary, lang)
          const messages = before && [...before, { role: 'user' as const, content: task || '?' }]
          const tokens = messages ? (await getClient().tokenize(asText(messages as ChatMessage[]))).ids.length : null
          bills.push({ kind, tokens, told: (before?.length ?? 0) / 2 })
        }
        set({ bills })
      } catch (error) {
        set({ error: toData(error) })
      }
    },
    async measure(lang) {
      const { settings, task, past, summary } = get()
      const before = remembered(settings.memory, past, task, summary, lang) ?? []
      const run = beginRun(task.trim() || '?', settings.grammar, { steps: settings.steps, tokens: Infinity })
      const messages = messagesOf(run, { tools: named(settings.tools), lang, before })
      // without a model that reads it there is nothing to say
      const counted = await getClient()
        .tokenize(asText(messages as ChatMessage[]))
        .catch(() => null)
      set({ first: counted && counted.ids.length })
    },
    async sumUp(lang) {
      const { past } = get()
      if (busy() || !ready() || past.length === 0) return
      set({ summing: true, error: null })
      const work = async (): Promise<void> => {
        const signal = begin(null)
        let text = ''
        let tokens = 0
        try {
          const messages = asText(summaryPrompt(past, lang) as ChatMessage[])
          for await (const event of getClient().generate(messages, { maxTokens: 80, temperature: 0, signal })) {
            if (event.type === 'prompt') tokens += event.ids.length
            if (event.type === 'token') tokens++
            if (event.type === 'done') text = event.text.trim()
          }
          if (!signal.aborted && text !== '') set({ summary: { text, covers: past.length, tokens }, bills: [] })
        } catch (error) {
          if (!signal.aborted) set({ error: toData(error) })
        } finally {
          end()
        }
      }
      await settling(work())
      set({ summing: false })
      await get().count(lang)
    },
    async look(turn, at) {
      const { runs, begun } = get()
      const run = runs[turn]
      if (busy() || !run || !begun || ready()?.id !== begun.model.id) return
      const { prompt } = run
      const { temperature, seed } = begun.settings
      useStanding.setState({ standing: { run, params: sampling(temperature, seed) } })
      const answerFrom = prompt.ids.length
      const error = await stand({ ids: idsOf(run), answerFrom, ...(prompt.source && { source: prompt.source }) })
      if (error) set({ error })
      else goTo({ panel: 'probabilities', position: answerFrom + at - 1 })
    },
    save() {
      const { run, begun, runs } = get()
      return run && begun ? new Blob([toFile({ run, begun, runs })], { type: 'application/json' }) : null
    },
    async open(file) {
      if (busy()) return
      const found = await openFile(file).catch(() => null)
      if (busy()) return
      set(found ? { ...found, opened: true, error: null, badFile: false } : { badFile: true })
    },
    dismiss: () => set({ error: null, badFile: false }),
    lend(change) {
      if (busy() || (!change && !own)) return
      const { settings, chosen, task, run, begun, runs, opened } = get()
      if (change) {
        own ??= { settings, chosen, task, run, begun, runs, opened }
        set({ run: null, begun: null, runs: [], opened: false, error: null })
        get().set(change)
      } else {
        set({ ...own!, error: null })
        own = null
      }
    },
  }
})
