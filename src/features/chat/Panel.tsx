// The chat panel: past chats on the left, the conversation, the answer's settings on the right.

import { lazy, Suspense, useEffect, useState } from 'react'
import { useNoticeText, useT } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { tokenWords } from '../../i18n/panels/tokens.ts'
import { useChat, useModels } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { Drawer } from '../../ui/Drawer.tsx'
import { NoticeList } from '../../ui/NoticeList.tsx'
import { Announcer } from './Announcer.tsx'
import { ChatNotices } from './ChatNotices.tsx'
import { ColourLegend, ColourSwitch } from './Colours.tsx'
import { Composer } from './Composer.tsx'
import { Conversation } from './Conversation.tsx'
import styles from './Panel.module.css'
import { Name } from '../../ui/Name.tsx'

// neither is needed before it is opened
const History = lazy(async () => ({ default: (await import('./History.tsx')).History }))
const Settings = lazy(async () => ({ default: (await import('./Settings.tsx')).Settings }))

type Side = 'history' | 'settings' | null

export function Panel() {
  const t = useT()
  const { title, messages, status, newChat, stop } = useChat()
  const [side, setSide] = useState<Side>(null)
  const toggle = (which: Side) => setSide((now) => (now === which ? null : which))
  const busy = status !== 'idle'

  useEffect(() => {
    if (!busy) return
    const onKey = (event: KeyboardEvent) => { if (event.key === 'Escape' && !event.defaultPrevented && !event.isComposing) stop() }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [busy, stop])

  return (
    <div className={styles.panel}>
      <Drawer side="start" open={side === 'history'} onClose={() => setSide(null)} title={t.chat.history} closeLabel={t.app.close}><Suspense><History onOpen={() => matchMedia('(min-width: 64rem)').matches || setSide(null)} /></Suspense></Drawer>
      <div className={styles.center}>
        <div className={styles.toolbar}>
          <Button variant="quiet" icon="list" label={t.chat.history} aria-expanded={side === 'history'} data-testid="open-history" onClick={() => toggle('history')} />
          <h1 className={styles.title} data-empty={messages.length === 0}><Name>{messages.length > 0 && title !== '' ? title : t.nav.chat}</Name></h1>
          {messages.length > 0 && <ColourSwitch />}
          <Button variant="quiet" icon="plus" data-testid="new-chat" disabled={messages.length === 0 || busy} onClick={newChat}>{t.chat.newChat}</Button>
          <Button variant="quiet" icon="sliders" aria-expanded={side === 'settings'} data-testid="open-settings" onClick={() => toggle('settings')}>{t.chat.settings}<BanCount /></Button>
        </div>
        <ColourLegend />
        <ChatNotices />
        <ModelNotices />
        <Conversation openSettings={() => setSide('settings')} />
        <Composer />
        <Announcer />
      </div>
      <Drawer side="end" open={side === 'settings'} onClose={() => setSide(null)} title={t.chat.settings} closeLabel={t.app.close}><Suspense><Settings /></Suspense></Drawer>
    </div>
  )
}

/** What must be known of the model before its answers are trusted: open until the first question. */
function ModelNotices() {
  const t = useT()
  const text = useNoticeText()
  const all = useModels((s) => s.active?.info?.notices)
  const notices = all?.filter(({ quiet }) => !quiet)
  const asked = useChat((s) => s.messages.length > 0)
  if (!notices || notices.length === 0) return null
  return <div className={styles.trouble}><NoticeList title={t.models.notices} items={notices.map(text)} folded={asked} testId="chat-notices" /></div>
}

/** A ban changes every answer: it shows without opening the settings. */
function BanCount() {
  const count = useChat((s) => s.params.banned.length)
  const t = usePanelText(tokenWords).bans
  return count === 0 ? null : <span className={styles.bans} title={t.title} data-testid="ban-count">⊘ {count}</span>
}
