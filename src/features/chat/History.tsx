// Past conversations: open, rename, delete, save to a file and read back.

import { useRef, useState } from 'react'
import { useFormats, useT } from '../../i18n/index.tsx'
import { useChat, type ConversationSummary } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { Confirm } from '../../ui/Confirm.tsx'
import styles from './History.module.css'

export function History({ onOpen }: { onOpen: () => void }) {
  const t = useT()
  const { conversations, id, open, removeAll, status } = useChat()
  const busy = status !== 'idle'
  return (
    <div className={styles.history}>
      {conversations.length === 0 && <p className={styles.empty}>{t.chat.noHistory}</p>}
      <ul>
        {conversations.map((chat) => (
          <Row key={chat.id} chat={chat} current={chat.id === id} busy={busy} onOpen={() => { onOpen(); void open(chat.id) }} />
        ))}
      </ul>
      <Transfer />
      {conversations.length > 0 && <Confirm label={t.chat.removeAll} question={t.chat.removeAllAsk(conversations.length)} yes={t.app.remove} no={t.app.keep} onConfirm={() => void removeAll()} />}
    </div>
  )
}

function Row({ chat, current, busy, onOpen }: { chat: ConversationSummary; current: boolean; busy: boolean; onOpen: () => void }) {
  const t = useT()
  const format = useFormats()
  const [name, setName] = useState<string | null>(null)
  const { rename, remove } = useChat()
  const title = chat.title || t.chat.untitled
  if (name !== null) {
    const save = () => { setName(null); if (name.trim() !== '' && name !== chat.title) void rename(chat.id, name.trim()) }
    return (
      <li className={styles.row}>
        {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- the reader just asked to rename */}
        <input type="text" autoFocus value={name} aria-label={t.chat.rename} onChange={(event) => setName(event.target.value)} onBlur={save}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return
            if (event.key === 'Enter') save()
            if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); setName(null) }
          }} />
      </li>
    )
  }
  return (
    <li className={styles.row} data-current={current} data-testid="conversation">
      <button type="button" className={styles.open} aria-current={current} disabled={busy && !current} onClick={onOpen}>
        <strong>{title}</strong>
        <span>{format.when(chat.updatedAt)} · {t.chat.turns(chat.messages)}</span>
      </button>
      <div className={styles.rowActions}>
        <Button variant="quiet" icon="edit" label={t.chat.rename} onClick={() => setName(chat.title)} />
        <Confirm iconOnly label={t.chat.removeChat} question={t.chat.removeAsk} yes={t.app.remove} no={t.app.keep} onConfirm={() => void remove(chat.id)} />
      </div>
    </li>
  )
}

function Transfer() {
  const t = useT()
  const { exportAll, importAll, conversations } = useChat()
  const picker = useRef<HTMLInputElement>(null)
  const [said, setSaid] = useState('')
  const save = async () => {
    const url = URL.createObjectURL(new Blob([await exportAll()], { type: 'application/json' }))
    const link = document.createElement('a')
    link.href = url
    link.download = 'glassbox-chats.json'
    link.click()
    setTimeout(() => URL.revokeObjectURL(url), 10_000)
  }
  const read = async (file: File | undefined) => {
    if (!file) return
    try { setSaid(t.chat.imported(await importAll(await file.text()))) } catch { setSaid(t.chat.importFailed) }
  }
  return (
    <div className={styles.transfer}>
      <Button variant="quiet" icon="download" disabled={conversations.length === 0} onClick={() => void save()}>{t.chat.export}</Button>
      <Button variant="quiet" icon="file" onClick={() => picker.current?.click()}>{t.chat.import}</Button>
      <input ref={picker} type="file" accept="application/json,.json" hidden aria-label={t.chat.import}
        onChange={(event) => { void read(event.target.files?.[0]); event.target.value = '' }} />
      <p role="status">{said}</p>
    </div>
  )
}
