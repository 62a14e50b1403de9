// What must be known of the model before its answers are trusted: open until the first question.

import { useT } from '../../i18n/index.tsx'
import { useNoticeText } from '../../i18n/useNoticeText.ts'
import { useChat, useModels } from '../../store/index.ts'
import { NoticeList } from '../../ui/NoticeList.tsx'
import styles from './Panel.module.css'

export default function ModelNotices() {
  const t = useT()
  const text = useNoticeText()
  const notices = useModels((s) => s.active?.info?.notices)?.filter(({ quiet }) => !quiet) ?? []
  const asked = useChat((s) => s.messages.length > 0)
  if (notices.length === 0) return null
  return (
    <div className={styles.trouble}>
      <NoticeList title={t.models.notices} items={notices.map(text)} folded={asked} testId="chat-notices" />
    </div>
  )
}
