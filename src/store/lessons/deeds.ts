// What a lesson has done on the panels of documents, agent and scores: put there by the page, or done by the learner's hand,
// which is watched; and what stands there then. What the reader had there comes back when the lesson is put away.

import type { Deed } from '../../lessons/fill.ts'
import { nothingThere, type Panels } from '../../lessons/measure/panels.ts'
import type { DeedId } from '../../lessons/panels.ts'
import { useAgent } from '../agent/index.ts'
import { useDocuments } from '../documents/index.ts'
import { useEvaluate } from '../evaluate/index.ts'
import { agentOf, evaluation, letterRun, rowsAsSet, setName } from './deed-data.ts'
import { agentFile } from './parts.ts'

interface Done {
  /** does it, as the hand would; or what the page has to do */
  act(deed: Deed): Promise<void> | void
  /** what the page has to do before the hand's turn */
  before?(deed: Deed): Promise<void> | void
  isDone?(deed: Deed): boolean
}
/** The documents of a lesson that are in the panel, and stay there from step to step. */
let lentKey = ''
const documents = useDocuments.getState
const agent = useAgent.getState
const scores = useEvaluate.getState

const all: Readonly<Record<DeedId, Done>> = {
  documents: {
    async act({ rows }) {
      const key = JSON.stringify(rows)
      if (documents().lent && key === lentKey) return
      lentKey = key
      await documents().lend(rows.map(({ file, text }) => new File([text!], file!)))
    },
  },
  ask: {
    async act({ text }) {
      documents().setQuestion(text)
      await documents().search()
    },
    isDone: ({ text }) => !documents().searching && documents().found?.question === text.trim(),
  },
  answer: {
    act: ({ language }) => documents().ask(language),
    isDone: () => documents().answer?.state === 'done' && documents().answer?.looking === null,
  },
  mark: {
    async act() {
      const hit = documents().found?.hits[0]
      if (hit) await documents().show(hit.document, hit)
    },
    isDone: () => documents().shown?.mark != null,
  },
  letter: {
    before: () => agent().lend(letterRun),
    act: ({ language }) => agent().demo(language),
    isDone: () => agent().begun?.demo === true && agent().run?.phase === 'consent',
  },
  allow: {
    // of the letter's run alone: no lesson has anything else run
    act: () => (agent().begun?.demo ? agent().decide('once') : undefined),
    isDone: () => agent().run?.phase === 'ended' || (agent().run?.turns.length ?? 0) > 1,
  },
  recorded: {
    async act({ name }) {
      agent().lend({})
      await agent().open(await agentFile(name))
    },
  },
  questions: {
    act: ({ rows, language }) =>
      scores().lend({ name: setName[language], text: rowsAsSet(rows), settings: evaluation }),
  },
  score: {
    act: async () => void (await scores().start()),
    isDone: () => scores().running === null && scores().result?.whole === true,
  },
}

export const doDeed = async (deed: Deed): Promise<void> => all[deed.what].act(deed)
/** Before the hand's turn. */
export const prepareDeed = async (deed: Deed): Promise<void> => all[deed.what].before?.(deed)

/** Calls `done` once, when it is done. @returns how to stop watching */
export function watchDeed(deed: Deed, done: () => void): () => void {
  let isOver = false
  const look = (): void => {
    if (isOver || !all[deed.what].isDone?.(deed)) return
    isOver = true
    done()
  }
  const stops = [useDocuments, useAgent, useEvaluate].map((store) => store.subscribe(look))
  look()
  return () => {
    isOver = true
    for (const stop of stops) stop()
  }
}

/** What stands on the panels. */
export function onPanels(): Panels {
  const { found, answer, shown, lent } = documents()
  const { mark = null, text = '' } = shown ?? {}
  return {
    ...nothingThere,
    ...(lent && {
      found: found?.hits.map((hit) => hit.text) ?? [],
      replied: answer?.text ?? '',
      marked: mark ? text.slice(mark.start, mark.end) : '',
    }),
    ...agentOf(agent().run),
    scored: scores().result?.rows.map((row) => row.scored) ?? [],
  }
}

/** The reader's own things are back. */
export async function giveBackPanels(): Promise<void> {
  agent().stop()
  scores().stop()
  agent().lend(null)
  scores().lend(null)
  await documents().lend(null)
}
