// The sentences of notices about a model; apart from the door, so that they load with whoever shows some.

import { useLang } from './index.tsx'
import { noticeText, type Noticed } from './notices.ts'

/** The sentence of a notice, in the reader's words. */
export function useNoticeText(): (notice: Noticed) => string {
  const lang = useLang()
  return (notice) => noticeText(notice, lang)
}
