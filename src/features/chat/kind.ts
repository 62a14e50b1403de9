// How the loaded model takes part in a chat; its words are in i18n/panels/kinds.ts.

import { useEffect, useState } from 'react'
import { useLang } from '../../i18n/index.tsx'
import type { kindWords } from '../../i18n/panels/kinds.ts'
import { useModels, type ModelInfo } from '../../store/index.ts'

/** chat: turns · complete: it goes on with a text · source: its encoder reads a text, and it answers that */
export type Kind = 'chat' | 'complete' | 'source'
export const kindOf = (info: Pick<ModelInfo, 'chats' | 'parts'> | null | undefined): Kind =>
  !info || info.chats !== false ? 'chat' : info.parts.includes('source') ? 'source' : 'complete'

/** Its words where it is no chat model; null while they are on their way. The first page does not wait for them. */
export function useKindWords(): { kind: Kind; words: (typeof kindWords)['en'] | null } {
  const kind = useModels((s) => kindOf(s.active?.info))
  const reads = useModels((s) => s.active?.info?.does.includes('generate') === false)
  const lang = useLang()
  const [words, setWords] = useState<typeof kindWords | null>(null)
  const wanted = kind !== 'chat' || reads
  useEffect(() => {
    if (wanted) void import('../../i18n/panels/kinds.ts').then((module) => setWords(module.kindWords))
  }, [wanted])
  return { kind, words: wanted ? (words?.[lang] ?? null) : null }
}
