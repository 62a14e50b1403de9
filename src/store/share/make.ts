// Gathers what a share link holds from what is on screen: the loaded model, the chat, the newest answer's
// tokens, the edits and the selection.

import type { FinishReason } from '../../worker/protocol.ts'
import { adaptersOn } from '../adapter-choices.ts'
import { paramsOf, promptOf, tokensOf } from '../answers.ts'
import { useChat } from '../chat.ts'
import { getClient } from '../client.ts'
import type { Message } from '../chat-data.ts'
import { promptNow } from '../able.ts'
import { promptOptions } from '../sampling.ts'
import { useInspect } from '../inspect.ts'
import { editsOfAnswer } from '../inspect/edit.ts'
import { useModels } from '../models.ts'
import type { SharedAnswer, SharedModel, SharedRun } from './run.ts'

/** Why there is nothing to share right now. */
export type Unready = 'model' | 'nothing' | 'writing' | 'recording'

export function unready(): Unready | null {
  if (useInspect.getState().info?.source === 'recording') return 'recording'
  if (useModels.getState().active?.state !== 'ready') return 'model'
  const { messages, status } = useChat.getState()
  return status !== 'idle' ? 'writing' : messages.length === 0 ? 'nothing' : null
}

function modelNow(): SharedModel {
  const { active, catalog, stored } = useModels.getState()
  const { id, name } = active!
  const entry = catalog.find((item) => item.id === id)
  const origin = stored.find((model) => model.id === id)?.origin
  const from = ((): SharedModel['from'] => {
    if (entry?.group === 'embedded' || entry?.group === 'local') return { kind: entry.group }
    if (origin?.kind === 'hub') {
      return {
        kind: 'hub',
        repo: origin.repo,
        ...(origin.revision && { revision: origin.revision }),
        ...(origin.file && { file: origin.file }),
      }
    }
    return origin?.kind === 'url' ? { kind: 'url', url: origin.url } : { kind: 'file' }
  })()
  return { id, name, from, ...(entry?.version && { version: entry.version }) }
}

/** Where the answer left the drawn one: the branches from the first answer to the one on show. */
function cutsIn(messageId: string): Pick<SharedAnswer, 'forced' | 'redrawn'> {
  const { turns } = useChat.getState()
  const of = (id: string): Message | undefined => turns.find((turn) => turn.id === id)
  const cuts: Pick<SharedAnswer, 'forced' | 'redrawn'> = { forced: [], redrawn: [] }
  for (let fork = of(messageId)?.fork; fork; fork = of(fork.from)?.fork) {
    ;(fork.banned ? cuts.redrawn : cuts.forced).unshift(fork.at)
  }
  return cuts
}

async function answerNow(message: Message, before: readonly Message[], system: string): Promise<SharedAnswer | null> {
  const prompt = promptOf(message.id)
  const ids = tokensOf(message.id).map((event) => event.id)
  if (!prompt || ids.length === 0 || message.modelName !== useModels.getState().active?.name) return null
  // the system prompt may have changed since: then the tokens say what was really read
  const today = await getClient().tokenize(
    promptNow(system, before),
    promptOptions(paramsOf(message.id) ?? useChat.getState().params),
  )
  const read = prompt.source ?? prompt.ids
  const same = today.ids.length === read.length && today.ids.every((id, i) => id === read[i])
  return {
    ids,
    ...cutsIn(message.id),
    prompt: same ? null : [...prompt.ids],
    ...(!same && prompt.source && { source: [...prompt.source] }),
    finish: (message.finish satisfies FinishReason | undefined) ?? null,
  }
}

/** @param panel the tab that is open. Call it only while unready() is null. */
export async function collect(panel: string): Promise<SharedRun> {
  const { messages, system, params } = useChat.getState()
  const { selection, locked, edits } = useInspect.getState()
  // an answer that failed before its first token is none
  const said = messages.filter(
    ({ id, role, content, calls }) =>
      role !== 'assistant' ||
      content !== '' ||
      calls !== undefined ||
      (id === messages.at(-1)!.id && tokensOf(id).length > 0),
  )
  const last = said.at(-1)!
  const answered = last.role === 'assistant'
  const model = modelNow(),
    drawn = paramsOf(last.id) ?? params
  return {
    model,
    system,
    turns: said.map(({ role, content, calls, beside, tool }) => ({
      role,
      text: content,
      ...(calls && { calls, beside: beside ?? '' }),
      ...(tool && { tool }),
    })),
    load: pickLoad(),
    params: {
      ...drawn,
      banned: drawn.banned.filter((token) => token.model === model.id),
      seed: last.seed ?? params.seed,
      randomSeed: false,
    },
    answer: answered ? await answerNow(last, messages.slice(0, -1), system) : null,
    adapters: [...(answered ? (last.adapters ?? []) : adaptersOn(useModels.getState().active!))],
    edits: [...edits],
    drawn: answered ? [...editsOfAnswer()] : [...edits],
    at: { panel, position: locked ? selection.position : null, layer: selection.layer, head: selection.head },
  }
}

function pickLoad(): SharedRun['load'] {
  const {
    info,
    options: { context, linear, embedding },
  } = useModels.getState().active!
  return {
    ...(context !== undefined && { context: info?.context ?? context }),
    ...(linear && { linear }),
    ...(embedding && { embedding }),
  }
}
