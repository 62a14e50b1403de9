// Tools that an answer calls: each call waits for the reader, who lets it run once, lets this tool run in this chat from now
// on, or refuses. Its result is a turn of its own (role 'tool'), and with the last of them the model goes on. Loaded when an
// answer calls something.
//
// What was allowed is forgotten with the page, and never comes out of a file or a link: who opens one is asked anew.

import { create } from 'zustand'
import { asFunction, call, toolNamed, tools } from '../tools/index.ts'
import { calling, run } from './answering.ts'
import { newId, type Message } from './chat-data.ts'
import { tree, useCurrent } from './current.ts'
import { useHeads } from './heads.ts'
import { begin, busy, end, settling } from './running.ts'
import { readTools, type TurnParams } from './sampling.ts'
import { surroundings } from './surroundings.ts'
import { mark } from './unsaved.ts'
import { write } from './write.ts'

export type Decision = 'once' | 'chat' | 'refuse'

interface Calls {
  /** "chat tool": runs without being asked for again */
  allowed: ReadonlySet<string>
  /** the answer whose call runs now */
  running: string | null
  /** lets the next call of this answer run, or refuses it; with the last of them the model goes on */
  decide(messageId: string, how: Decision): Promise<void>
}

const { getState: get, setState: set } = useCurrent

/** Results in a row, since the reader last wrote, after which even an allowed tool waits for a click. */
export const mostInRow = 8

/** What there is to switch on. */
export const toolsHere = tools

/** The list of tools with one of this page's in it, or without. A list that cannot be read is begun anew. */
export function switchTool({ tools: text }: Pick<TurnParams, 'tools'>, name: string, on: boolean): string {
  const tool = toolNamed(name)
  const nameOf = (given: object): unknown => (given as { function?: { name?: unknown } }).function?.name
  const others = (readTools(text) ?? []).filter((given) => nameOf(given) !== name)
  const all = on && tool ? [...others, asFunction(tool)] : others
  return all.length === 0 ? '' : JSON.stringify(all, null, 1)
}

/** The tools of this page that the model was told of just as they are. */
export function toolsOn({ tools }: Pick<TurnParams, 'tools'>): string[] {
  return (readTools(tools) ?? []).flatMap((given) => {
    const { name } = (given as { function?: { name?: unknown } }).function ?? {}
    const known = typeof name === 'string' ? toolNamed(name) : undefined
    return known && JSON.stringify(asFunction(known)) === JSON.stringify(given) ? [known.name] : []
  })
}

/**
 * Which call of an answer waits for the reader: the first without a result.
 * @param messages on screen @returns null where none does: all have one, or the chat went on without
 */
export function pendingCall(messages: readonly Message[], messageId: string): number | null {
  const at = messages.findIndex(({ id }) => id === messageId)
  const { calls = [], state } = messages[at] ?? {}
  const after = messages.slice(at + 1)
  if (at < 0 || state === 'streaming' || state === 'elsewhere' || after.some(({ role }) => role !== 'tool')) return null
  const next = calls.findIndex((_, i) => !after.some(({ tool }) => tool?.call === i))
  return next < 0 ? null : next
}

const keyOf = (tool: string): string => `${get().id} ${tool}`

export const useCalls = create<Calls>()((setCalls, own) => ({
  allowed: new Set(),
  running: null,
  decide(messageId, how) {
    const index = pendingCall(get().messages, messageId)
    const asked = index === null ? undefined : callsOf(messageId)[index]
    if (busy() || !asked) return Promise.resolve()
    if (how === 'chat') setCalls({ allowed: new Set([...own().allowed, keyOf(asked.name)]) })
    return settling(answerCalls(messageId, how !== 'refuse'))
  },
}))

const callsOf = (messageId: string): NonNullable<Message['calls']> =>
  get().turns.find(({ id }) => id === messageId)?.calls ?? []

/** The next call as it was decided, those behind it as far as they are allowed; then the model goes on. */
async function answerCalls(messageId: string, runs: boolean): Promise<void> {
  const signal = begin(null)
  useCalls.setState({ running: runs ? messageId : null })
  let goesOn = false
  try {
    for (let decided: boolean | null = runs; decided !== null;) {
      const index = pendingCall(get().messages, messageId)
      const asked = index === null ? undefined : callsOf(messageId)[index]
      if (index === null || !asked) break
      const result = decided ? await resultOf(asked, signal) : refused
      // what was stopped waits for the reader, as before
      if (signal.aborted) break
      await put(asked.name, index, result)
      goesOn = pendingCall(get().messages, messageId) === null
      decided = isAllowed(messageId) ? true : null
    }
  } finally {
    useCalls.setState({ running: null })
    end()
  }
  if (goesOn && !signal.aborted) await run()
}

/** what models noted, by chat, while this page is open: the notes stand in the chats, too */
const notes = new Map<string, string[]>()

type Result = Pick<Message, 'content'> & Pick<NonNullable<Message['tool']>, 'outcome'>
const refused: Result = { content: 'The user refused this call.', outcome: 'refused' }

async function resultOf({ name, args }: { name: string; args: string }, signal: AbortSignal): Promise<Result> {
  const { id, params } = get()
  const own = notes.get(id) ?? []
  notes.set(id, own)
  const { text, failed } = await call(name, args, toolsOn(params), surroundings(id, own), signal)
  return { content: text, ...(failed && { outcome: 'failed' }) }
}

/** The result becomes the turn behind what is on screen. */
async function put(name: string, index: number, { content, outcome }: Result): Promise<void> {
  const { turns, leaf } = get()
  const turn: Message = {
    id: newId(),
    ...(leaf !== null && { parent: leaf }),
    role: 'tool',
    content,
    state: 'done',
    tokens: 0,
    at: Date.now(),
    tool: { name, call: index, ...(outcome && { outcome }) },
  }
  set(tree([...turns, turn], turn.id))
  mark({ turn: turn.id, field: 'leaf' })
  await write()
}

/** May the call that waits run without a click? */
function isAllowed(messageId: string): boolean {
  const { messages } = get()
  const index = pendingCall(messages, messageId)
  const asked = index === null ? undefined : callsOf(messageId)[index]
  const since = messages.slice(messages.findLastIndex(({ role }) => role === 'user'))
  const inRow = since.filter(({ role }) => role === 'tool').length
  return asked !== undefined && inRow < mostInRow && useCalls.getState().allowed.has(keyOf(asked.name))
}

calling.add((messageId) => {
  if (!busy() && isAllowed(messageId)) void settling(answerCalls(messageId, true))
})

// a chat that went for good may come again out of a file, with other calls under the same id
useHeads.subscribe(({ all }, { all: before }) => {
  const { allowed } = useCalls.getState()
  if (all === before || allowed.size === 0) return
  const there = new Set(all.map(({ id }) => id))
  const gone = before.filter(({ id }) => !there.has(id)).map(({ id }) => `${id} `)
  const kept = [...allowed].filter((key) => !gone.some((start) => key.startsWith(start)))
  if (kept.length < allowed.size) useCalls.setState({ allowed: new Set(kept) })
})
