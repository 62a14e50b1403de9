// Lets the model write for a lesson, in a chat of its own, where everybody can see it, go on with it and look inside. The
// chat that was open lies among the past ones, and comes back when the lesson is put away.

import type { SamplingParams } from '../../worker/protocol.ts'
import { useChat } from '../chat.ts'
import { newId, type Message } from '../chat-data.ts'
import { useHistory } from '../history.ts'
import { defaultParams } from '../sampling.ts'
import { idle } from './load.ts'
import type { StageText } from './stage.ts'

export interface LessonRun extends StageText {
  title: string
  /** the turns before the answer, as people read them */
  turns: readonly { role: string; content: string }[]
  /** so many tokens behind what is there */
  write: number
  /** the first token written, where it is not the model's own choice */
  begin?: number
  sampling: Partial<SamplingParams>
}

/** The chat that was on screen before the lesson's; null: none, or an empty one. */
let before: string | null = null
/** chats that lessons opened, of this visit */
const own = new Set<string>()

/** Resolves when the answer is written; tells why it failed, or null. */
export async function writeRun(run: LessonRun): Promise<Message['error'] | null> {
  await idle()
  const { id, messages } = useChat.getState()
  if (messages.length > 0 && !own.has(id)) before = id
  const at = Date.now()
  const turns = run.turns.filter(({ role }) => role !== 'system')
  await useChat.getState().restore({
    title: run.title,
    system: run.turns.find(({ role }) => role === 'system')?.content ?? '',
    // the model's own choice, unless the lesson says otherwise: nothing cut off, nothing punished
    params: { ...defaultParams, ...plain, ...run.sampling, randomSeed: false },
    messages: turns.map(({ role, content }): Message => ({
      id: newId(),
      role: role === 'assistant' ? 'assistant' : 'user',
      content,
      state: 'done',
      tokens: 0,
      at,
    })),
  })
  own.add(useChat.getState().id)
  const put = run.ids.slice(run.answerFrom)
  const force = [...put, ...(run.begin === undefined ? [] : [run.begin])]
  const messageId = newId()
  await useChat
    .getState()
    .continueAnswer({
      messageId,
      seed: run.sampling.seed ?? 0,
      input: { ids: run.ids.slice(0, run.answerFrom), ...(run.source && { source: [...run.source] }) },
      options: {
        maxTokens: put.length + run.write,
        force: Object.fromEntries(force.map((token, i): [number, number] => [i, token])),
      },
    })
  return useChat.getState().messages.find((message) => message.id === messageId)?.error ?? null
}

const plain = {
  temperature: 0,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  presencePenalty: 0,
  frequencyPenalty: 0,
} satisfies Partial<SamplingParams>

/** Brings back the chat that lessons took the place of. */
export function chatBack(): void {
  const back = before
  before = null
  if (back !== null && own.has(useChat.getState().id)) void useHistory.getState().open(back)
}
