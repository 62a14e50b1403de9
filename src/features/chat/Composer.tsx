// Where the next message is written. Enter sends, Shift+Enter breaks the line, Esc stops (see Panel). What is typed
// while nothing else takes it comes here.

import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { useT } from '../../i18n/index.tsx'
import { readsOnly, writes } from '../../store/able.ts'
import { useChat, useDraft, useModels } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { takesText } from '../../ui/keys.ts'
import styles from './Composer.module.css'
import { isComposing } from './ime.ts'
import { useKindWords } from './kind.ts'

const Library = lazy(() => import('./Library.tsx'))
const ContextMeter = lazy(() => import('./ContextMeter.tsx'))

/** A keyboard that comes up by itself covers half a phone. */
const hasKeys = (): boolean => matchMedia('(hover: hover) and (pointer: fine)').matches

export function Composer({ onRead }: { onRead?: (() => void) | undefined }) {
  const t = useT()
  const { text, setText } = useDraft()
  const { id, status, send, stop } = useChat()
  const elsewhere = useChat((s) => s.messages.at(-1)?.state === 'elsewhere')
  const first = useChat((s) => s.messages.length === 0)
  const ready = useModels(writes)
  const silent = useModels((s) => (readsOnly(s.active?.info) ? s.active!.name : null))
  const { kind, words } = useKindWords()
  const loading = useModels((s) => s.active?.state === 'loading')
  const [library, setLibrary] = useState(false)
  const [composing, setComposing] = useState(false)
  const box = useRef<HTMLTextAreaElement>(null)
  const busy = status !== 'idle'
  const canSend = ready && !busy && !elsewhere && text.trim() !== '' && !composing
  // where the focus was on something that is gone (a starter, a row of the list), writing goes on here
  const came = useRef(id)
  useEffect(() => {
    const now = document.activeElement
    const lost = now === null || now === document.body || now.id === 'main' || now.matches(':disabled')
    if (hasKeys() && lost && (busy || (first && came.current !== id))) box.current?.focus({ preventScroll: true })
    came.current = id
  }, [id, first, busy])
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (
        event.key.length !== 1 ||
        event.key === ' ' ||
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        event.defaultPrevented ||
        takesText(event.target)
      ) {
        return
      }
      box.current?.focus()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
  const submit = () => {
    if (!canSend) return
    setText('')
    void send(text)
  }
  const hint = elsewhere
    ? t.chat.elsewhereWait
    : silent !== null
      ? (words?.reads.wait(silent) ?? '')
      : ready || busy
        ? (!busy && !first && words?.[kind].hint) || t.chat.keys(busy)
        : loading
          ? t.chat.waitLoading
          : t.chat.waitModel
  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <div className={styles.box}>
        <textarea
          ref={box}
          data-testid="composer"
          dir="auto"
          aria-label={t.chat.message}
          placeholder={silent === null && words ? words[kind].placeholder : t.chat.placeholder}
          rows={1}
          value={text}
          autoComplete="off"
          onChange={(event) => setText(event.target.value)}
          onCompositionStart={() => setComposing(true)}
          onCompositionEnd={() => setComposing(false)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || isComposing(event.nativeEvent)) return
            event.preventDefault()
            submit()
          }}
        />
        <Button
          variant="quiet"
          icon="lessons"
          label={t.chat.prompts}
          data-testid="open-library"
          onClick={() => setLibrary(true)}
        />
        {/* keys: a click meant for Stop must not land on a Send that took its place */}
        {busy ? (
          <Button
            key="stop"
            icon="stop"
            label={t.chat.stop}
            data-testid="stop"
            disabled={status === 'stopping'}
            onClick={stop}
          />
        ) : (
          <Button
            key="send"
            variant="primary"
            type="submit"
            icon="send"
            label={t.chat.send}
            data-testid="send"
            disabled={!canSend}
          />
        )}
      </div>
      {library && (
        <Suspense>
          <Library onClose={() => setLibrary(false)} />
        </Suspense>
      )}
      <p className={styles.hint} data-wait={elsewhere}>
        {ready && (text !== '' || !first) && (
          <Suspense>
            <ContextMeter text={text} />
          </Suspense>
        )}
        {hint} {silent !== null && words && <a href="#/models">{words.reads.models}</a>}
        {onRead && words && (
          <Button variant="quiet" onClick={onRead} data-testid="back-to-reading">
            {words.reads.back}
          </Button>
        )}
      </p>
    </form>
  )
}
