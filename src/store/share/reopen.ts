// Makes the run of a link stand again: the chat, the answer drawn anew with the same seed, the edits. What is
// drawn here is held against the tokens in the link; where another machine draws otherwise, the link's tokens are put
// in their place, with this machine's own numbers, and the caller is told.

import type { ErrorData, Prompt } from '../../worker/protocol.ts'
import { adaptersOn, missing } from '../adapter-choices.ts'
import { promptOf, textOf, tokensOf, withSource, type Continuation } from '../answers.ts'
import { useChat } from '../chat.ts'
import { toData } from '../client.ts'
import { promptNow } from '../able.ts'
import { newId, titleFrom, type AdapterOn, type Message } from '../chat-data.ts'
import { patch } from '../current.ts'
import { useEdited } from '../edited.ts'
import { useHistory } from '../history.ts'
import { useInspect } from '../inspect.ts'
import { useModels } from '../models.ts'
import { mark } from '../unsaved.ts'
import { until } from '../until.ts'
import { touch } from '../write.ts'
import type { SharedAnswer, SharedRun } from './run.ts'

/** How the answer here compares with the one in the link. */
export interface Outcome {
  /** same: token for token. put: drawn otherwise from token `at` on, so the link's tokens were put there.
   *  text: only the texts could be compared, and they differ. new: the link held no answer. failed: see error */
  answer: 'same' | 'put' | 'text' | 'new' | 'failed'
  tokens: number
  /** put: the first token that this machine drew otherwise */
  at?: number
  here?: string
  there?: string
  /** adapters of the link that are not on here */
  missing?: AdapterOn[]
  error: ErrorData | null
}

export type Step = 'writing' | 'putting' | 'editing'

/** Draws as the reader of then did: up to each place where they went another way, and anew with the seed after it. */
const drawing = ({ ids, forced, redrawn }: SharedAnswer): Continuation['options'] => ({
  maxTokens: ids.length,
  force: Object.fromEntries(forced.map((at) => [at, ids[at]!])),
  seedAt: [...forced.map((at) => at + 1), ...redrawn],
})
/** Puts every token from `at` on. */
const putting = (ids: readonly number[], at: number): Continuation['options'] => ({
  maxTokens: ids.length - at,
  force: Object.fromEntries(ids.map((id, i): [number, number] => [i, id]).slice(at)),
})

async function write(messageId: string, first: Prompt, run: SharedRun, onStep: (step: Step) => void): Promise<Outcome> {
  const { continueAnswer } = useChat.getState()
  const {
    answer,
    turns,
    params: { seed, maxTokens },
  } = run
  const message = (): Message => useChat.getState().messages.at(-1)!
  const outcome = (result: Partial<Outcome> & Pick<Outcome, 'answer'>): Outcome => ({
    tokens: tokensOf(messageId).length,
    error: null,
    ...result,
  })
  onStep('writing')
  if (!answer) {
    const there = turns.at(-1)?.role === 'assistant' ? turns.at(-1)!.text : null
    await continueAnswer({ messageId, seed, input: first, options: { maxTokens } })
    const { error, content } = message()
    return outcome(
      error
        ? { answer: 'failed', error }
        : there === null
          ? { answer: 'new' }
          : content === there
            ? { answer: 'same' }
            : { answer: 'text', there },
    )
  }
  const { ids, finish } = answer
  await continueAnswer({ messageId, seed, input: first, options: drawing(answer), ...(finish && { finish }) })
  const drawn = tokensOf(messageId),
    prompt = promptOf(messageId)
  const at = ids.findIndex((id, i) => drawn[i]?.id !== id)
  if (at < 0) return outcome({ answer: 'same' })
  // stopped by the reader, or failed: not another machine's arithmetic
  if (!prompt || message().error || (message().state === 'stopped' && finish !== 'aborted')) {
    return outcome({ answer: 'failed', error: message().error ?? null })
  }
  const here = drawn[at] ? textOf(drawn[at]) : ''
  onStep('putting')
  await continueAnswer({
    messageId,
    seed,
    after: { prompt, events: drawn.slice(0, at) },
    options: putting(ids, at),
    ...(finish && { finish }),
  })
  const now = tokensOf(messageId)
  if (now.length !== ids.length) return outcome({ answer: 'failed', error: message().error ?? null })
  return outcome({ answer: 'put', at, here, there: textOf(now[at]!) })
}

/**
 * What a text asks in the end; the whole text when it asks nothing. The story before a question says less about the
 * chat.
 */
export function questionOf(text: string): string {
  const said = text.trim()
  const [, mark] = /([?？])$/.exec(said) ?? []
  if (mark !== undefined) {
    // backwards to the sentence's beginning: a pattern would begin anew at every place of a long text
    let from = said.length - 1
    while (from > 0 && !'.!?。！？\n'.includes(said[from - 1]!)) from--
    const asked = said.slice(from, -1).trim()
    if (asked !== '') return asked + mark
  }
  return said.split(/\n\s*\n/).at(-1)!
}

/** The model must be loaded, and nothing may be written. Leaves the reader in the chat; the caller goes to run.at. */
export async function reopen(run: SharedRun, onStep: (step: Step) => void): Promise<Outcome> {
  // what the reader asks for meanwhile waits: it would be answered without the edits of the link, and they would be
  // lost
  useEdited.setState({ opening: true, takenBack: 0 })
  try {
    const { active } = useModels.getState()
    const lacking = missing(run.adapters, active ? adaptersOn(active) : [])
    const outcome = await stand(run, onStep)
    if (lacking.length === 0) return outcome
    // its tokens were put there: they are theirs who wrote them
    if (outcome.answer === 'put') {
      const { id } = useChat.getState().messages.at(-1)!
      patch(id, { adapters: run.adapters })
      mark({ turn: id })
      touch('leaf')
    }
    return { ...outcome, missing: lacking }
  } finally {
    useEdited.setState({ opening: false })
  }
}

async function stand(run: SharedRun, onStep: (step: Step) => void): Promise<Outcome> {
  const { turns, system, params, answer, edits, drawn } = run
  await useHistory.getState().start()
  const glass = (): ReturnType<typeof useInspect.getState> => useInspect.getState()
  const here = useModels.getState().active?.id ?? run.model.id
  const messages = turns.map(({ role, text, calls, beside, tool }): Message => ({
    id: newId(),
    role,
    ...(calls && { calls, beside: beside ?? '' }),
    ...(tool && { tool }),
    content: text,
    state: 'done',
    tokens: 0,
    at: Date.now(),
  }))
  const before = messages.at(-1)?.role === 'assistant' ? messages.slice(0, -1) : messages
  const last: Message = {
    id: newId(),
    role: 'assistant',
    content: '',
    state: 'done',
    tokens: 0,
    at: Date.now(),
    modelName: useModels.getState().active?.name,
  }
  await useChat
    .getState()
    .restore({
      title: titleFrom(questionOf(turns[0]?.text ?? '')),
      system,
      params: { ...params, banned: params.banned.map((token) => ({ ...token, model: here })) },
      messages: before.length ? [...before, last] : [],
    })

  const close = edits.length || drawn.length || glass().edits.length ? glass().open() : null
  const inForce = async (wanted: typeof edits): Promise<ErrorData | null> => {
    if (useEdited.getState().changing === 0 && JSON.stringify(wanted) === JSON.stringify(glass().edits)) return null
    onStep('editing')
    // a model that is lost meanwhile leaves nothing to wait for
    await until(
      useInspect,
      (s) =>
        (s.state === 'ready' && !s.writing && !s.editing) ||
        s.state === 'error' ||
        (s.state === 'none' && useModels.getState().active?.state !== 'ready'),
    )
    return (await glass().setEdits(wanted))
      ? null
      : (glass().error ?? useModels.getState().active?.error ?? toData(new Error('no run is open to edit')))
  }
  try {
    const refused = close && (await inForce(drawn))
    if (refused) return { answer: 'failed', tokens: 0, error: refused }
    if (before.length === 0) return { answer: 'new', tokens: 0, error: null }
    const outcome = await write(
      last.id,
      answer?.prompt ? withSource(answer, answer.prompt) : promptNow(system, before),
      run,
      onStep,
    )
    const failed = close && outcome.answer !== 'failed' ? await inForce(edits) : null
    return failed ? { ...outcome, error: failed } : outcome
  } finally {
    close?.()
  }
}
