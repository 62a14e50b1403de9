// Chats as a file: JSON that comes back whole (turns, versions, branches, token numbers), and Markdown to read.
// Pure.

import type { AdapterOn, Chat, Message } from './chat-data.ts'
import { isPackedRun, type PackedRun } from './runs.ts'
import { readChat } from './stored.ts'
import { inOrder, pathTo } from './tree.ts'

export interface Exported {
  chat: Chat
  runs: Record<string, PackedRun>
}
/** A chat of the file that was left out, and where it is not as it must be. */
export interface Refused {
  title: string
  why: string
}

/** Bytes of a file that is read at all; and characters of a written one, above which the token numbers stay out. */
export const largestFile = 200 * 2 ** 20
const largestRuns = 150 * 2 ** 20

const toJson = (
  { chat: { id, title, updatedAt, deletedAt, pinned, tags, system, own, banned, leaf, turns }, runs }: Exported,
  full: boolean,
): string =>
  JSON.stringify({
    id,
    title,
    updatedAt,
    deletedAt,
    pinned,
    tags,
    body: { version: 2, system, own, banned, leaf },
    turns: inOrder(turns).map((turn) => ({ ...turn, state: turn.state === 'elsewhere' ? 'streaming' : turn.state })),
    ...(full && Object.keys(runs).length > 0 && { runs }),
  })

/** @param invalid rows that could not be read, as they lie on disk: nothing is left behind */
export function toFile(chats: readonly Exported[], invalid: readonly unknown[] = []): string {
  let rows = chats.map((chat) => toJson(chat, true))
  if (rows.reduce((sum, row) => sum + row.length, 0) > largestRuns) rows = chats.map((chat) => toJson(chat, false))
  const unread =
    invalid.length === 0 ? '' : `,\n"unread":[\n${invalid.map((row) => JSON.stringify(row)).join(',\n')}\n]`
  return `{"glassbox":"chats","version":2,"chats":[\n${rows.join(',\n')}\n]${unread}}\n`
}

/** The chats of an exported file, each checked by itself; null when it is no such file. */
export function fromFile(json: string): { chats: Exported[]; refused: Refused[] } | null {
  let file: Record<string, unknown> | null
  try {
    file = JSON.parse(json) as Record<string, unknown> | null
  } catch {
    return null
  }
  if (
    typeof file !== 'object' ||
    file === null ||
    file['glassbox'] !== 'chats' ||
    (file['version'] !== 1 && file['version'] !== 2) ||
    !Array.isArray(file['chats'])
  ) {
    return null
  }
  const chats: Exported[] = [],
    refused: Refused[] = []
  for (const given of file['chats'] as unknown[]) {
    const {
      turns,
      runs = {},
      ...row
    } = (typeof given === 'object' && given !== null ? given : {}) as Record<string, unknown>
    const found = readChat(row, Array.isArray(turns) ? turns : null, { file: true })
    const runList = typeof runs === 'object' && runs !== null && !Array.isArray(runs) ? Object.entries(runs) : null
    const ids = new Set('chat' in found ? found.chat.turns.map((one) => one.id) : [])
    const badRun = !runList
      ? 'runs'
      : runList.find(([turn, run]) => !isPackedRun(run) || ('chat' in found && !ids.has(turn)))?.[0]
    if ('chat' in found && badRun === undefined) {
      chats.push({ chat: found.chat, runs: Object.fromEntries(runList!) as Record<string, PackedRun> })
    } else {
      refused.push({
        title: typeof row['title'] === 'string' ? row['title'].slice(0, 80) : '',
        why: 'chat' in found ? `runs.${badRun}` : found.bad[0]!,
      })
    }
  }
  return { chats, refused }
}

export interface MarkdownWords {
  system: string
  you: string
  tool: (name: string) => string
  model: string
  edited: (edits: number) => string
  adapted: (adapters: readonly AdapterOn[]) => string
  version: (n: number, of: number) => string
  others: string
  stopped: string
}

/** Data, behind a fence that is longer than any in it. */
function fenced(text: string): string {
  const longest = (text.match(/`+/g) ?? []).reduce((most, ticks) => Math.max(most, ticks.length), 2)
  const fence = '`'.repeat(longest + 1)
  return `${fence}\n${text}\n${fence}`
}

/** A fence longer than any in the text is not needed: turns are quoted by their headings, and kept as they are. */
export function toMarkdown({ title, system, turns, leaf }: Chat, w: MarkdownWords): string {
  const path = new Set(pathTo(turns, leaf).map((turn) => turn.id))
  const known = new Map(turns.map((turn) => [turn.id, turn]))
  /** the versions there are beside a turn, and which of them each turn is */
  const beside = new Map<string, number>()
  const version = new Map<string, number>()
  const keyOf = (turn: Message): string => `${turn.parent ?? ''} ${turn.role}`
  for (const turn of inOrder(turns)) {
    const n = (beside.get(keyOf(turn)) ?? 0) + 1
    beside.set(keyOf(turn), n)
    version.set(turn.id, n)
  }
  const out: string[] = [`# ${title}`]
  if (system !== '') out.push(`## ${w.system}`, system)
  const write = (turn: Message): void => {
    const versions = beside.get(keyOf(turn))!
    const marks = [
      versions > 1 && w.version(version.get(turn.id)!, versions),
      turn.edits && w.edited(turn.edits),
      turn.adapters?.length && w.adapted(turn.adapters),
      turn.state === 'stopped' && w.stopped,
      turn.name,
    ].filter(Boolean)
    const who = turn.tool ? w.tool(turn.tool.name) : turn.role === 'user' ? w.you : (turn.modelName ?? w.model)
    out.push(`## ${who}${marks.length ? ` (${marks.join(' · ')})` : ''}`)
    if (turn.tool) out.push(fenced(turn.content))
    else if (turn.content !== '' || !turn.calls) out.push(turn.content)
    for (const { name, args } of turn.calls ?? []) out.push(`→ \`${name}\``, fenced(args))
  }
  for (const turn of pathTo(turns, leaf)) write(turn)
  const rest = inOrder(turns).filter((turn) => !path.has(turn.id))
  if (rest.length > 0) out.push('---', `# ${w.others}`)
  for (const turn of rest) {
    const before = known.get(turn.parent ?? '')
    if (before) out.push(`> ${before.content.slice(0, 200).replace(/\s+/g, ' ')}`)
    write(turn)
  }
  return `${out.join('\n\n')}\n`
}
