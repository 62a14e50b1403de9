// Answers that come to be beside the one on screen (several.ts): what they say so far, and how they become turns. Loaded
// when several are asked for.

import type { GenerateEvent, TokenEvent } from '../worker/protocol.ts'
import { drawnWith, prompts, tokens } from './answers.ts'
import { newId, type Message } from './chat-data.ts'
import { useCurrent } from './current.ts'
import { frame } from './frame.ts'
import { useSeveral, type EndOf } from './several.ts'
import { mark } from './unsaved.ts'

interface Other {
  id: string
  content: string
  events: TokenEvent[]
  /** what its end says */
  end: Partial<Message> | null
}

export class Others {
  private readonly all: Other[]
  private readonly show = frame(() =>
    useSeveral.setState({
      others: this.all.map(({ id, content, end }) => ({ id, content, state: end?.state ?? 'streaming' })),
    }),
  )

  /** @param first the message that they stand beside @param count of answers, that one among them */
  constructor(
    private readonly first: string,
    count: number,
    private readonly endOf: EndOf,
  ) {
    this.all = Array.from({ length: count - 1 }, () => ({ id: newId(), content: '', events: [], end: null }))
    useSeveral.setState({ first, others: this.all.map(({ id }) => ({ id, content: '', state: 'streaming' })) })
  }

  /** An event of answer `number`, which is not the first. */
  take(number: number, event: GenerateEvent): void {
    const one = this.all[number - 1]!
    if (event.type === 'prompt') prompts.set(one.id, event)
    else if (event.type === 'token') {
      one.events.push(event)
      one.content += event.text
    } else if (event.type === 'done') {
      one.content = event.text
      one.end = this.endOf(event)
    }
    this.show.ask()
  }

  /** They are written once more from their beginnings: the engine was lost. */
  again(): void {
    for (const one of this.all) Object.assign(one, { content: '', events: [], end: null })
    this.show.ask()
  }

  /** They become turns beside the first; those that were cut short say so, and those of which there is nothing are none. */
  settle(): void {
    const { getState: get, setState: set } = useCurrent
    // nothing of what they were comes behind what they are
    this.show.flush()
    const first = get().turns.find(({ id }) => id === this.first)
    const params = drawnWith.get(this.first)
    if (!first) return useSeveral.getState().close()
    const { stats: _stats, finish: _finish, error: _error, calls: _calls, beside: _beside, ...alike } = first
    const turns = this.all.flatMap(({ id, content, events, end }, i): Message[] => {
      if (events.length === 0 && !end) return []
      const seed = (first.seed ?? 0) + i + 1
      tokens.set(id, events)
      if (params) drawnWith.set(id, { ...params, seed })
      mark({ turn: id, run: id })
      const ending = end ?? { state: 'stopped', finish: 'aborted' }
      return [{ ...alike, ...ending, id, content, seed, tokens: events.length, at: first.at + i + 1 }]
    })
    set((s) => ({ turns: [...s.turns, ...turns] }))
    if (turns.length === 0) useSeveral.getState().close()
    else useSeveral.setState({ others: turns.map(({ id, content, state }) => ({ id, content, state })) })
  }
}
