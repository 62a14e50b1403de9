// What panels hold that keep something of their own (documents, an agent's run, scores): asked by claims of steps that have
// something done there. In the page it is what stands there; in Node the same is done by the same modules.

import type { Scored } from '../../evaluation/scores.ts'

export interface Panels {
  /** passages that the question found, the best first */
  readonly found: readonly string[]
  /** the marked stretch of the document that is shown; '': none */
  readonly marked: string
  /** what was answered from the passages */
  readonly replied: string
  /** names of the tools that ran in the agent's run, in their order */
  readonly ran: readonly string[]
  /** the tool whose call waits for a click; '': none */
  readonly waits: string
  /** the last result of a tool */
  readonly observed: string
  /** by row; null: it could not be run */
  readonly scored: readonly (Scored | null)[]
}

export const nothingThere: Panels = { found: [], marked: '', replied: '', ran: [], waits: '', observed: '', scored: [] }
