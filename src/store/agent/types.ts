// How a run goes, and what it was begun with. Types only.

import type { Grammar } from '../../agent/machine.ts'
import type { MemoryKind } from '../../agent/memory.ts'
import type { AgentMessage } from '../../agent/prompt.ts'

export interface AgentSettings {
  grammar: Grammar
  /** names of the tools that it is told of */
  tools: readonly string[]
  /** what is no turn, or no call, of these tools cannot be drawn */
  held: boolean
  steps: number
  /** tokens of one turn */
  turnTokens: number
  temperature: number
  seed: number
  memory: MemoryKind
}
/** What a run was begun with; a later change of the settings is of the next one. */
export interface Begun {
  settings: AgentSettings
  lang: 'en' | 'zh'
  /** of earlier talks, told before the task */
  before: readonly AgentMessage[]
  model: { id: string; name: string }
  /** the letter of the injection demo stands in for the reader's documents */
  demo: boolean
}
