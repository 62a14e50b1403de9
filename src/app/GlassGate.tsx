// Stands before every panel that looks inside a run: opens the glass, and says in words what is missing until
// there is something to show. The panel itself is mounted only when there are tokens to look at.
// Loaded with the first such panel (glass.tsx).

import { useEffect, useMemo, type ReactNode } from 'react'
import { useExamples } from '../features/chat/examples.ts'
import { useExplain, useLang, useT } from '../i18n/index.tsx'
import { glass as words } from '../i18n/panels/glass.ts'
import { usePanelText } from '../i18n/panels/index.ts'
import { useChat, useModels } from '../store/index.ts'
import { useInspect } from '../store/inspect.ts'
import { useLesson } from '../store/lessons/open.ts'
import { readsOnly } from '../store/able.ts'
import { useRead } from '../store/read.ts'
import { isRead, readAgain, readable, useGuess } from '../store/read-again.ts'
import { Button } from '../ui/Button.tsx'
import { FigureAbout } from '../ui/Figure.tsx'
import { Empty, type EmptyProps } from '../ui/Empty.tsx'
import { ErrorNote } from '../ui/ErrorNote.tsx'
import { Notice } from '../ui/Notice.tsx'
import { Progress } from '../ui/Progress.tsx'
import { EditBar } from './EditBar.tsx'
import styles from './Recordings.module.css'
import { useModelOf } from './useStrength.ts'
import { useRoute } from './route.ts'
import { OpenRecording, RecordingNote, SaveRecording } from './Recordings.tsx'

export function Gate({ children }: { children: ReactNode }) {
  const info = useInspect((s) => s.info)
  const model = useModelOf()(info)
  const t = usePanelText(words)
  const edits = useInspect((s) => s.edits.length)
  const about = useMemo(() => ({ model, changed: edits > 0 ? t.edits.active(edits) : null }), [model, edits, t])
  return (
    <FigureAbout value={about}>
      <Gated>{children}</Gated>
    </FigureAbout>
  )
}

function Gated({ children }: { children: ReactNode }) {
  const t = usePanelText(words)
  const open = useInspect((s) => s.open)
  useEffect(() => open(), [open])
  const explain = useExplain()
  const { state, error, refresh, writing } = useInspect()
  const empty = useInspect((s) => s.tokens.length === 0)
  const active = useModels((s) => s.active?.state ?? null)
  const first = useInspect((s) => s.info === null)
  const recorded = useInspect((s) => s.info?.source === 'recording')
  if (recorded && state === 'ready') {
    return (
      <>
        <RecordingNote />
        {children}
        <SaveRecording />
      </>
    )
  }
  if (active === 'loading') {
    return (
      <Wait title={t.wait.loading} busy testId="glass-wait">
        <p>{t.wait.loadingText}</p>
      </Wait>
    )
  }
  if (active !== 'ready') {
    return (
      <Wait
        title={t.wait.noModel}
        testId="glass-wait"
        actions={
          <>
            <Button
              variant="primary"
              onClick={() => {
                location.hash = '#/models'
              }}
            >
              {t.wait.models}
            </Button>
            <OpenRecording />
          </>
        }
      >
        <p>{t.wait.noModelText}</p>
      </Wait>
    )
  }
  if (state === 'error' && error) {
    return (
      <Wait
        title={t.wait.failed}
        testId="glass-wait"
        actions={
          <>
            <Button onClick={() => void refresh()}>{t.wait.again}</Button>
            <OpenRecording />
          </>
        }
      >
        <ErrorNote {...explain(error)} code={error.code} message={error.message} details={t.wait.details} />
      </Wait>
    )
  }
  if (writing && first) return <Writing />
  if (state === 'stopped') {
    return (
      <Wait
        title={t.wait.stopped}
        testId="glass-wait"
        actions={
          <>
            <Button variant="primary" onClick={() => void refresh()} data-testid="read-on">
              {t.wait.readOn}
            </Button>
            <OpenRecording />
          </>
        }
      >
        <p>{t.wait.stoppedText}</p>
      </Wait>
    )
  }
  if (state !== 'ready') return <Reading />
  return empty ? (
    <Nothing />
  ) : (
    <>
      <EditBar />
      <OtherAnswer />
      {children}
      <SaveRecording />
    </>
  )
}

/** Until the panel stands here: what is missing, under the panel's name. */
function Wait(props: EmptyProps) {
  const { nav } = useT()
  const route = useRoute()
  return (
    <>
      <h1 className="visually-hidden">{nav[route as keyof typeof nav]}</h1>
      <Empty {...props} />
    </>
  )
}

/** The first look: the text is read again, with what a look inside needs. */
function Reading() {
  const t = usePanelText(words).wait
  const { reading, stopReading } = useInspect()
  if (!reading) return <Wait title={t.opening} busy testId="glass-wait" />
  const { done, total } = reading
  return (
    <Wait
      title={t.reading}
      busy
      testId="glass-wait"
      actions={
        <Button icon="stop" onClick={stopReading} data-testid="stop-reading">
          {t.stop}
        </Button>
      }
    >
      <Progress
        label={t.reading}
        value={done}
        total={total}
        end={
          <span data-testid="read-progress" data-done={done} data-total={total}>
            {t.amount(done, total)}
          </span>
        }
      />
      <p>{t.readingText}</p>
    </Wait>
  )
}

/** An answer is on its way: how far its prompt is read, then that it is written. */
function Writing() {
  const t = usePanelText(words).wait
  const live = useChat((s) => s.live)
  const stop = useChat((s) => s.stop),
    again = useChat((s) => readable(s.messages) !== null)
  const reads = live && live.tokens === 0 && live.promptTokens > 0,
    title = reads ? (again ? t.reading : t.prefill) : t.writing
  return (
    <Wait
      title={title}
      busy
      testId="glass-wait"
      actions={
        <Button icon="stop" onClick={stop}>
          {t.stop}
        </Button>
      }
    >
      {reads && (
        <Progress
          label={title}
          value={live.readTokens}
          total={live.promptTokens}
          end={t.amount(live.readTokens, live.promptTokens)}
        />
      )}
      <p>{again ? t.readingText : t.writingText}</p>
    </Wait>
  )
}

/** Why the answer could not be read. */
function Failed() {
  const t = usePanelText(words).wait
  const explain = useExplain()
  const failed = useGuess((s) => s.failed)
  return failed && <ErrorNote {...explain(failed)} code={failed.code} message={failed.message} details={t.details} />
}

/** What the pictures are of, where that is not simply the answer in the chat. */
function OtherAnswer() {
  const t = usePanelText(words).wait
  const { tokens, writing, looking } = useInspect()
  const edits = useInspect((s) => s.edits.length)
  const idle = useChat((s) => s.status === 'idle'),
    live = useChat((s) => s.live)
  const message = useChat((s) => readable(s.messages))
  const guess = useGuess((s) => s.guess)
  const reads = useModels((s) => readsOnly(s.active?.info))
  const lesson = useLesson((s) => s.id !== null)
  useChat((s) => s.messages) // tokens of an earlier visit come later
  if (!idle && live && message) {
    return (
      <div className={styles.note}>
        <Progress
          label={t.reading}
          value={live.readTokens}
          total={live.promptTokens}
          start={t.reading}
          end={t.amount(live.readTokens, live.promptTokens)}
        />
      </div>
    )
  }
  // what a reading model has read, or a lesson let the model read, is no answer of the chat
  if (!message || !idle || writing || reads || lesson) return null
  if (!isRead(message, tokens)) {
    // it is read, and what there is to see of it is on its way
    if (looking) {
      return (
        <div className={styles.note}>
          <Progress label={t.opening} start={t.opening} value={0} total={null} />
        </div>
      )
    }
    return (
      <div className={styles.note}>
        <Notice
          tone="info"
          testId="other-answer"
          actions={
            <Button onClick={() => void readAgain(message.id)} data-testid="look-inside">
              {t.look}
            </Button>
          }
        >
          <p>{t.other}</p>
        </Notice>
        <Failed />
      </div>
    )
  }
  if (message.edits && edits === 0) {
    return (
      <div className={styles.note}>
        <Notice tone="info" testId="other-model">
          <p>{t.otherModel(message.edits)}</p>
        </Notice>
      </div>
    )
  }
  return guess?.messageId === message.id ? (
    <div className={styles.note}>
      <Notice tone="info" testId="guessed">
        <p>{guess.by === null ? t.guess : t.guessOf(guess.by)}</p>
      </Notice>
    </div>
  ) : null
}

/** A model that reads texts, and has read none. */
function Unread({ tries, embeds }: { tries: readonly string[]; embeds: boolean }) {
  const t = usePanelText(words).wait
  const { busy, setText, run } = useRead()
  return (
    <Wait
      title={t.noText}
      busy={busy}
      testId="glass-wait"
      actions={
        <>
          {(embeds ? tries.slice(0, 1) : tries).map((text) => (
            <Button
              key={text}
              disabled={busy}
              data-testid="glass-starter"
              onClick={() => {
                setText(text)
                void run()
              }}
            >
              {text}
            </Button>
          ))}
          <Button
            variant="quiet"
            icon="chat"
            onClick={() => {
              location.hash = '#/chat'
            }}
          >
            {t.write}
          </Button>
          <OpenRecording />
        </>
      }
    >
      <p>{t.noTextHint}</p>
    </Wait>
  )
}

/** Nothing has run: offers a question to ask right here. */
function Nothing() {
  const t = usePanelText(words)
  const lang = useLang()
  const { active, catalog } = useModels()
  const busy = useChat((s) => s.status !== 'idle')
  const looking = useInspect((s) => s.looking)
  const send = useChat((s) => s.send)
  const newChat = useChat((s) => s.newChat)
  const ask = (text: string): void => {
    newChat() // in the chat on the screen the question might not fit any more
    void send(text)
  }
  const entry = catalog.find((item) => item.id === active?.id)
  const embedded = entry?.group === 'embedded'
  const examples = useExamples(embedded, lang).filter((example) => !embedded || /[?？]\s*$/.test(example.text))
  const shown = entry?.words
    ? entry.words.tries[lang].map((text) => ({ title: text, text, lang }))
    : embedded
      ? examples.slice(0, 3)
      : t.starters.map((starter) => ({ ...starter, lang }))
  const message = useChat((s) => readable(s.messages))
  const lesson = useLesson((s) => s.id !== null)
  if (readsOnly(active?.info)) {
    return <Unread tries={entry?.words?.tries[lang] ?? []} embeds={active!.info!.does.includes('embed')} />
  }
  if (busy) return <Writing />
  // the answer is read, and what there is to see of it is on its way
  if (looking) return <Reading />
  if (message) {
    return (
      <Wait
        title={t.wait.unread}
        testId="glass-wait"
        actions={
          <>
            <Button variant="primary" data-testid="look-inside" onClick={() => void readAgain(message.id)}>
              {t.wait.look}
            </Button>
            <OpenRecording />
          </>
        }
      >
        <p>{message.edits ? t.wait.unreadEdited(message.edits) : t.wait.unreadText}</p>
        <Failed />
      </Wait>
    )
  }
  // a question of one's own would stand in the lesson's way
  if (lesson) {
    return (
      <Wait title={t.wait.lesson} testId="glass-wait">
        <p>{t.wait.lessonText}</p>
      </Wait>
    )
  }
  return (
    <Wait
      title={t.wait.nothing}
      testId="glass-wait"
      actions={
        <>
          {shown.map((example) => (
            <Button
              key={example.text}
              title={example.text}
              lang={example.lang}
              data-testid="glass-starter"
              onClick={() => ask(example.text)}
            >
              {example.title}
            </Button>
          ))}
          <Button
            variant="quiet"
            icon="chat"
            onClick={() => {
              location.hash = '#/chat'
            }}
          >
            {t.wait.chat}
          </Button>
          <OpenRecording />
        </>
      }
    >
      <p>{t.wait.nothingText}</p>
    </Wait>
  )
}
