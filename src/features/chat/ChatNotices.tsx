// What must be said of the chat on screen and what became of others: not saved, deleted, left closed, not all readable.

import { useExplain, useT } from '../../i18n/index.tsx'
import { chatWords } from '../../i18n/panels/chats.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { keepCurrent, saveNow, useChat, useHistory, useSaving, useUndo } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { save } from '../../ui/export.ts'
import { Notice } from '../../ui/Notice.tsx'
import { plainName } from '../../ui/plain-name.ts'
import styles from './Panel.module.css'

export function ChatNotices() {
  return (
    <div className={styles.notices}>
      <Trouble />
      <Unsaved />
      <LeftClosed />
      <Trashed />
      <Lost />
      <Undo />
    </div>
  )
}

/** Reading failed. */
function Trouble() {
  const t = useT()
  const explain = useExplain()
  const { error, dismissError } = useChat()
  if (!error) return null
  return (
    <ErrorNote
      {...explain(error)}
      code={error.code}
      message={error.message}
      details={t.app.details}
      actions={
        <Button variant="quiet" onClick={dismissError}>
          {t.app.close}
        </Button>
      }
    />
  )
}

/** Writing failed: it stays said until it is written. */
function Unsaved() {
  const t = useT()
  const words = usePanelText(chatWords).unsaved
  const explain = useExplain()
  const { failed, waiting } = useSaving()
  const exportJson = useHistory((s) => s.exportJson)
  if (!failed) return null
  const { title, text, todo } = explain(failed)
  return (
    <div data-testid="unsaved">
      <ErrorNote
        title={words.title}
        text={`${words.text} ${title}: ${text}`}
        todo={todo}
        code={failed.code}
        message={failed.message}
        details={t.app.details}
        actions={
          <>
            <Button data-testid="save-now" onClick={() => void saveNow()}>
              {words.again}
            </Button>
            <Button
              variant="quiet"
              icon="download"
              onClick={() =>
                void exportJson(waiting).then((json) => save('glassbox-chats.json', json, 'application/json'))
              }
            >
              {words.file}
            </Button>
          </>
        }
      />
    </div>
  )
}

function LeftClosed() {
  const t = useT()
  const words = usePanelText(chatWords).leftClosed
  const { leftClosed, dismissError } = useChat()
  const open = useHistory((s) => s.open)
  if (!leftClosed) return null
  return (
    <Notice
      tone="warn"
      testId="left-closed"
      title={<bdi>{words.title(leftClosed.title)}</bdi>}
      actions={
        <>
          <Button onClick={() => void open(leftClosed.id)}>{words.open}</Button>
          <Button variant="quiet" onClick={dismissError}>
            {t.app.close}
          </Button>
        </>
      }
    >
      <p>{words.text}</p>
    </Notice>
  )
}

function Trashed() {
  const words = usePanelText(chatWords).trashed
  const gone = useChat((s) => s.deletedAt !== null)
  return gone ? (
    <Notice
      tone="warn"
      testId="trashed-elsewhere"
      title={words.title}
      actions={
        <Button icon="undo" onClick={() => void keepCurrent()}>
          {words.back}
        </Button>
      }
    >
      <p>{words.text}</p>
    </Notice>
  ) : null
}

function Lost() {
  const words = usePanelText(chatWords)
  const lost = useChat((s) => s.lost)
  return lost > 0 ? (
    <Notice tone="warn" testId="lost-turns">
      <p>{words.lost(lost)}</p>
    </Notice>
  ) : null
}

/** Stays until it is used or closed: nobody has to be quick. */
function Undo() {
  const words = usePanelText(chatWords).undo
  const last = useUndo((s) => s.all.at(-1))
  const { take, dismiss } = useUndo()
  if (!last) return null
  const { what, ids, title } = last
  return (
    <Notice
      tone="info"
      testId="undo-notice"
      actions={
        <>
          <Button icon="undo" data-testid="undo-remove" onClick={() => void take()}>
            {words.undo}
          </Button>
          <Button variant="quiet" onClick={dismiss}>
            {words.close}
          </Button>
        </>
      }
    >
      <p>
        <bdi>{ids.length === 1 ? words.one[what](plainName(title)) : words.many[what](ids.length)}</bdi>
      </p>
    </Notice>
  )
}
