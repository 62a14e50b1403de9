// Where the next message is written. Enter sends, Shift+Enter breaks the line, Esc stops (see Panel).

import { useState } from 'react'
import { useT } from '../../i18n/index.tsx'
import { useChat, useModels } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import styles from './Composer.module.css'
import { useDraft } from './draft.ts'
import { isComposing } from './ime.ts'

export function Composer() {
  const t = useT()
  const { text, setText } = useDraft()
  const { status, send, stop } = useChat()
  const ready = useModels((s) => s.active?.state === 'ready')
  const loading = useModels((s) => s.active?.state === 'loading')
  const [composing, setComposing] = useState(false)
  const busy = status !== 'idle'
  const canSend = ready && !busy && text.trim() !== '' && !composing
  const submit = () => {
    if (!canSend) return
    setText('')
    void send(text)
  }
  return (
    <form className={styles.composer} onSubmit={(event) => { event.preventDefault(); submit() }}>
      <div className={styles.box}>
        <textarea data-testid="composer" aria-label={t.chat.message} placeholder={t.chat.placeholder} rows={1} value={text} autoComplete="off"
          onChange={(event) => setText(event.target.value)}
          onCompositionStart={() => setComposing(true)} onCompositionEnd={() => setComposing(false)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || isComposing(event.nativeEvent)) return
            event.preventDefault()
            submit()
          }} />
        {/* keys: a click meant for Stop must not land on a Send that took its place */}
        {busy
          ? <Button key="stop" icon="stop" label={t.chat.stop} data-testid="stop" disabled={status === 'stopping'} onClick={stop} />
          : <Button key="send" variant="primary" type="submit" icon="send" label={t.chat.send} data-testid="send" disabled={!canSend} />}
      </div>
      <p className={styles.hint}>{ready || busy ? t.chat.keys(busy) : loading ? t.chat.waitLoading : t.chat.waitModel}</p>
    </form>
  )
}
