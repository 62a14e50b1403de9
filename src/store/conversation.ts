// What a conversation is: its shape on disk and in exported files, and what the engine is told of it. Pure.
// Everything read back is checked and copied field by field: files come from anywhere.

import type { ChatMessage, ChatRow, ErrorData, FinishReason, GenerateStats, TemplateNotice } from '../worker/protocol.ts'
import { defaultParams, type TurnParams } from './settings.ts'

export type MessageState = 'done' | 'streaming' | 'stopped' | 'failed'

export interface Message {
  id: string
  role: 'user' | 'assistant'
  content: string
  state: MessageState
  /** generated tokens so far (assistant) */
  tokens: number
  /** milliseconds since 1970 */
  at: number
  modelName?: string
  finish?: FinishReason
  stats?: GenerateStats
  /** the seed this answer was drawn with */
  seed?: number
  /** the model's chat template could not be used */
  notice?: TemplateNotice
  error?: ErrorData
}

export interface Conversation { id: string; title: string; updatedAt: number; system: string; params: TurnParams; messages: Message[] }

/** Works where crypto.randomUUID does not: plain http on a local network. */
export const newId = (): string => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('')

export const titleFrom = (text: string): string => {
  const line = text.trim().split('\n')[0]!.trim()
  return line.length > 60 ? `${Array.from(line).slice(0, 59).join('')}…` : line
}

/**
 * What the model reads: the system prompt and the turns before `until`. An answer that failed before its first
 * word is left out, and its question joins the next one: many templates demand that roles alternate.
 */
export function toPrompt(system: string, messages: readonly Message[]): ChatMessage[] {
  const prompt: ChatMessage[] = system.trim() === '' ? [] : [{ role: 'system', content: system }]
  for (const { role, content } of messages) {
    if (role === 'assistant' && content === '') continue
    const last = prompt.at(-1)
    if (last?.role === role) last.content += `\n\n${content}`
    else prompt.push({ role, content })
  }
  return prompt
}

export const toRow = ({ id, title, updatedAt, system, params, messages }: Conversation): ChatRow =>
  ({ id, title, updatedAt, messages: messages.length, body: { version: 1, system, params, messages } })

const limits = { messages: 10_000, text: 2_000_000, id: 100 }
type Loose = Record<string, unknown>
const loose = (value: unknown): Loose | null => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Loose : null)
const text = (value: unknown, most = limits.text): string | null => (typeof value === 'string' && value.length <= most ? value : null)
const finite = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) ? value : undefined)

function readParams(value: unknown): TurnParams {
  const given = loose(value) ?? {}
  const params: TurnParams = { ...defaultParams, stop: [], banned: [] }
  for (const key of Object.keys(defaultParams) as (keyof TurnParams)[]) {
    const found = finite(given[key])
    if (key !== 'stop' && key !== 'banned' && key !== 'randomSeed' && found !== undefined) params[key] = found
  }
  params.randomSeed = typeof given.randomSeed === 'boolean' ? given.randomSeed : defaultParams.randomSeed
  if (Array.isArray(given.stop)) params.stop = given.stop.filter((s): s is string => text(s, 1000) !== null).slice(0, 100)
  if (Array.isArray(given.banned)) params.banned = given.banned.map(readBanned).filter((token) => token !== null).slice(0, 100)
  return params
}

function readBanned(value: unknown): TurnParams['banned'][number] | null {
  const given = loose(value)
  const [id, said, model] = [finite(given?.id), text(given?.text, 1000), text(given?.model, 1000)]
  return id !== undefined && Number.isInteger(id) && id >= 0 && said !== null && model !== null ? { id, text: said, model } : null
}

const statNames = ['promptTokens', 'reusedTokens', 'generatedTokens', 'prefillSeconds', 'decodeSeconds', 'dispatchesPerToken', 'submitsPerToken', 'readBytesPerToken'] as const
const rateNames = ['prefillPerSecond', 'decodePerSecond'] as const
function readStats(value: unknown): GenerateStats | undefined {
  const given = loose(value)
  if (!given || statNames.some((name) => finite(given[name]) === undefined)) return undefined
  return Object.fromEntries([...statNames.map((name) => [name, given[name]]), ...rateNames.map((name) => [name, finite(given[name]) ?? null])]) as unknown as GenerateStats
}

function readError(value: unknown): ErrorData | undefined {
  const given = loose(value)
  const [code, message] = [text(given?.code, 60), text(given?.message, 10_000)]
  if (!code || message === null || !/^[A-Z_]+$/.test(code)) return undefined
  const facts = Object.entries(loose(given?.facts) ?? {}).filter(([key, fact]) => key !== '__proto__' && (fact === null || ['string', 'number', 'boolean'].includes(typeof fact)))
  return { code: code as ErrorData['code'], message, facts: Object.fromEntries(facts) as ErrorData['facts'] }
}

function readNotice(value: unknown): TemplateNotice | undefined {
  const given = loose(value)
  const format = text(given?.format, 100)
  return format === null ? undefined : { format, error: readError(given?.error) ?? null }
}

const pick = <T extends string>(value: unknown, allowed: readonly T[]): T | undefined => allowed.find((one) => one === value)

function readMessage(value: unknown): Message | null {
  const given = loose(value)
  const [id, content] = [text(given?.id, limits.id), text(given?.content)]
  const role = pick(given?.role, ['user', 'assistant'])
  if (!given || !id || content === null || !role) return null
  const state = pick(given.state, ['done', 'stopped', 'failed'])
  const optional = {
    modelName: text(given.modelName, 1000) ?? undefined, finish: pick(given.finish, ['stop', 'length', 'context', 'aborted']), stats: readStats(given.stats),
    seed: finite(given.seed), notice: readNotice(given.notice), error: readError(given.error),
  }
  return {
    // 'streaming' on disk: the page went away in the middle of the answer.
    id, role, content, state: state ?? (role === 'assistant' ? 'stopped' : 'done'), tokens: Math.max(0, finite(given.tokens) ?? 0), at: finite(given.at) ?? 0,
    ...Object.fromEntries(Object.entries(optional).filter(([, found]) => found !== undefined)),
  }
}

/** A conversation out of a stored or imported row; null when it is none. */
export function fromRow(value: unknown): Conversation | null {
  const row = loose(value)
  const body = loose(row?.body)
  const [id, title] = [text(row?.id, limits.id), text(row?.title, 1000)]
  if (!row || !body || !id || title === null || body.version !== 1 || !Array.isArray(body.messages) || body.messages.length > limits.messages) return null
  const messages = body.messages.map(readMessage)
  if (messages.some((message) => message === null)) return null
  return { id, title, updatedAt: finite(row.updatedAt) ?? 0, system: text(body.system) ?? '', params: readParams(body.params), messages: messages as Message[] }
}

export const toFile = (rows: readonly ChatRow[]): string => JSON.stringify({ glassbox: 'chats', version: 1, chats: rows }, null, 1)

/** The conversations in an exported file, checked; null when it is not one. */
export function fromFile(json: string): Conversation[] | null {
  let file: Loose | null
  try { file = loose(JSON.parse(json)) } catch { return null }
  if (!file || file.glassbox !== 'chats' || file.version !== 1 || !Array.isArray(file.chats)) return null
  const found = file.chats.map(fromRow)
  return found.every((chat) => chat !== null) ? found : null
}
