// Past chats: open, rename, delete, save to a file and read back; the trash, and what could not be read.

import { useRef, useState } from 'react'
import { useExplain, useFormats, useT } from '../../i18n/index.tsx'
import { chatWords } from '../../i18n/panels/chats.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { inTrash, inUse, unreadable, useChat, useHeads, useHistory, type ChatHead } from '../../store/index.ts'
import { toData } from '../../store/client.ts'
import { Button } from '../../ui/Button.tsx'
import { Confirm } from '../../ui/Confirm.tsx'
import { save as saveFile } from '../../ui/export.ts'
import styles from './History.module.css'
import { Name } from '../../ui/Name.tsx'
import { plainName } from '../../ui/plain-name.ts'
import { Search } from './Search.tsx'

/** @param searched counts how often the search was asked for by key */
export function History({ onOpen, searched }: { onOpen: () => void; searched: number }) {
  const t = useT()
  const words = usePanelText(chatWords)
  const { open, remove } = useHistory()
  const all = useHeads((s) => s.all)
  const id = useChat((s) => s.id)
  const busy = useChat((s) => s.status !== 'idle')
  const chats = inUse(all)
  const [searching, setSearching] = useState(false)
  return (
    <div className={styles.history}>
      {chats.length > 0 && <Search asked={searched} onOpen={onOpen} onSearch={setSearching} />}
      {chats.length === 0 && <p className={styles.empty}>{t.chat.noHistory}</p>}
      <ul hidden={searching}>
        {chats.map((chat) => (
          <Row
            key={chat.id}
            chat={chat}
            current={chat.id === id}
            busy={busy}
            onOpen={() => {
              onOpen()
              void open(chat.id)
            }}
          />
        ))}
      </ul>
      <Transfer />
      {chats.length > 0 && (
        <Confirm
          label={t.chat.removeAll}
          question={words.removeAllAsk(chats.length)}
          yes={t.app.remove}
          no={t.app.keep}
          testId="remove-all"
          onConfirm={() => void remove('all')}
        />
      )}
      <Trash chats={inTrash(all)} />
      <Unreadable chats={unreadable(all)} />
    </div>
  )
}

function Row({ chat, current, busy, onOpen }: { chat: ChatHead; current: boolean; busy: boolean; onOpen: () => void }) {
  const t = useT()
  const words = usePanelText(chatWords)
  const format = useFormats()
  const [name, setName] = useState<string | null>(null)
  const [saving, setSaving] = useState(false)
  const { rename, remove } = useHistory()
  const title = chat.title || t.chat.untitled
  // the number that tells two of one name apart is never cut off
  const [, start, number] = /^(.+)( \(\d+\))$/s.exec(title) ?? [title, title, '']
  if (name !== null) {
    const save = () => {
      setName(null)
      if (name.trim() !== '' && name !== chat.title) void rename(chat.id, name.trim().slice(0, 200))
    }
    return (
      <li className={styles.row}>
        <input
          type="text"
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- the reader just asked to rename
          autoFocus
          dir="auto"
          value={name}
          aria-label={t.chat.rename}
          onChange={(event) => setName(event.target.value)}
          onBlur={save}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return
            if (event.key === 'Enter') save()
            if (event.key === 'Escape') {
              event.preventDefault()
              event.stopPropagation()
              setName(null)
            }
          }}
        />
      </li>
    )
  }
  return (
    <li className={styles.row} data-current={current} data-testid="conversation">
      <button type="button" className={styles.open} aria-current={current} disabled={busy && !current} onClick={onOpen}>
        <strong title={plainName(title)}>
          <span>
            <Name>{start!}</Name>
          </span>
          {number !== '' && <i>{number}</i>}
        </strong>
        <span>
          {format.when(chat.updatedAt)} · {t.chat.turns(chat.messages)}
          {chat.edited && (
            <>
              {' '}
              · <span title={words.editedHint}>✎</span>
            </>
          )}
        </span>
      </button>
      <div className={styles.rowActions}>
        <Button variant="quiet" icon="edit" label={t.chat.rename} onClick={() => setName(chat.title)} />
        <Button
          variant="quiet"
          icon="download"
          label={words.files.saveOne}
          aria-expanded={saving}
          data-testid="save-chat"
          onClick={() => setSaving(!saving)}
        />
        {/* not asked first: it lies in the trash, and can be taken back at once */}
        <Button
          variant="quiet"
          icon="trash"
          label={t.chat.removeChat}
          data-testid="remove-chat"
          onClick={() => void remove([chat.id])}
        />
      </div>
      {saving && <SaveOne chat={chat} onDone={() => setSaving(false)} />}
    </li>
  )
}

const fileName = (title: string): string =>
  title
    .replace(/[^\p{L}\p{N} _-]+/gu, '')
    .trim()
    .slice(0, 60) || 'glassbox-chat'

function SaveOne({ chat, onDone }: { chat: ChatHead; onDone: () => void }) {
  const words = usePanelText(chatWords)
  const { exportJson, exportMarkdown, exportMessages } = useHistory()
  const save = (write: () => Promise<string>, name: string, type: string) => () =>
    void write().then((text) => {
      saveFile(name, text, type)
      onDone()
    })
  return (
    <div className={styles.saving}>
      <Button
        variant="quiet"
        data-testid="save-markdown"
        onClick={save(() => exportMarkdown(chat.id, words.markdown), `${fileName(chat.title)}.md`, 'text/markdown')}
      >
        {words.files.markdown}
      </Button>
      <Button
        variant="quiet"
        data-testid="save-json"
        onClick={save(() => exportJson([chat.id]), `${fileName(chat.title)}.json`, 'application/json')}
      >
        {words.files.json}
      </Button>
      <Button
        variant="quiet"
        data-testid="save-messages"
        onClick={save(() => exportMessages(chat.id), `${fileName(chat.title)}.messages.json`, 'application/json')}
      >
        {words.files.messages}
      </Button>
    </div>
  )
}

function Trash({ chats }: { chats: readonly ChatHead[] }) {
  const t = useT()
  const words = usePanelText(chatWords).trash
  const format = useFormats()
  const { restore, purge } = useHistory()
  if (chats.length === 0) return null
  return (
    <details className={styles.more} data-testid="trash">
      <summary>{words.title(chats.length)}</summary>
      <p>{words.hint}</p>
      <ul>
        {chats.map((chat) => (
          <li key={chat.id} className={styles.row} data-testid="trashed">
            <div className={styles.open}>
              <strong>
                <Name>{chat.title || t.chat.untitled}</Name>
              </strong>
              <span>{words.deleted(format.when(chat.deletedAt ?? 0))}</span>
            </div>
            <div className={styles.rowActions}>
              <Button
                variant="quiet"
                icon="undo"
                label={words.restore}
                data-testid="restore-chat"
                onClick={() => void restore([chat.id])}
              />
              <Confirm
                iconOnly
                label={words.remove}
                question={words.removeAsk}
                yes={t.app.remove}
                no={t.app.keep}
                testId="purge-chat"
                onConfirm={() => void purge([chat.id])}
              />
            </div>
          </li>
        ))}
      </ul>
      <Confirm
        label={words.empty}
        question={words.emptyAsk(chats.length)}
        yes={t.app.remove}
        no={t.app.keep}
        testId="empty-trash"
        onConfirm={() => void purge('trash')}
      />
    </details>
  )
}

function Unreadable({ chats }: { chats: readonly ChatHead[] }) {
  const t = useT()
  const words = usePanelText(chatWords)
  const { exportJson, purge } = useHistory()
  if (chats.length === 0) return null
  return (
    <details className={styles.more} open data-testid="unreadable">
      <summary>{words.unreadable.title(chats.length)}</summary>
      <p>{words.unreadable.hint}</p>
      <ul>
        {chats.map((chat) => (
          <li key={chat.id} className={styles.row}>
            <div className={styles.open}>
              <strong>
                <Name>{chat.title || t.chat.untitled}</Name>
              </strong>
            </div>
            <div className={styles.rowActions}>
              <Button
                variant="quiet"
                icon="download"
                label={words.unreadable.save}
                onClick={() =>
                  void exportJson([chat.id]).then((text) =>
                    saveFile(`${fileName(chat.title)}.json`, text, 'application/json'),
                  )
                }
              />
              <Confirm
                iconOnly
                label={words.trash.remove}
                question={words.trash.removeAsk}
                yes={t.app.remove}
                no={t.app.keep}
                onConfirm={() => void purge([chat.id])}
              />
            </div>
          </li>
        ))}
      </ul>
    </details>
  )
}

interface Said {
  text: string
  refused: readonly { title: string; why: string }[]
}
const named = 8

function Transfer() {
  const t = useT()
  const words = usePanelText(chatWords).files
  const explain = useExplain()
  const { exportJson, importFile } = useHistory()
  const empty = useHeads((s) => s.all.length === 0)
  const picker = useRef<HTMLInputElement>(null)
  const [said, setSaid] = useState<Said>({ text: '', refused: [] })
  const told = (error: unknown): void => {
    const { title, text, todo } = explain(toData(error))
    setSaid({ text: [title, text, todo].filter(Boolean).join(' · '), refused: [] })
  }
  const read = async (file: File | undefined) => {
    if (!file) return
    try {
      const { added, refused } = await importFile(file)
      setSaid({ text: t.chat.imported(added), refused })
    } catch (error) {
      told(error)
    }
  }
  return (
    <div className={styles.transfer}>
      <Button
        variant="quiet"
        icon="download"
        disabled={empty}
        data-testid="export-chats"
        onClick={() =>
          void exportJson().then((text) => saveFile('glassbox-chats.json', text, 'application/json'), told)
        }
      >
        {t.chat.export}
      </Button>
      <Button variant="quiet" icon="file" onClick={() => picker.current?.click()}>
        {t.chat.import}
      </Button>
      <input
        ref={picker}
        type="file"
        accept="application/json,.json,.jsonl"
        hidden
        aria-label={t.chat.import}
        data-testid="import-chats"
        onChange={(event) => {
          void read(event.target.files?.[0])
          event.target.value = ''
        }}
      />
      <div role="status">
        <p>{said.text}</p>
        {said.refused.length > 0 && (
          <>
            <p>{words.refused(said.refused.length)}</p>
            <ul data-testid="refused">
              {said.refused.slice(0, named).map(({ title, why }, i) => (
                <li key={i}>
                  <Name>{title || words.untitled}</Name>: <code>{why}</code>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </div>
  )
}
