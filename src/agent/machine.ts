// An agent's run as a state machine: think → consent → act → think … → ended. Pure: what the model wrote, what the reader
// decided and what a tool gave come in as events, and an event that does not fit the phase changes nothing. So nothing that
// comes late, after a stop, can make anything happen.
//
// A call runs after a click, or where the reader let this tool run in this run; and then, too, it waits for a click where its
// arguments repeat what a document said: whoever wrote the document must not choose what runs.

import { toolNamed } from '../tools/index.ts'

/** native: the template's own calls; react: lines of text (react.ts) */
export type Grammar = 'native' | 'react'
export type Phase = 'think' | 'consent' | 'act' | 'ended'
export type Decision = 'once' | 'run' | 'refuse'
/** What is wrong with what the model wrote: no call and no answer, its end is missing, or nothing is there. */
export type Problem = 'unreadable' | 'cut' | 'empty'
/** tokens, steps: the limit of the run; unreadable: twice in a row */
export type End = 'answered' | 'steps' | 'tokens' | 'unreadable' | 'stopped' | 'failed'

/** A call as it was written: `args` is JSON, or what stood in its place. */
export interface Asked {
  name: string
  args: string
}
export interface Call extends Asked {
  /** null: it waits. run: the reader had let this tool run */
  consent: Decision | null
  result: { text: string; failed: boolean } | null
}
/** What the model wrote in one go, read. */
export interface Said {
  /** all of it */
  text: string
  thought: string
  calls: readonly Asked[]
  answer: string | null
  problem: Problem | null
  tokens: number
}
export interface Turn extends Omit<Said, 'calls'> {
  /** page: put there for a demonstration; no model wrote it */
  by: 'model' | 'page'
  calls: readonly Call[]
}
export interface Limits {
  /** turns of the model */
  steps: number
  /** tokens that it writes, in all turns */
  tokens: number
}
export interface Run {
  task: string
  grammar: Grammar
  limits: Limits
  phase: Phase
  turns: readonly Turn[]
  /** tools that run without a click, in this run */
  allowed: readonly string[]
  end: End | null
}
export type AgentEvent =
  | { type: 'wrote'; said: Said; by?: 'page' }
  | { type: 'decided'; how: Decision }
  | { type: 'observed'; text: string; failed: boolean }
  | { type: 'stopped' }
  | { type: 'failed' }

export const mostSteps = 8
export const mostTokens = 1024
/** Characters in a row that an argument and a document share, from which on it repeats the document. */
const repeated = 12

export const begin = (task: string, grammar: Grammar, { steps, tokens }: Limits): Run => ({
  task,
  grammar,
  limits: { steps: clamp(steps, mostSteps), tokens: clamp(tokens, mostTokens) },
  phase: 'think',
  turns: [],
  allowed: [],
  end: null,
})
const clamp = (value: number, most: number): number =>
  Number.isFinite(value) ? Math.min(most, Math.max(1, Math.floor(value))) : most

export const isOver = ({ phase }: Run): boolean => phase === 'ended'
/** Tokens that the model wrote so far. */
export const spent = ({ turns }: Run): number => turns.reduce((sum, { tokens }) => sum + tokens, 0)
/** Turns of the model so far. */
export const stepsOf = ({ turns }: Run): number => turns.filter(({ by }) => by === 'model').length

/** The call that waits, or runs: the first without a result. */
export function pending({ turns }: Run): Call | null {
  return turns.at(-1)?.calls.find(({ result }) => result === null) ?? null
}

export function advance(run: Run, event: AgentEvent): Run {
  if (isOver(run)) return run
  switch (event.type) {
    case 'stopped':
      return ended(run, 'stopped')
    case 'failed':
      return ended(run, 'failed')
    case 'wrote':
      return run.phase === 'think' ? read(run, event.said, event.by ?? 'model') : run
    case 'decided':
      return run.phase === 'consent' ? decided(run, event.how) : run
    case 'observed':
      return run.phase === 'act' ? goOn(answered(run, { result: { text: event.text, failed: event.failed } })) : run
  }
}

const ended = (run: Run, end: End): Run => ({ ...run, phase: 'ended', end })

function read(run: Run, said: Said, by: Turn['by']): Run {
  const calls = said.calls.map((call): Call => ({ ...call, consent: null, result: null }))
  const next: Run = { ...run, turns: [...run.turns, { ...said, calls, by }] }
  if (calls.length > 0) return goOn(next)
  if (said.answer !== null && said.problem === null) return ended(next, 'answered')
  // told once what was wrong; a model that cannot do it would go on for ever
  return run.turns.at(-1)?.problem ? ended(next, 'unreadable') : goOn(next)
}

function decided(run: Run, how: Decision): Run {
  const call = pending(run)!
  if (how === 'refuse') return goOn(answered(run, { consent: how, result: { text: refusal, failed: true } }))
  const allowed = how === 'run' && !run.allowed.includes(call.name) ? [...run.allowed, call.name] : run.allowed
  return { ...answered(run, { consent: how }), allowed, phase: 'act' }
}
export const refusal = 'The user refused this call.'

/** The waiting call with what became of it. */
function answered(run: Run, change: Partial<Call>): Run {
  const waits = pending(run)
  const turn = run.turns.at(-1)!
  const calls = turn.calls.map((call) => (call === waits ? { ...call, ...change } : call))
  return { ...run, turns: [...run.turns.slice(0, -1), { ...turn, calls }] }
}

/** The next call, or the model's next turn where there may be one. */
function goOn(run: Run): Run {
  const call = pending(run)
  if (call && runsAlone(run, call)) return { ...answered(run, { consent: 'run' }), phase: 'act' }
  if (call) return { ...run, phase: 'consent' }
  if (stepsOf(run) >= run.limits.steps) return ended(run, 'steps')
  return spent(run) >= run.limits.tokens ? ended(run, 'tokens') : { ...run, phase: 'think' }
}

const runsAlone = (run: Run, call: Call): boolean => run.allowed.includes(call.name) && !repeats(run, call)

/** Does a call say what a document or another chat had said? A limit of what such a text can do; no proof that it did nothing. */
export function repeats({ turns }: Run, { args }: Asked): boolean {
  const told = turns
    .flatMap(({ calls }) => calls)
    .filter(({ name, consent, result }) => toolNamed(name)?.tells && consent !== 'refuse' && result !== null)
    .map(({ result }) => plain(result!.text))
  return valuesOf(args).some((value) => told.some((text) => shares(plain(value), text)))
}

const plain = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()

/** Texts and numbers in arguments; what is no JSON is one text. */
function valuesOf(args: string): string[] {
  let given: unknown
  try {
    given = JSON.parse(args)
  } catch {
    return [args]
  }
  const walk = (value: unknown): string[] =>
    typeof value === 'object' && value !== null ? Object.values(value).flatMap(walk) : [String(value)]
  return walk(given)
}

function shares(value: string, text: string): boolean {
  if (value === '') return false
  if (value.length <= repeated) return text.includes(value)
  for (let at = 0; at + repeated <= value.length; at++) if (text.includes(value.slice(at, at + repeated))) return true
  return false
}
