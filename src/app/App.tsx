// The page's frame: header, engine strip, and the panel the address names. Composition only.

import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { WindowDrop } from '../features/models/WindowDrop.tsx'
import { LanguageProvider, useT } from '../i18n/index.tsx'
import { usePresenting } from '../store/classroom/presenting.ts'
import { useEdited } from '../store/edited.ts'
import { useChat, useModels, useSettings, useTurn } from '../store/index.ts'
import { useLesson } from '../store/lessons/open.ts'
import { Button } from '../ui/Button.tsx'
import { Notice } from '../ui/Notice.tsx'
import { isTaken, setSingleKeys } from '../ui/keys.ts'
import { Progress } from '../ui/Progress.tsx'
import styles from './App.module.css'
import { Boundary } from '../ui/Boundary.tsx'
import { EngineStrip } from './EngineStrip.tsx'
import { Header } from './Header.tsx'
import { keyOf } from './panel-key.ts'
import { panels } from './panels.ts'
import { registerServiceWorker, type Update } from './register-sw.ts'
import { linkRoute, useRoute } from './route.ts'

const Share = lazy(() => import('./Share.tsx'))
const Present = lazy(() => import('./Present.tsx'))
const Removed = lazy(() => import('./Removed.tsx'))
const Help = lazy(() => import('./Help.tsx'))
const OpenLink = lazy(() => import('./OpenLink.tsx'))
const AdapterBar = lazy(() => import('../features/adapters/Bar.tsx'))
const Lesson = lazy(() => import('../features/lessons/Player.tsx'))
const RemoteStrip = lazy(() => import('../features/remote/Strip.tsx'))
const RemoteInside = lazy(() => import('../features/remote/Inside.tsx'))
const EditBar = lazy(async () => ({ default: (await import('./EditBar.tsx')).EditBar }))

export function App() {
  const lang = useSettings((s) => s.lang)
  const theme = useSettings((s) => s.theme)
  const singleKeys = useSettings((s) => s.singleKeys)
  useEffect(() => setSingleKeys(singleKeys), [singleKeys])
  useEffect(() => {
    document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en'
  }, [lang])
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = theme
  }, [theme])
  return (
    <LanguageProvider lang={lang}>
      <Frame />
    </LanguageProvider>
  )
}

function Frame() {
  const t = useT()
  const route = useRoute()
  const { id, title, glass, model, Panel } = panels.find((panel) => panel.id === route) ?? panels[0]!
  const [dialog, setDialog] = useState<'share' | 'help' | null>(null)
  // the link leaves the address when it is opened; what came of it stays until it is closed
  const [linked, setLinked] = useState(false)
  if (route === linkRoute && !linked) setLinked(true)
  // panels that look inside show the edits themselves; answers of a changed model say so too
  const changed = useEdited((s) => s.edits + s.changing + s.takenBack > 0) && id === 'chat'
  const adapted = useModels((s) => (s.active?.info?.adapters?.length ?? 0) > 0) && (id === 'chat' || glass === true)
  const presenting = usePresenting((s) => s.room !== null)
  const recorded = useEdited((s) => s.recorded) && glass === true
  const lesson = useLesson((s) => s.id !== null)
  const remote = useModels((s) => s.active?.remote !== undefined)
  const removed = useModels((s) => s.storage?.evicted === true)
  // in the chat every letter and sign is text
  usePageKeys(id === 'chat' ? null : () => setDialog('help'))
  useEffect(() => {
    document.title = `${t.nav[title]} · ${t.app.name}`
  }, [t, title])
  return (
    <div className={styles.frame}>
      <a
        className={styles.skip}
        href="#main"
        onClick={(event) => {
          event.preventDefault()
          document.getElementById('main')?.focus()
        }}
      >
        {t.app.skip}
      </a>
      <Header current={id} onShare={() => setDialog('share')} onHelp={() => setDialog('help')} />
      <EngineStrip recorded={recorded} />
      <InLine />
      <NewVersion />
      <Suspense>
        {remote && <RemoteStrip />}
        {presenting && <Present />}
        {removed && <Removed />}
        {linked && <OpenLink onClose={() => setLinked(false)} />}
        {dialog === 'share' && <Share panel={id} onClose={() => setDialog(null)} />}
        {dialog === 'help' && <Help onClose={() => setDialog(null)} />}
        {changed && <EditBar />}
        {adapted && !recorded && <AdapterBar />}
      </Suspense>
      <WindowDrop />
      <div className={styles.body}>
        <main id="main" className={styles.main} tabIndex={-1} aria-label={t.nav[title]}>
          <Boundary key={id} fallback={(error, again) => <Broken error={error} again={again} />}>
            <Suspense fallback={<Opening />}>
              {remote && !recorded && (glass || model) ? <RemoteInside panel={id} /> : <Panel />}
            </Suspense>
          </Boundary>
        </main>
        {lesson && (
          <Boundary fallback={(error, again) => <Broken error={error} again={again} />}>
            <Suspense>
              <Lesson />
            </Suspense>
          </Boundary>
        )}
      </div>
    </div>
  )
}

/** Keys that work on every panel (ui/keys.ts: page). */
function usePageKeys(help: (() => void) | null): void {
  const act = useRef(help)
  useEffect(() => {
    act.current = help
  })
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const panel = panels.find((_, i) => keyOf(i) === event.key)
      if (!act.current || (!panel && event.key !== '?') || isTaken(event)) return
      event.preventDefault()
      if (panel) location.hash = `#/${panel.id}`
      else act.current()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
}

/** One engine serves all tabs, one answer at a time. */
function InLine() {
  const t = useT()
  const waits = useTurn((s) => s.waits)
  if (!waits) return null
  return (
    <div className={styles.note}>
      <Notice tone="info" testId="in-line">
        <p>{t.app.inLine}</p>
      </Notice>
    </div>
  )
}

function Opening() {
  return (
    <div className={styles.note}>
      <Progress label={useT().app.opening} value={0} total={null} />
    </div>
  )
}

function Broken({ error, again }: { error: Error; again: () => void }) {
  const t = useT()
  return (
    <div className={styles.note}>
      <Notice
        tone="bad"
        title={t.app.panelBroken}
        testId="error"
        actions={
          <>
            <Button onClick={again}>{t.app.tryAgain}</Button>
            <Button onClick={() => location.reload()}>{t.app.reload}</Button>
          </>
        }
      >
        <p>{t.app.panelBrokenHint}</p>
        <p>
          <code>{error.message}</code>
        </p>
      </Notice>
    </div>
  )
}

/** A newer version waits; it starts only by a click, and is offered only while nothing runs. */
function NewVersion() {
  const t = useT()
  const [update, setUpdate] = useState<Update | null>(null)
  const idle = useChat((s) => s.status === 'idle')
  useEffect(() => {
    void registerServiceWorker(setUpdate)
  }, [])
  if (!update || !idle) return null
  return (
    <div className={styles.note}>
      <Notice
        tone="info"
        title={t.app.newVersion}
        actions={
          <>
            <Button onClick={() => update.apply()}>{t.app.reload}</Button>
            <Button variant="quiet" onClick={() => setUpdate(null)}>
              {t.app.later}
            </Button>
          </>
        }
      />
    </div>
  )
}
