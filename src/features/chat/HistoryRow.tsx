// One past chat of the list: open, rename, keep at the top, tags, save to a file, print, delete.

import { useId, useState } from 'react'
import { useFormats, useT } from '../../i18n/index.tsx'
import { chatWords } from '../../i18n/panels/chats.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { inUse, useChat, useHeads, useHistory, type ChatHead } from '../../store/index.ts'
import { tagsOf } from '../../store/heads.ts'
import { Button } from '../../ui/Button.tsx'
import { save as saveFile } from '../../ui/export.ts'
import { Icon } from '../../ui/icons.tsx'
import { Name } from '../../ui/Name.tsx'
import { plainName } from '../../ui/plain-name.ts'
import styles from './History.module.css'

export function Row({
  chat,
  current,
  busy,
  onOpen,
}: {
  chat: ChatHead
  current: boolean
  busy: boolean
  onOpen: () => void
}) {
  const t = useT()
  const words = usePanelText(chatWords)
  const format = useFormats()
  const [name, setName] = useState<string | null>(null)
  const [saving, setSaving] = useState(false)
  const { rename, remove, pin } = useHistory()
  const [sorting, setSorting] = useState(false)
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
          {chat.pinned && (
            <>
              {' '}
              · <Icon name="pin" size={12} /> <span className="visually-hidden">{words.sorting.pinned}</span>
            </>
          )}
        </span>
        {chat.tags && (
          <span className={styles.tags} data-testid="chat-tags">
            {chat.tags.map((tag) => (
              <span key={tag}>
                <Name>{tag}</Name>
              </span>
            ))}
          </span>
        )}
      </button>
      <div className={styles.rowActions}>
        <Button
          variant="quiet"
          icon="pin"
          label={chat.pinned ? words.sorting.unpin : words.sorting.pin}
          aria-pressed={chat.pinned === true}
          data-testid="pin-chat"
          onClick={() => void pin(chat.id, !chat.pinned)}
        />
        <Button
          variant="quiet"
          icon="tag"
          label={words.sorting.tags}
          aria-expanded={sorting}
          data-testid="tag-chat"
          onClick={() => setSorting(!sorting)}
        />
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
      {sorting && <Tags chat={chat} onDone={() => setSorting(false)} />}
      {saving && <SaveOne chat={chat} onDone={() => setSaving(false)} />}
    </li>
  )
}

export const fileName = (title: string): string =>
  title
    .replace(/[^\p{L}\p{N} _-]+/gu, '')
    .trim()
    .slice(0, 60) || 'glassbox-chat'

/** Tags as one line of text: nothing to learn, and any word will do. */
function Tags({ chat, onDone }: { chat: ChatHead; onDone: () => void }) {
  const words = usePanelText(chatWords).sorting
  const setTags = useHistory((s) => s.setTags)
  const known = tagsOf(inUse(useHeads((s) => s.all)))
  const [text, setText] = useState((chat.tags ?? []).join(', '))
  const id = useId()
  const now = text.split(/[,，、]/).map((tag) => tag.trim())
  return (
    <form
      className={styles.tagging}
      onSubmit={(event) => {
        event.preventDefault()
        onDone()
        void setTags(chat.id, now)
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.nativeEvent.isComposing) return
        event.preventDefault()
        event.stopPropagation()
        onDone()
      }}
    >
      <label htmlFor={id}>{words.tagsOf}</label>
      <div>
        <input
          id={id}
          type="text"
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- the reader just asked to sort it
          autoFocus
          dir="auto"
          maxLength={500}
          value={text}
          data-testid="tags"
          onChange={(event) => setText(event.target.value)}
        />
        <Button type="submit">{words.done}</Button>
      </div>
      {known.some(([tag]) => !now.includes(tag)) && (
        <p>
          {known
            .filter(([tag]) => !now.includes(tag))
            .slice(0, 12)
            .map(([tag]) => (
              <Button
                key={tag}
                variant="quiet"
                icon="plus"
                onClick={() => setText([...now.filter(Boolean), tag].join(', '))}
              >
                <Name>{tag}</Name>
              </Button>
            ))}
        </p>
      )}
    </form>
  )
}

function SaveOne({ chat, onDone }: { chat: ChatHead; onDone: () => void }) {
  const words = usePanelText(chatWords)
  const { exportJson, exportMarkdown, exportMessages } = useHistory()
  const save = (write: () => Promise<string>, name: string, type: string) => () =>
    void write().then((text) => {
      saveFile(name, text, type)
      onDone()
    })
  const current = useChat((s) => s.id === chat.id)
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
      {current && (
        <Button variant="quiet" icon="print" data-testid="print-chat" onClick={() => print()}>
          {words.files.print}
        </Button>
      )}
    </div>
  )
}
