// What must be known of the model before its answers are trusted: open until the first question. And what happens to it
// while it runs, until it is closed. What only makes it slower stands beside the device.

import { useState } from 'react'
import { useT } from '../../i18n/index.tsx'
import { ofPace } from '../../i18n/notices.ts'
import { deviceWords } from '../../i18n/panels/device.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useNoticeText } from '../../i18n/useNoticeText.ts'
import { useChat, useModels, type ModelNotice } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { Notice } from '../../ui/Notice.tsx'
import { NoticeList } from '../../ui/NoticeList.tsx'
import styles from './Panel.module.css'

export default function ModelNotices() {
  const t = useT()
  const text = useNoticeText()
  const notices = useModels((s) => s.active?.info?.notices)?.filter(({ quiet }) => !quiet) ?? []
  const asked = useChat((s) => s.messages.length > 0)
  const [closed, setClosed] = useState<ModelNotice | null>(null)
  const ended = notices.find((notice) => notice.code === 'THREAD_ENDED' && notice !== closed)
  const trust = notices.filter(({ code }) => !ofPace.has(code))
  if (trust.length === 0 && !ended) return null
  return (
    <div className={styles.trouble}>
      <NoticeList title={t.models.notices} items={trust.map(text)} folded={asked} testId="chat-notices" />
      {ended && <Ended text={text(ended)} close={() => setClosed(ended)} />}
    </div>
  )
}

/** A thread of the processor ended; the answer goes on, and so does the reader. */
function Ended({ text, close }: { text: string; close: () => void }) {
  const t = useT()
  const words = usePanelText(deviceWords)
  const { active, load } = useModels()
  const writing = useChat((s) => s.status !== 'idle')
  return (
    <Notice
      tone="warn"
      testId="thread-ended"
      actions={
        <>
          {active && (
            <Button disabled={writing} onClick={() => void load(active.id, active.options)}>
              {words.again(active.name)}
            </Button>
          )}
          <Button variant="quiet" onClick={close}>
            {t.app.close}
          </Button>
        </>
      }
    >
      <p>{text}</p>
    </Notice>
  )
}
