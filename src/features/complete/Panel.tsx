// A text without turns: the field in which both write, and below it its tokens.

import { useId, useRef, useState, type KeyboardEvent } from 'react'
import { useExplain, useT } from '../../i18n/index.tsx'
import { completeWords } from '../../i18n/panels/complete.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { longestText, useComplete } from '../../store/complete.ts'
import { useChat, useModels } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Page } from '../../ui/Page.tsx'
import styles from './Panel.module.css'
import { Tokens } from './Tokens.tsx'

export function Panel() {
  const t = usePanelText(completeWords)
  const { app, nav } = useT()
  const explain = useExplain()
  const error = useComplete((s) => s.error)
  const model = useModels(({ active }) => (active?.state === 'ready' ? active : null))
  const writes = model?.info?.does.includes('generate') === true && !model.info.parts.includes('source')
  return (
    <Page title={t.title} lead={t.lead} back={{ to: 'chat', name: nav.chat }} data-testid="complete-panel">
      <Form writes={writes} />
      {!writes && (
        <Empty
          icon="edit"
          title={model ? t.readsOnly : t.noModel}
          testId="complete-no-model"
          actions={
            <Button
              variant="primary"
              onClick={() => {
                location.hash = '#/models'
              }}
            >
              {t.models}
            </Button>
          }
        >
          <p>{model ? t.readsOnlyText : t.noModelText}</p>
        </Empty>
      )}
      {error && <ErrorNote {...explain(error)} code={error.code} message={error.message} details={app.details} />}
      {writes && <Tokens />}
    </Page>
  )
}

function Form({ writes }: { writes: boolean }) {
  const t = usePanelText(completeWords)
  const id = useId()
  const area = useRef<HTMLTextAreaElement>(null)
  const { text, state, finish, maxTokens, past, future, setText, setMaxTokens, goOn, stop, undo, redo } = useComplete()
  const free = useChat((s) => s.status === 'idle')
  const [cursor, setCursor] = useState<number | null>(null)
  const idle = state === 'idle'
  const canWrite = writes && idle && free && text !== ''
  const inside = cursor !== null && cursor > 0 && cursor < text.length
  const onKey = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return
    const control = event.ctrlKey || event.metaKey
    const letter = event.key.toLowerCase()
    const does =
      event.key === 'Enter' && control
        ? () => canWrite && void goOn()
        : event.key === 'Escape' && !idle
          ? stop
          : control && letter === 'z'
            ? event.shiftKey
              ? redo
              : undo
            : control && letter === 'y'
              ? redo
              : null
    if (!does) return
    event.preventDefault()
    does()
  }
  return (
    <form
      className={styles.form}
      aria-busy={!idle}
      onKeyDown={onKey}
      onSubmit={(event) => {
        event.preventDefault()
        if (canWrite) void goOn()
      }}
    >
      <label htmlFor={id}>{t.text}</label>
      <textarea
        ref={area}
        id={id}
        value={text}
        rows={10}
        dir="auto"
        maxLength={longestText}
        spellCheck={false}
        readOnly={!idle}
        placeholder={t.placeholder}
        aria-describedby={`${id}-keys`}
        data-testid="complete-text"
        data-state={state}
        onChange={(event) => setText(event.target.value)}
        onSelect={(event) => setCursor(event.currentTarget.selectionStart)}
      />
      <div className={styles.bar}>
        {idle ? (
          <Button key="go" variant="primary" type="submit" disabled={!canWrite} data-testid="complete-go">
            {t.goOn}
          </Button>
        ) : (
          <Button key="stop" icon="stop" data-testid="complete-stop" onClick={stop}>
            {t.stop}
          </Button>
        )}
        <Button
          disabled={!canWrite || !inside}
          title={t.fromCursorHint}
          data-testid="complete-cursor"
          onClick={() => void goOn(cursor ?? undefined)}
        >
          {t.fromCursor}
        </Button>
        <Button variant="quiet" disabled={!idle || past.length === 0} data-testid="complete-undo" onClick={undo}>
          {t.undo}
        </Button>
        <Button variant="quiet" disabled={!idle || future.length === 0} data-testid="complete-redo" onClick={redo}>
          {t.redo}
        </Button>
        <label className={styles.length}>
          {t.length}
          <input
            type="number"
            min={1}
            max={4096}
            value={maxTokens}
            data-testid="complete-length"
            onChange={(event) => setMaxTokens(event.target.valueAsNumber)}
          />
        </label>
      </div>
      <p role="status" data-testid="complete-finish">
        {state === 'reading' ? t.reading : idle && finish ? t.finish[finish] : ''}
      </p>
      <p id={`${id}-keys`}>
        {t.keys} {t.settings}
      </p>
    </form>
  )
}
