// The chat panel: past chats on the left, the conversation, the answer's settings on the right.

import { lazy, Suspense, useEffect, useState } from 'react'
import { useT } from '../../i18n/index.tsx'
import { useChat, useModels, useSaving, useUndo } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { Drawer } from '../../ui/Drawer.tsx'
import { useColoring } from './coloring.ts'
import { Composer } from './Composer.tsx'
import { Conversation } from './Conversation.tsx'
import styles from './Panel.module.css'
import { Name } from '../../ui/Name.tsx'

// what an empty chat without trouble does not need is loaded when it is
const History = lazy(async () => ({ default: (await import('./History.tsx')).History }))
const Settings = lazy(async () => ({ default: (await import('./Settings.tsx')).Settings }))
const ChatNotices = lazy(async () => ({ default: (await import('./ChatNotices.tsx')).ChatNotices }))
const ColourSwitch = lazy(async () => ({ default: (await import('./Colours.tsx')).ColourSwitch }))
const ColourLegend = lazy(async () => ({ default: (await import('./Colours.tsx')).ColourLegend }))
const ModelNotices = lazy(() => import('./ModelNotices.tsx'))
const Announcer = lazy(async () => ({ default: (await import('./Announcer.tsx')).Announcer }))
const BanCount = lazy(() => import('./BanCount.tsx'))

type Side = 'history' | 'settings' | null

/** @param onRead the loaded model reads texts: the way back to giving it one */
export function Panel({ onRead }: { onRead?: (() => void) | undefined }) {
  const t = useT()
  const { title, messages, status, newChat, stop } = useChat()
  const [side, setSide] = useState<Side>(null)
  const [searched, setSearched] = useState(0)
  const toggle = (which: Side) => setSide((now) => (now === which ? null : which))
  const busy = status !== 'idle'
  const bans = useChat((s) => s.params.banned.length)
  const coloured = useColoring((s) => s.by !== 'off')
  const trouble = useTrouble()
  const assumed = useModels((s) => s.active?.info?.notices.some(({ quiet }) => !quiet) ?? false)

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
      event.preventDefault()
      setSide('history')
      setSearched((n) => n + 1)
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
  useEffect(() => {
    if (!busy) return
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented && !event.isComposing) stop()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [busy, stop])

  return (
    <div className={styles.panel}>
      <Drawer
        side="start"
        open={side === 'history'}
        onClose={() => setSide(null)}
        title={t.chat.history}
        closeLabel={t.app.close}
      >
        <Suspense>
          <History searched={searched} onOpen={() => matchMedia('(min-width: 64rem)').matches || setSide(null)} />
        </Suspense>
      </Drawer>
      <div className={styles.center}>
        <div className={styles.toolbar}>
          <Button
            variant="quiet"
            icon="list"
            label={t.chat.history}
            aria-expanded={side === 'history'}
            data-testid="open-history"
            onClick={() => toggle('history')}
          />
          <h1 className={styles.title} data-empty={messages.length === 0}>
            <Name>{messages.length > 0 && title !== '' ? title : t.nav.chat}</Name>
          </h1>
          {messages.length > 0 && (
            <Suspense>
              <ColourSwitch />
            </Suspense>
          )}
          <Button
            variant="quiet"
            icon="plus"
            data-testid="new-chat"
            disabled={messages.length === 0 || busy}
            onClick={newChat}
          >
            {t.chat.newChat}
          </Button>
          <Button
            variant="quiet"
            icon="sliders"
            aria-expanded={side === 'settings'}
            data-testid="open-settings"
            onClick={() => toggle('settings')}
          >
            {t.chat.settings}
            {bans > 0 && (
              <Suspense>
                <BanCount count={bans} />
              </Suspense>
            )}
          </Button>
        </div>
        <Suspense>
          {coloured && messages.length > 0 && <ColourLegend />}
          {trouble && <ChatNotices />}
          {assumed && <ModelNotices />}
        </Suspense>
        <Conversation openSettings={() => setSide('settings')} />
        <Composer onRead={onRead} />
        <div className="visually-hidden" role="status" aria-live="polite" aria-atomic="true" aria-label={t.chat.answer}>
          {messages.length > 0 && (
            <Suspense>
              <Announcer />
            </Suspense>
          )}
        </div>
      </div>
      <Drawer
        side="end"
        open={side === 'settings'}
        onClose={() => setSide(null)}
        title={t.chat.settings}
        closeLabel={t.app.close}
      >
        <Suspense>
          <Settings />
        </Suspense>
      </Drawer>
    </div>
  )
}

/** Is there anything for ChatNotices to say? */
function useTrouble(): boolean {
  const here = useChat((s) => s.error !== null || s.leftClosed !== null || s.deletedAt !== null || s.lost > 0)
  const unsaved = useSaving((s) => s.failed !== null)
  const deleted = useUndo((s) => s.all.length > 0)
  return here || unsaved || deleted
}
