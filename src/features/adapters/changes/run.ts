// What every part of this section needs: its words, numbers as they are written, the comparison that is shown.

import { createContext, useContext } from 'react'
import type { Formats } from '../../../i18n/index.tsx'
import { adapterChanges } from '../../../i18n/panels/adapter-changes.ts'
import { glass as common } from '../../../i18n/panels/glass.ts'
import type { AdapterChange } from '../../../store/inspect.ts'
import { useNames } from '../useNames.ts'
import { viewTokens, type TokenView } from '../../../ui/tokens.ts'

export interface Compared {
  t: typeof adapterChanges.en
  common: typeof common.en
  format: Formats
  change: AdapterChange
  /** as it was asked: an adapter's name, or null for all of them */
  without: string | null
  /** of the question and everything its answer depends on */
  key: string
  views: { text: TokenView[]; source: TokenView[] }
  /** does a row of the head speak of its own token? */
  own: boolean
  position: number
  choose: (position: number) => void
}

const ComparedContext = createContext<Compared | null>(null)
export const ComparedProvider = ComparedContext
export function useCompared(): Compared {
  const found = useContext(ComparedContext)
  if (!found) throw new Error('This part stands inside what adapters change only.')
  return found
}

/** What people call an adapter. */
export function useNameOf(): (id: string) => string {
  const stored = useNames()
  return (id) => stored.find((one) => one.id === id)?.name ?? id
}

export const viewsOf = ({ text, source }: AdapterChange): Compared['views'] => {
  const of = (tokens: typeof text): TokenView[] => viewTokens(tokens.map((token) => ({ ...token, generated: false })))
  return { text: of(text), source: of(source) }
}

/** Asked without a name, all adapters are left out. */
export const left = (without: string | null): { without?: string } => (without === null ? {} : { without })
